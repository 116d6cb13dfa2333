"""A goal in the patient's words, how it was worded before, how near it is, what became of it."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from portal.encryption.fields import EncryptedTextField
from portal.people.models import Patient
from portal.practices.models import Membership
from portal.tenancy.models import PracticeForeignKey, PracticeManager, PracticeOwned


class Voice(models.TextChoices):
    """Who says it; on every screen honey for the patient, lilac for the care team."""

    OWN = "own", _("Patient")
    TEAM = "team", _("Care team")


class GoalOrigin(models.TextChoices):
    """Who said it first; kept for ever, because goals set together are counted apart."""

    OWN = "own", _("The patient’s own")
    TOGETHER = "together", _("Agreed together")
    SUGGESTED = "suggested", _("Suggested by the care team")


class GoalState(models.TextChoices):
    SUGGESTED = "suggested", _("Suggested")
    ACTIVE = "active", _("Active")
    REACHED = "reached", _("Reached")
    SET_ASIDE = "set_aside", _("Set aside")


# From each state, where a goal can go. A page that was opened before somebody else turned it asks
# for what is not here, and is told so.
TURNS = {
    GoalState.SUGGESTED: {GoalState.ACTIVE, GoalState.SET_ASIDE},
    GoalState.ACTIVE: {GoalState.REACHED, GoalState.SET_ASIDE},
    GoalState.REACHED: {GoalState.ACTIVE},
    GoalState.SET_ASIDE: {GoalState.ACTIVE},
}


class GoalQuerySet(models.QuerySet["Goal"]):
    def open(self) -> GoalQuerySet:
        """Those that are worked on, and those that wait for the patient's yes."""
        return self.filter(state__in=[GoalState.ACTIVE, GoalState.SUGGESTED])

    def past(self) -> GoalQuerySet:
        """Those that were reached or set aside."""
        return self.filter(state__in=[GoalState.REACHED, GoalState.SET_ASIDE])

    def with_people(self) -> GoalQuerySet:
        return self.select_related("patient", "created_by", "worded_by")


class Goal(PracticeOwned):
    """What a patient wants (FHIR Goal), as it is worded now; GoalWording holds every wording.

    `version` grows with every change of wording or state. `brought_at` says that somebody wants to
    talk about it at the next session.
    """

    patient: models.ForeignKey[Patient, Patient] = PracticeForeignKey(
        Patient, models.CASCADE, related_name="goals"
    )
    origin = models.CharField(max_length=9, choices=GoalOrigin.choices)
    state = models.CharField(max_length=9, choices=GoalState.choices)
    state_at = models.DateTimeField()
    wording = EncryptedTextField(patient="patient_id")
    worded_at = models.DateTimeField()
    worded_by: models.ForeignKey[Membership, Membership] = PracticeForeignKey(
        Membership, models.PROTECT, related_name="+"
    )
    version = models.PositiveIntegerField(default=1)
    created_at = models.DateTimeField()
    created_by: models.ForeignKey[Membership, Membership] = PracticeForeignKey(
        Membership, models.PROTECT, related_name="+"
    )
    brought_at = models.DateTimeField(null=True)
    brought_by: models.ForeignKey[Membership | None, Membership | None] = PracticeForeignKey(
        Membership, models.PROTECT, null=True, related_name="+"
    )

    objects = PracticeManager.from_queryset(GoalQuerySet)()  # type: ignore[misc]  # narrower

    class Meta:
        indexes = [
            models.Index(fields=["practice_id", "patient", "state"], name="goal_of_patient"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(brought_at=None, brought_by=None)
                | models.Q(brought_at__isnull=False, brought_by__isnull=False),
                name="goal_brought_by_somebody",
            ),
        ]

    def can_turn(self, state: GoalState) -> bool:
        """Whether it may come to stand like that from where it is."""
        return state in TURNS[GoalState(self.state)]

    @property
    def is_active(self) -> bool:
        return self.state == GoalState.ACTIVE

    @property
    def is_suggested(self) -> bool:
        return self.state == GoalState.SUGGESTED


class GoalWording(PracticeOwned):
    """One wording of a goal, the first included. Rows are added and never changed."""

    goal: models.ForeignKey[Goal, Goal] = PracticeForeignKey(
        Goal, models.CASCADE, related_name="wordings"
    )
    patient: models.ForeignKey[Patient, Patient] = PracticeForeignKey(
        Patient, models.CASCADE, related_name="+"
    )
    wording = EncryptedTextField(patient="patient_id")
    at = models.DateTimeField()
    by: models.ForeignKey[Membership, Membership] = PracticeForeignKey(
        Membership, models.PROTECT, related_name="+"
    )

    class Meta:
        indexes = [models.Index(fields=["practice_id", "goal", "at"], name="goal_wordings")]


class GoalTurn(PracticeOwned):
    """A goal came to stand otherwise: taken on, reached, set aside. Rows are only added."""

    goal: models.ForeignKey[Goal, Goal] = PracticeForeignKey(
        Goal, models.CASCADE, related_name="turns"
    )
    state = models.CharField(max_length=9, choices=GoalState.choices)
    at = models.DateTimeField()
    by: models.ForeignKey[Membership, Membership] = PracticeForeignKey(
        Membership, models.PROTECT, related_name="+"
    )

    class Meta:
        indexes = [models.Index(fields=["practice_id", "goal", "at"], name="goal_turns")]


class GoalRating(PracticeOwned):
    """How near the goal is, 0 to 10, as one of the two sides sees it. Rows are only added.

    `rated_on` is the day in the practice's zone. Two of one side on one day are both kept; the
    later one is shown.
    """

    goal: models.ForeignKey[Goal, Goal] = PracticeForeignKey(
        Goal, models.CASCADE, related_name="ratings"
    )
    patient: models.ForeignKey[Patient, Patient] = PracticeForeignKey(
        Patient, models.CASCADE, related_name="+"
    )
    voice = models.CharField(max_length=4, choices=Voice.choices)
    value = models.PositiveSmallIntegerField()
    comment = EncryptedTextField(patient="patient_id", blank=True)
    rated_on = models.DateField()
    at = models.DateTimeField()
    by: models.ForeignKey[Membership, Membership] = PracticeForeignKey(
        Membership, models.PROTECT, related_name="+"
    )

    class Meta:
        indexes = [
            models.Index(fields=["practice_id", "goal", "voice", "-at"], name="goal_ratings"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(value__lte=10), name="goal_rating_from_0_to_10"
            ),
        ]


class GoalStep(PracticeOwned):
    """A small step towards a goal, in the words of whoever wrote it down."""

    goal: models.ForeignKey[Goal, Goal] = PracticeForeignKey(
        Goal, models.CASCADE, related_name="steps"
    )
    patient: models.ForeignKey[Patient, Patient] = PracticeForeignKey(
        Patient, models.CASCADE, related_name="+"
    )
    text = EncryptedTextField(patient="patient_id")
    added_at = models.DateTimeField()
    added_by: models.ForeignKey[Membership, Membership] = PracticeForeignKey(
        Membership, models.PROTECT, related_name="+"
    )
    done_at = models.DateTimeField(null=True)
    done_by: models.ForeignKey[Membership | None, Membership | None] = PracticeForeignKey(
        Membership, models.PROTECT, null=True, related_name="+"
    )

    class Meta:
        indexes = [models.Index(fields=["practice_id", "goal", "added_at"], name="goal_steps")]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(done_at=None, done_by=None)
                | models.Q(done_at__isnull=False, done_by__isnull=False),
                name="goal_step_done_by_somebody",
            ),
        ]
