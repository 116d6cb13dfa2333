"""Reading forms, what is asked of whom, and what came back, as somebody."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import NamedTuple
from uuid import UUID

from django.db.models import Count, Exists, OuterRef, Q, QuerySet, Subquery

from intake.fhir.answers import Answer
from intake.models import (
    OPEN_STATES,
    Assignment,
    AssignmentQuerySet,
    AssignmentState,
    DraftAnswer,
    Flag,
    Questionnaire,
    QuestionnaireVersion,
    Response,
    Score,
)
from portal.access.once import known, once
from portal.access.permissions import Permission
from portal.access.roles import Role
from portal.access.viewer import Viewer
from portal.audit import sight
from portal.people.models import Patient, ProxyCategory
from portal.people.selectors import (
    care_team_of,
    clinical_patients_for,
    helped_patient_ids,
    patients_for,
)
from portal.practices.models import Membership
from portal.tenancy.errors import NotFound


def questionnaires_for(viewer: Viewer) -> QuerySet[Questionnaire]:
    """The practice's forms by title, each with how often it has been asked and sent back."""
    if not _may_see_forms(viewer):
        return Questionnaire.objects.none()
    return Questionnaire.objects.annotate(
        asked=Count("versions__assignments", distinct=True),
        sent=Count(
            "versions__assignments",
            filter=Q(versions__assignments__state=AssignmentState.SUBMITTED),
            distinct=True,
        ),
        in_use=Exists(
            QuestionnaireVersion.objects.published().filter(questionnaire=OuterRef("pk"))
        ),
    ).order_by("title", "pk")


def questionnaire_for(viewer: Viewer, questionnaire_id: UUID) -> Questionnaire:
    """One form. Raises NotFound."""
    found = questionnaires_for(viewer).filter(pk=questionnaire_id).first()
    if found is None:
        raise NotFound("No such form.")
    return found


def versions_of(questionnaire: Questionnaire) -> QuerySet[QuestionnaireVersion]:
    """The versions of a form that the viewer has already been given, newest first."""
    return (
        QuestionnaireVersion.objects.filter(questionnaire=questionnaire)
        .light()
        .select_related("imported_by", "questionnaire")
        .order_by("-imported_at", "pk")
    )


def version_for(viewer: Viewer, version_id: UUID) -> QuestionnaireVersion:
    """One version with its document. Raises NotFound."""
    found = None
    if _may_see_forms(viewer):
        found = (
            QuestionnaireVersion.objects.select_related("questionnaire", "imported_by")
            .filter(pk=version_id)
            .first()
        )
    if found is None:
        raise NotFound("No such version.")
    return found


def published_versions() -> QuerySet[QuestionnaireVersion]:
    """What can be asked now, by title; the same for everybody who may assign."""
    return (
        QuestionnaireVersion.objects.published()
        .light()
        .select_related("questionnaire")
        .order_by("title", "pk")
    )


def published_documents_for(viewer: Viewer) -> QuerySet[QuestionnaireVersion]:
    """The forms in use with their documents, by title."""
    if not _may_see_forms(viewer):
        return QuestionnaireVersion.objects.none()
    published = QuestionnaireVersion.objects.published()
    return published.select_related("questionnaire").order_by("title", "pk")


def assignments_for(viewer: Viewer) -> AssignmentQuerySet:
    """What is asked of whom, newest first, as far as this person may know.

    Patients: of themselves. Clinicians: of the patients whose record they may open. Front desk and
    managers: of everybody, and only that it is asked and whether it is done. Nobody else: nothing.
    """
    assignments = Assignment.objects.with_names().order_by("-assigned_at", "pk")
    if viewer.patient_id is not None:
        return assignments.filter(patient_id=viewer.patient_id)
    if viewer.can(Permission.ASSIGNMENT_STATE_SEE):
        return assignments.filter(patient__in=patients_for(viewer).order_by())
    return assignments.none()


def assignment_for(viewer: Viewer, assignment_id: UUID) -> Assignment:
    """One assignment. Raises NotFound for a missing one and for one out of reach alike."""
    found = assignments_for(viewer).filter(pk=assignment_id).first()
    if found is None:
        raise NotFound("No such form.")
    sight.handed(found.patient_id)
    return found


def assignments_of(viewer: Viewer, patient: Patient) -> AssignmentQuerySet:
    """What is asked of one patient, newest first."""
    return assignments_for(viewer).filter(patient=patient)


def waiting_for(viewer: Viewer) -> AssignmentQuerySet:
    """What the viewer still has to fill in: what is due first, then what was asked first."""
    return assignments_for(viewer).waiting().order_by("due_on", "assigned_at", "pk")


def helped_patients_with_forms(viewer: Viewer) -> list[Patient]:
    """The patients who let this carer know that a form is waiting, where one is."""
    if Role.PROXY not in viewer.roles:
        return []
    waiting = Assignment.objects.waiting().filter(patient=OuterRef("pk"))
    helped = helped_patient_ids(viewer, ProxyCategory.FORMS)
    found = Patient.objects.filter(Exists(waiting), pk__in=helped)
    return list(found.order_by("given_name", "pk"))


def answers_so_far(assignment: Assignment) -> dict[str, Answer]:
    """The draft answers of an assignment that the viewer has already been given, by linkId."""
    rows = DraftAnswer.objects.filter(assignment=assignment).defer("saved_at")
    for row in rows:
        row.assignment = assignment  # whose it is decides whether it opens
    return {row.link_id: row.answer for row in rows}


def waiting_with_answers(viewer: Viewer) -> list[tuple[Assignment, dict[str, Answer]]]:
    """What the viewer still has to fill in with the answers so far: two queries a page."""
    rows = waiting_for(viewer).prefetch_related("draft_answers")
    waiting = once(lambda: list(rows), "waiting forms", viewer.membership_id)
    return [(one, {row.link_id: row.answer for row in one.draft_answers.all()}) for one in waiting]


def waiting_at_hand(viewer: Viewer) -> list[Assignment] | None:
    """What the viewer still has to fill in, where the page has asked already."""
    found: list[Assignment] | None = known("waiting forms", viewer.membership_id)
    return found


def responses_for(viewer: Viewer) -> QuerySet[Response]:
    """Submitted forms whose answers this person may read, newest first.

    Clinicians: of their care teams' and covered patients. Patients: their own. Nobody else.
    """
    responses = (
        Response.objects.select_related(
            "patient", "version", "version__questionnaire", "assignment", "assignment__read_by"
        )
        .defer("version__document", "version__translations")
        .order_by("-submitted_at", "pk")
    )
    if not (viewer.can(Permission.RESPONSE_READ) or viewer.can(Permission.RESPONSE_SUBMIT)):
        return responses.none()
    return responses.filter(patient__in=clinical_patients_for(viewer).order_by())


def response_for(viewer: Viewer, response_id: UUID) -> Response:
    """One response. Raises NotFound. Opening it is `services.open_response`."""
    found = responses_for(viewer).filter(pk=response_id).first()
    if found is None:
        raise NotFound("No such form.")
    sight.handed(found.patient_id)
    return found


def response_of(viewer: Viewer, assignment: Assignment) -> Response | None:
    """What came back for an assignment, where the viewer may read it."""
    return responses_for(viewer).filter(assignment=assignment).first()


def response_ids_of(viewer: Viewer, assignments: list[Assignment]) -> Mapping[UUID, UUID]:
    """For rows of a list: the response of each assignment that this person may read; one query."""
    if not viewer.can(Permission.RESPONSE_READ) or not assignments:
        return {}
    found = responses_for(viewer).filter(assignment__in=assignments)
    return dict(found.values_list("assignment_id", "pk"))


def scores_of(response: Response) -> QuerySet[Score]:
    """The scores of a response that the viewer has already been given."""
    return Score.objects.filter(response=response).order_by("instrument", "pk")


def flags_of(assignment: Assignment) -> QuerySet[Flag]:
    """The flags of an assignment that the viewer has already been given, with their alerts."""
    return (
        Flag.objects.filter(assignment=assignment)
        .select_related("work_item", "work_item__acknowledged_by", "work_item__assigned_to")
        .order_by("raised_at", "pk")
    )


def flags_for(viewer: Viewer, assignment: Assignment) -> QuerySet[Flag]:
    """The flags of an assignment, for who may read its answers; empty for everybody else.

    Somebody who is clinician and manager knows of every assignment, and reads their own patients'.
    """
    if not viewer.can(Permission.RESPONSE_READ):
        return Flag.objects.none()
    return flags_of(assignment).filter(patient__in=clinical_patients_for(viewer).order_by())


@dataclass(frozen=True)
class ScoreHistory:
    """One instrument's totals for one patient, oldest first; `latest` is the last of them."""

    instrument: str
    rows: list[Score]

    @property
    def latest(self) -> Score:
        return self.rows[-1]

    @property
    def before(self) -> Score | None:
        """The total before the last one, of the same version; nothing else is compared."""
        earlier = [
            row
            for row in self.rows[:-1]
            if row.total is not None and row.instrument_version == self.latest.instrument_version
        ]
        return earlier[-1] if earlier else None

    @property
    def change(self) -> int | None:
        """Last minus the one before; None where either has no total."""
        if self.before is None or self.before.total is None or self.latest.total is None:
            return None
        return self.latest.total - self.before.total


def score_histories_for(viewer: Viewer, patient: Patient, *, last: int = 8) -> list[ScoreHistory]:
    """The last totals of each instrument, by its name; empty for who may not read answers."""
    if not viewer.can(Permission.RESPONSE_READ):
        return []
    reach = clinical_patients_for(viewer).order_by()
    rows = Score.objects.filter(patient=patient, patient__in=reach).order_by(
        "instrument", "-response__submitted_at", "pk"
    )
    histories: dict[str, list[Score]] = {}
    for row in rows:
        kept = histories.setdefault(row.instrument, [])
        if len(kept) < last:
            kept.append(row)
    return [ScoreHistory(name, kept[::-1]) for name, kept in histories.items()]


def unread_for(viewer: Viewer) -> QuerySet[Assignment]:
    """Forms that came back and that nobody of the care team has opened yet, oldest first.

    Each with the `response_id` of what came back. Only of patients whose record this person may
    open: a clinician who is a manager as well knows of everybody's forms, and is not to read them.
    """
    if not viewer.can(Permission.RESPONSE_READ):
        return Assignment.objects.none()
    own = clinical_patients_for(viewer).order_by()
    done = assignments_for(viewer).done().filter(read_at=None, patient__in=own)
    came_back = responses_for(viewer).filter(assignment=OuterRef("pk")).order_by().values("pk")
    return done.annotate(response_id=Subquery(came_back[:1])).order_by("submitted_at", "pk")


def readers_of(viewer: Viewer) -> list[Membership]:
    """Who reads the answers of this patient: the care team, its lead first."""
    if viewer.patient_id is None:
        return []
    return [member.membership for member in care_team_of(viewer.patient_id)]


def unsent_flags_for(viewer: Viewer) -> QuerySet[Flag]:
    """Risk answers in forms that are still open: no alert has gone out, so a person has to look."""
    if not viewer.can(Permission.RESPONSE_READ):
        return Flag.objects.none()
    return (
        Flag.objects.filter(
            alert_raised_at=None,
            assignment__state__in=OPEN_STATES,
            patient__in=clinical_patients_for(viewer).order_by(),
        )
        .select_related("patient", "assignment")
        .order_by("raised_at", "pk")
    )


# For background work inside one practice: no viewer, so never for a page.


def overdue_since(day: dt.date) -> QuerySet[Assignment]:
    """Forms still open whose day was before `day`."""
    return Assignment.objects.waiting().filter(due_on__lt=day).order_by("due_on", "pk")


class OpenForm(NamedTuple):
    """What planning needs of a form that is still open. `patient_zone` is empty for the practice's.

    `last_activity_at` is when somebody last worked on it, or None.
    """

    assignment_id: UUID
    patient_id: UUID
    due_on: dt.date | None
    assigned_at: dt.datetime
    last_activity_at: dt.datetime | None
    patient_zone: str


def open_forms() -> list[OpenForm]:
    """Every form of the practice that is still open, the oldest first; one query."""
    fields = ("pk", *OpenForm._fields[1:-1], "patient__time_zone")
    rows = Assignment.objects.waiting().order_by("assigned_at", "pk")
    return [OpenForm(*row) for row in rows.values_list(*fields)]


def assignments_by_id(ids: Iterable[UUID]) -> dict[UUID, Assignment]:
    """Assignments of those ids with their people."""
    return Assignment.objects.with_names().in_bulk(list(ids))


def lock_assignments(ids: Iterable[UUID]) -> dict[UUID, Assignment]:
    """The same, locked until the transaction ends; those that somebody is changing are left out."""
    rows = Assignment.objects.with_names().select_for_update(
        skip_locked=True, no_key=True, of=("self",)
    )
    return rows.order_by("pk").in_bulk(list(ids))


def open_form_ids(ids: Iterable[UUID]) -> set[UUID]:
    """Which of those forms are still open."""
    return set(Assignment.objects.waiting().filter(pk__in=list(ids)).values_list("pk", flat=True))


def version_of_form(url: str, version: str) -> QuestionnaireVersion | None:
    """What was imported under that address and version."""
    return (
        QuestionnaireVersion.objects.filter(questionnaire__url=url, version=version)
        .select_related("questionnaire")
        .first()
    )


def _may_see_forms(viewer: Viewer) -> bool:
    return viewer.can(Permission.QUESTIONNAIRE_MANAGE) or viewer.can(
        Permission.QUESTIONNAIRE_ASSIGN
    )
