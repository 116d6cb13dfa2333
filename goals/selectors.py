"""Reading goals and notes, as somebody."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from uuid import UUID

from django.db.models import Case, Q, QuerySet, Value, When

from goals.models import (
    Goal,
    GoalQuerySet,
    GoalRating,
    GoalState,
    GoalStep,
    GoalTurn,
    GoalWording,
    Note,
    NoteAddendum,
    NoteRevision,
    Voice,
)
from portal.access.once import known, once
from portal.access.permissions import Permission
from portal.access.viewer import Viewer
from portal.appointments.models import CANCELLED, Appointment
from portal.appointments.selectors import numbered, on_day
from portal.people.models import Patient
from portal.people.selectors import clinical_patients_for
from portal.tenancy.errors import NotFound

_NEWEST_SESSION = ("-session_on", "-started_at", "pk")


def goals_for(viewer: Viewer) -> GoalQuerySet:
    """Goals this person may read, the newest first, with patient and authors.

    Patients: their own. Clinicians: of their care teams' and covered patients. Nobody else.
    """
    goals = Goal.objects.with_people().order_by("-created_at", "pk")
    if not (viewer.can(Permission.GOAL_OWN) or viewer.can(Permission.GOAL_STAFF)):
        return goals.none()
    return goals.filter(patient__in=clinical_patients_for(viewer).order_by())


def open_goals_of(viewer: Viewer) -> list[Goal]:
    """Those not reached and not set aside, as a list; a page that only reads asks once."""
    return once(lambda: list(goals_for(viewer).open()), *_open_goals(viewer))


def open_goals_at_hand(viewer: Viewer) -> list[Goal] | None:
    """The same, where the page has asked already."""
    found: list[Goal] | None = known(*_open_goals(viewer))
    return found


def _open_goals(viewer: Viewer) -> tuple[str, UUID]:
    return ("open goals", viewer.membership_id)


def goal_for(viewer: Viewer, goal_id: UUID) -> Goal:
    """One goal. Raises NotFound for a missing one and for one out of reach alike."""
    found = goals_for(viewer).filter(pk=goal_id).first()
    if found is None:
        raise NotFound("No such goal.")
    return found


def goals_of(viewer: Viewer, patient: Patient) -> GoalQuerySet:
    """One patient's goals, the newest first."""
    return goals_for(viewer).filter(patient=patient)


def goal_of(viewer: Viewer, patient: Patient, goal_id: UUID) -> Goal:
    """One goal of this very patient. Raises NotFound, also for a goal of somebody else."""
    found = goals_of(viewer, patient).filter(pk=goal_id).first()
    if found is None:
        raise NotFound("No such goal.")
    return found


def ratings_of(goal: Goal) -> QuerySet[GoalRating]:
    """The ratings of a goal that the viewer has already been given, in the order of time."""
    return GoalRating.objects.filter(goal=goal).select_related("by").order_by("at", "pk")


def wordings_of(goal: Goal) -> QuerySet[GoalWording]:
    """Every wording of a goal already given, the newest first."""
    return GoalWording.objects.filter(goal=goal).select_related("by").order_by("-at", "pk")


def turns_of(goal: Goal) -> QuerySet[GoalTurn]:
    """What became of a goal already given, in the order of time."""
    return GoalTurn.objects.filter(goal=goal).select_related("by").order_by("at", "pk")


def steps_of(goal: Goal) -> QuerySet[GoalStep]:
    """The steps of a goal already given, in the order in which they were written down."""
    return GoalStep.objects.filter(goal=goal).select_related("added_by").order_by("added_at", "pk")


def step_of(goal: Goal, step_id: UUID) -> GoalStep:
    """One step of a goal already given. Raises NotFound."""
    step = steps_of(goal).filter(pk=step_id).first()
    if step is None:
        raise NotFound("No such step.")
    return step


@dataclass(frozen=True, slots=True)
class Standing:
    """A goal with the first and the last rating of each side; None where a side has not rated."""

    goal: Goal
    own: GoalRating | None = None
    own_first: GoalRating | None = None
    team: GoalRating | None = None
    team_first: GoalRating | None = None

    @property
    def differs(self) -> bool:
        """Whether both sides have rated and do not see it alike."""
        return bool(self.own and self.team and self.own.value != self.team.value)


def standings_of(goals: Iterable[Goal]) -> list[Standing]:
    """Goals already given with their ratings at both ends: one query, however many there are."""
    shown = list(goals)
    ratings = GoalRating.objects.filter(goal__in=[goal.pk for goal in shown])
    last = ratings.order_by("goal_id", "voice", "-at", "pk").distinct("goal_id", "voice")
    first = ratings.order_by("goal_id", "voice", "at", "pk").distinct("goal_id", "voice")
    lasts: dict[tuple[UUID, str], GoalRating] = {}
    firsts: dict[tuple[UUID, str], GoalRating] = {}
    both = last.annotate(is_last=Value(True)).union(first.annotate(is_last=Value(False)), all=True)
    for row in both:
        (lasts if row.is_last else firsts)[row.goal_id, row.voice] = row
    return [
        Standing(
            goal,
            own=lasts.get((goal.pk, Voice.OWN)),
            own_first=firsts.get((goal.pk, Voice.OWN)),
            team=lasts.get((goal.pk, Voice.TEAM)),
            team_first=firsts.get((goal.pk, Voice.TEAM)),
        )
        for goal in shown
    ]


def brought_for(viewer: Viewer, patients: Iterable[Patient]) -> QuerySet[Goal]:
    """Goals that somebody wants to talk about next time, the one brought first first."""
    brought = goals_for(viewer).filter(patient__in=[patient.pk for patient in patients])
    brought = brought.filter(brought_at__isnull=False).select_related("brought_by")
    return brought.order_by("brought_at", "pk")


def active_goals_for(viewer: Viewer) -> QuerySet[Goal]:
    """Goals being worked on, by patient; for a clinician's list."""
    active = goals_for(viewer).filter(state=GoalState.ACTIVE)
    return active.order_by("patient__family_name", "patient__given_name", "created_at", "pk")


def notes_for(viewer: Viewer) -> QuerySet[Note]:
    """Notes this person may read, the newest session first, with the people who wrote them.

    Patients: their own that are signed and shared. Clinicians: all of their care teams' and covered
    patients. Nobody else.
    """
    notes = Note.objects.select_related(
        "patient", "started_by", "saved_by", "signed_by", "shared_by"
    ).order_by(*_NEWEST_SESSION)
    if viewer.can(Permission.NOTE_OWN) and viewer.patient_id is not None:
        return notes.filter(
            patient_id=viewer.patient_id, signed_at__isnull=False, shared_at__isnull=False
        )
    if not viewer.can(Permission.NOTE_STAFF):
        return notes.none()
    return notes.filter(patient__in=clinical_patients_for(viewer).order_by())


def note_for(viewer: Viewer, note_id: UUID) -> Note:
    """One note. Raises NotFound for a missing one and for one out of reach alike."""
    found = notes_for(viewer).filter(pk=note_id).first()
    if found is None:
        raise NotFound("No such note.")
    return found


def notes_of(viewer: Viewer, patient: Patient) -> QuerySet[Note]:
    """One patient's notes, the newest session first."""
    return notes_for(viewer).filter(patient=patient)


def note_of(viewer: Viewer, patient: Patient, note_id: UUID) -> Note:
    """One note of this very patient. Raises NotFound, also for a note of somebody else."""
    found = notes_of(viewer, patient).filter(pk=note_id).first()
    if found is None:
        raise NotFound("No such note.")
    return found


def visit_on(
    viewer: Viewer, patient: Patient, *, day: dt.date, zone_name: str
) -> Appointment | None:
    """The patient's meeting of that day that was not cancelled: the first one, if there are two."""
    visits = on_day(viewer, day=day, zone_name=zone_name).filter(patient=patient)
    return numbered(visits.exclude(status__in=CANCELLED)).first()


def notes_at_hand(
    viewer: Viewer, patient: Patient, *, signed: int
) -> tuple[Note | None, list[Note]]:
    """The note that is being written about a patient and the last signed ones; one query."""
    unsigned_first = Case(When(signed_at=None, then=0), default=1)
    rows = notes_of(viewer, patient).order_by(unsigned_first, *_NEWEST_SESSION)[: signed + 1]
    draft = next((note for note in rows if note.signed_at is None), None)
    return draft, [note for note in rows if note.signed_at is not None][:signed]


def draft_of(viewer: Viewer, patient: Patient) -> Note | None:
    """The note that is being written about a patient: there is one at most."""
    return notes_of(viewer, patient).filter(signed_at=None).first()


def unsigned_notes(viewer: Viewer, patients: Iterable[Patient]) -> list[Note]:
    """Notes that nobody has signed: of these patients, and those this person began; oldest first.

    One query for both.
    """
    ids = [patient.pk for patient in patients]
    wanted = Q(patient__in=ids) | Q(started_by_id=viewer.membership_id)
    return list(notes_for(viewer).filter(wanted, signed_at=None).order_by("started_at", "pk"))


def addenda_of(note: Note) -> QuerySet[NoteAddendum]:
    """What was added to a note already given, in the order of time."""
    return NoteAddendum.objects.filter(note=note).select_related("by").order_by("at", "pk")


def revisions_of(note: Note) -> QuerySet[NoteRevision]:
    """Everything that a note already given once said, the newest first."""
    return NoteRevision.objects.filter(note=note).select_related("by").order_by("-at", "-version")
