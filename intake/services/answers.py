"""Saving answers as they are given, and sending the form."""

from __future__ import annotations

from collections.abc import Mapping
from uuid import uuid4

from django.utils.translation import gettext as _

from intake import selectors
from intake.catalogue import Form, form_of
from intake.fhir.answers import Answer
from intake.fhir.enablement import counting
from intake.fhir.form import Item
from intake.fhir.response import build_response
from intake.fhir.validation import answer_faults, blocking_items
from intake.models import Assignment, AssignmentState, DraftAnswer, Response, Score
from intake.services.alerts import note_answers, note_submission, raise_alerts
from intake.services.assignments import locked
from portal import clock
from portal.access.viewer import Viewer
from portal.audit import services as audit
from portal.tenancy.errors import DomainError


class FormClosed(DomainError):
    """The form was sent, taken back or has ended; answers cannot be added."""


class ConsentMissing(DomainError):
    """A required consent or signature is not given; every answer is kept. `items` say which."""

    def __init__(self, items: list[Item]) -> None:
        self.items = items
        super().__init__(_("One thing needs your yes before this can be sent."))


def save_answers(
    *, assignment: Assignment, answers: Mapping[str, Answer], by: Viewer
) -> Assignment:
    """Keep what was given to some questions, as it was given; an empty Answer clears one.

    A risk answer raises its flag in this same transaction. Raises FormClosed, and DomainError for
    an answer that its question does not allow (the pages say it at the field before it comes here).
    """
    _check_own(assignment, by)
    row = locked(assignment.pk)
    if not row.is_open:
        raise FormClosed(_closed_words(row))
    form = form_of(row.version)
    _check_values(form, answers)
    now = clock.now()
    _store(row, answers)
    note_answers(assignment=row, form=form, changed=answers, by=by)
    fields = ["last_activity_at"]
    row.last_activity_at = now
    if row.state == AssignmentState.ASSIGNED:
        row.state, row.started_at = AssignmentState.STARTED, now
        fields += ["state", "started_at"]
        audit.record("assignment.start", by=by, obj=row, patient_id=row.patient_id)
    row.save(update_fields=fields)
    return row


def submit(*, assignment: Assignment, zone_name: str, by: Viewer) -> Response:
    """Send the form: response, scores, flags, alerts, state and audit in one transaction.

    `zone_name` is the practice's zone, in which the day of the answers is told. Sending it twice
    gives the first response back. Raises ConsentMissing, with every answer kept, and FormClosed.
    """
    _check_own(assignment, by)
    row = locked(assignment.pk)
    if row.state == AssignmentState.SUBMITTED:
        return Response.objects.get(assignment=row)
    if not row.is_open:
        raise FormClosed(_closed_words(row))
    form = form_of(row.version)
    drafts = selectors.answers_so_far(row)
    missing = blocking_items(form.questionnaire, drafts)
    if missing:
        raise ConsentMissing(missing)
    response = _write_response(row, form, drafts, zone_name, by)
    note_submission(assignment=row, form=form, answers=counting(form.questionnaire, drafts), by=by)
    flags = raise_alerts(assignment=row, source=response, by=by)
    row.state, row.submitted_at = AssignmentState.SUBMITTED, response.submitted_at
    row.last_activity_at = response.submitted_at
    row.started_at = row.started_at or response.submitted_at
    row.save(update_fields=["state", "submitted_at", "last_activity_at", "started_at"])
    DraftAnswer.objects.filter(assignment=row).delete()
    audit.record(
        "response.submit",
        by=by,
        obj=response,
        patient_id=row.patient_id,
        details={"assignment": str(row.pk), "flags": len(flags)},
    )
    return response


def _write_response(
    row: Assignment, form: Form, drafts: Mapping[str, Answer], zone_name: str, by: Viewer
) -> Response:
    now, response_id = clock.now(), uuid4()
    person = f"Patient/{row.patient_id}"
    response = Response.objects.create(
        id=response_id,
        assignment=row,
        patient_id=row.patient_id,
        version=row.version,
        content=build_response(
            form.questionnaire,
            drafts,
            response_id=str(response_id),
            authored=now.isoformat(timespec="seconds"),
            subject=person,
            author=person,
            canonical=row.version.canonical,
        ),
        submitted_at=now,
        submitted_by_id=by.membership_id,
        answered_on=clock.today(zone_name),
    )
    Score.objects.bulk_create(_scores(response, form, drafts))
    return response


def _scores(response: Response, form: Form, drafts: Mapping[str, Answer]) -> list[Score]:
    counted = counting(form.questionnaire, drafts)
    return [
        Score(
            response=response,
            patient_id=response.patient_id,
            instrument=instrument.id,
            instrument_version=instrument.version,
            total=score.total,
            band=score.band,
            complete=score.complete,
            prorated=score.prorated,
            answered=score.answered,
            answered_on=response.answered_on,
        )
        for instrument, score in form.rules.scores(counted)
    ]


def _store(row: Assignment, answers: Mapping[str, Answer]) -> None:
    now = clock.now()
    kept = {link_id: answer for link_id, answer in answers.items() if _is_something(answer)}
    cleared = [link_id for link_id in answers if link_id not in kept]
    DraftAnswer.objects.bulk_create(
        [
            DraftAnswer(
                id=DraftAnswer.id_for(row.pk, link_id),
                assignment=row,
                link_id=link_id,
                given=answer.to_json(),
                saved_at=now,
            )
            for link_id, answer in kept.items()
        ],
        update_conflicts=True,
        unique_fields=["practice_id", "assignment", "link_id"],
        update_fields=["given", "saved_at"],
    )
    if cleared:
        DraftAnswer.objects.filter(assignment=row, link_id__in=cleared).delete()


def _is_something(answer: Answer) -> bool:
    return answer.is_given or answer.reason is not None


def _check_values(form: Form, answers: Mapping[str, Answer]) -> None:
    for link_id, answer in answers.items():
        item = form.questionnaire.by_id.get(link_id)
        if item is None or not item.is_asked or answer_faults(item, answer):
            raise DomainError(_("This answer does not fit its question."))


def _check_own(assignment: Assignment, by: Viewer) -> None:
    if by.patient_id is None or assignment.patient_id != by.patient_id:
        raise DomainError(_("Only the person who was asked can answer."))


def _closed_words(row: Assignment) -> str:
    if row.state == AssignmentState.SUBMITTED:
        return _("This form was sent already.")
    return _("This form is not needed any more.")
