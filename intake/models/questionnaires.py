"""A form as it came in, and its versions."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from portal.practices.models import Membership
from portal.tenancy.models import PracticeForeignKey, PracticeManager, PracticeOwned


class Questionnaire(PracticeOwned):
    """A form of this practice under its canonical address (FHIR Questionnaire.url).

    `plain_title` is what patients see: instruments are called after what they measure, which is
    nobody's business on a shared screen.
    """

    url = models.CharField(max_length=500)
    title = models.CharField(max_length=300)
    plain_title = models.CharField(max_length=120, blank=True)
    created_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["practice_id", "url"], name="questionnaire_once"),
        ]

    @property
    def name_for_patients(self) -> str:
        return self.plain_title or self.title


class VersionState(models.TextChoices):
    DRAFT = "draft", _("Not published")
    PUBLISHED = "published", _("In use")
    RETIRED = "retired", _("Retired")


class VersionQuerySet(models.QuerySet["QuestionnaireVersion"]):
    def published(self) -> VersionQuerySet:
        return self.filter(state=VersionState.PUBLISHED)

    def light(self) -> VersionQuerySet:
        """Without the documents, which are large and needed once a process."""
        return self.defer("document", "translations")


class QuestionnaireVersion(PracticeOwned):
    """One version of a form: the file's own JSON, unknown members kept.

    Frozen: the database refuses a change of what was asked once the version is published (see the
    migration), since answers only mean something beside the questions they were given to.
    """

    questionnaire: models.ForeignKey[Questionnaire, Questionnaire] = PracticeForeignKey(
        Questionnaire, models.PROTECT, related_name="versions"
    )
    version = models.CharField(max_length=80)
    title = models.CharField(max_length=300)
    document = models.JSONField()
    translations = models.JSONField(default=dict, blank=True)
    content_hash = models.CharField(max_length=64)
    state = models.CharField(
        max_length=10, choices=VersionState.choices, default=VersionState.DRAFT
    )
    imported_at = models.DateTimeField()
    imported_by: models.ForeignKey[Membership | None, Membership | None] = PracticeForeignKey(
        Membership, models.PROTECT, null=True, blank=True, related_name="+"
    )
    published_at = models.DateTimeField(null=True, blank=True)

    objects = PracticeManager.from_queryset(VersionQuerySet)()  # type: ignore[misc]  # narrower

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["practice_id", "questionnaire", "version"],
                name="questionnaire_version_once",
            ),
            models.UniqueConstraint(
                fields=["practice_id", "questionnaire"],
                condition=models.Q(state="published"),
                name="questionnaire_one_published",
            ),
            models.CheckConstraint(
                condition=models.Q(state="draft", published_at=None)
                | models.Q(state__in=["published", "retired"], published_at__isnull=False),
                name="questionnaire_published_has_a_time",
            ),
        ]

    @property
    def canonical(self) -> str:
        """The address with its version, as a response refers to it."""
        return f"{self.questionnaire.url}|{self.version}"
