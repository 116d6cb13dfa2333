"""Who cares for whom, in which episode, and who may help a patient."""

from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils.translation import gettext_lazy as _

from portal.people.models.patients import Patient
from portal.practices.models import Membership
from portal.tenancy.models import PracticeForeignKey, PracticeOwned


class CareRole(models.TextChoices):
    LEAD = "lead", _("Lead clinician")
    MEMBER = "member", _("Care team")


class CareTeamMember(PracticeOwned):
    """A clinician on a patient's care team (FHIR CareTeam.participant). Ending keeps the row."""

    patient: models.ForeignKey[Patient, Patient] = PracticeForeignKey(
        Patient, models.CASCADE, related_name="care_team"
    )
    membership: models.ForeignKey[Membership, Membership] = PracticeForeignKey(
        Membership, models.PROTECT, related_name="care_teams"
    )
    role = models.CharField(max_length=8, choices=CareRole.choices, default=CareRole.MEMBER)
    started_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        indexes = [
            models.Index(fields=["practice_id", "membership", "patient"], name="care_team_of")
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["practice_id", "patient", "membership"],
                name="care_team_once",
                condition=models.Q(ended_at=None),
            ),
            models.UniqueConstraint(
                fields=["practice_id", "patient"],
                name="care_team_one_lead",
                condition=models.Q(ended_at=None, role="lead"),
            ),
        ]


class EpisodeStatus(models.TextChoices):
    """FHIR EpisodeOfCare.status, as far as the portal uses it."""

    PLANNED = "planned", _("Planned")
    ACTIVE = "active", _("Active")
    FINISHED = "finished", _("Finished")


class JourneyStage(models.TextChoices):
    """The touchpoints of a patient's way through the practice."""

    CONSIDERATION = "consideration", _("Consideration")
    ACCESS = "access", _("Access")
    SERVICE_DELIVERY = "service_delivery", _("In treatment")
    ONGOING_CARE = "ongoing_care", _("Ongoing care")


class CloseReason(models.TextChoices):
    COMPLETED = "completed", _("Completed")
    DROPPED_OUT = "dropped_out", _("Dropped out")
    TRANSFERRED = "transferred", _("Transferred")
    MOVED_AWAY = "moved_away", _("Moved away")
    DIED = "died", _("Died")
    OTHER = "other", _("Other")


class EpisodeOfCare(PracticeOwned):
    """A stretch of care from first contact to ending (FHIR EpisodeOfCare)."""

    patient: models.ForeignKey[Patient, Patient] = PracticeForeignKey(
        Patient, models.CASCADE, related_name="episodes"
    )
    status = models.CharField(
        max_length=10, choices=EpisodeStatus.choices, default=EpisodeStatus.ACTIVE
    )
    stage = models.CharField(
        max_length=20, choices=JourneyStage.choices, default=JourneyStage.ACCESS
    )
    referral_route = models.CharField(max_length=80, blank=True)
    planned_sessions = models.PositiveSmallIntegerField(null=True, blank=True)
    opened_on = models.DateField()
    closed_on = models.DateField(null=True, blank=True)
    close_reason = models.CharField(max_length=12, choices=CloseReason.choices, blank=True)
    version = models.PositiveIntegerField(default=1)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["practice_id", "patient"],
                name="episode_one_open",
                condition=~models.Q(status="finished"),
            ),
            models.CheckConstraint(
                condition=models.Q(closed_on=None) | ~models.Q(close_reason=""),
                name="episode_closed_with_reason",
            ),
            models.CheckConstraint(
                condition=models.Q(closed_on=None) | models.Q(closed_on__gte=models.F("opened_on")),
                name="episode_closed_after_opening",
            ),
        ]


class ProxyCategory(models.TextChoices):
    APPOINTMENTS = "appointments", _("Appointments")
    FORMS = "forms", _("That forms are waiting")


class ProxyGrant(PracticeOwned):
    """What a patient lets a carer see, until a date."""

    patient: models.ForeignKey[Patient, Patient] = PracticeForeignKey(
        Patient, models.CASCADE, related_name="proxy_grants"
    )
    proxy: models.ForeignKey[Membership, Membership] = PracticeForeignKey(
        Membership, models.PROTECT, related_name="proxy_grants"
    )
    relation = models.CharField(max_length=80)
    categories = ArrayField(models.CharField(max_length=16, choices=ProxyCategory.choices))
    started_at = models.DateTimeField()
    ends_on = models.DateField()
    ended_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["practice_id", "patient", "proxy"],
                name="proxy_grant_once",
                condition=models.Q(ended_at=None),
            )
        ]


class Cover(PracticeOwned):
    """While somebody is away, another sees their patients and their work list."""

    absent: models.ForeignKey[Membership, Membership] = PracticeForeignKey(
        Membership, models.PROTECT, related_name="covered_by"
    )
    cover: models.ForeignKey[Membership, Membership] = PracticeForeignKey(
        Membership, models.PROTECT, related_name="covers"
    )
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField()
    created_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        indexes = [models.Index(fields=["practice_id", "cover", "ends_at"], name="cover_of")]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(ends_at__gt=models.F("starts_at")), name="cover_ends_after_start"
            ),
            models.CheckConstraint(
                condition=~models.Q(absent=models.F("cover")), name="cover_is_somebody_else"
            ),
        ]
