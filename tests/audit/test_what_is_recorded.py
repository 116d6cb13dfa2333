"""Walks every page: whoever sees a patient's words or record leaves a row; so does a refusal."""

from __future__ import annotations

import datetime as dt
from typing import Any
from uuid import UUID

import pytest
from django.test import Client

from intake.services import answers, assignments
from portal.access.roles import ROLE_PERMISSIONS
from portal.appointments import services as appointments
from portal.audit.models import AuditEvent, Outcome
from portal.tenancy.context import practice_scope
from portal.work import services as work
from reminders.services import receiving
from tests.cast import SET_UP, Cast
from tests.everywhere.test_every_url import (
    MEANS,
    ONE_OF_EACH,
    _rows_of,
    foreign,
    signed_in,
)
from tests.everywhere.urls import Address, practice_addresses
from tests.intake.conftest import import_form, words
from tests.intake.fhir.forms import question

__all__ = ["foreign", "signed_in"]

CANARY = "zq-canary"
pytestmark = pytest.mark.django_db


@pytest.fixture
def said(cast: Cast, foreign: dict[str, UUID]) -> dict[str, list[UUID]]:
    """Words of Ana's and about her wherever somebody can write some; ids by model."""
    with practice_scope(cast.alder.pk):
        ana = cast.patient("ana")
        kind = appointments.add_type(name="Walk", minutes=20, by=SET_UP)
        visit = appointments.book(
            patient=ana,
            clinician=cast.cole.membership,
            type=kind,
            local_start=dt.datetime(2099, 7, 1, 10),  # noqa: DTZ001 - a wall-clock time
            time_zone=cast.alder.time_zone,
            by=SET_UP,
        )
        appointments.cancel(appointment=visit, by_patient=True, reason=CANARY, by=SET_UP)
        alert = work.raise_alert(code="test", title="T", patient_id=ana.pk, source=visit, by=SET_UP)
        work.acknowledge(item=alert, by=cast.cole.viewer)
        work.finish(item=alert, by=cast.cole.viewer, outcome=CANARY)
        version = import_form(question("t", "text", text="How are you?")).version
        asked = assignments.assign(patient=ana, version=version, by=cast.cole.viewer)
        answers.save_answers(assignment=asked, answers={"t": words(CANARY)}, by=cast.ana.viewer)
        response = answers.submit(assignment=asked, zone_name="Europe/London", by=cast.ana.viewer)
        text = receiving.receive(sid="IN9", number="+447700900101", body=CANARY)
        assert text is not None
        receiving.work(text.pk)
        more = {
            "people.Patient": ana.pk,
            "appointments.Appointment": visit.pk,
            "work.WorkItem": alert.pk,
            "intake.Assignment": asked.pk,
            "intake.Response": response.pk,
            "reminders.InboundMessage": text.pk,
        }
        known = {**_rows_of(cast.alder), **foreign}
    return {label: [pk, *([more[label]] if label in more else [])] for label, pk in known.items()}


def _paths(address: Address, said: dict[str, list[UUID]]) -> list[str]:
    """The address for each row that its parameters may mean; the same patient in all of them."""
    kinds = [MEANS[name] for name, _kind in address.parameters if name in MEANS]
    if not kinds:
        return [address.path()]
    most = max(len(said[kind]) for kind in kinds)
    return [
        address.path(
            **{
                name: said[MEANS[name]][min(index, len(said[MEANS[name]]) - 1)]
                for name, _kind in address.parameters
                if name in MEANS
            }
        )
        for index in range(most)
    ]


def _events(cast: Cast, who: str) -> int:
    with practice_scope(cast.alder.pk):
        return AuditEvent.objects.filter(actor_id=cast.people[who].membership.pk).count()


def test_whoever_reads_a_patients_words_leaves_a_row(
    cast: Cast, signed_in: dict[str, Client], said: dict[str, list[UUID]]
) -> None:
    """T-AUD-01 for words: no member of staff is shown any without a row of theirs."""
    seen, silent = 0, []
    for role, who in ONE_OF_EACH.items():
        if not cast.people[who].viewer.is_staff:
            continue
        for address in practice_addresses():
            if address.permission not in ROLE_PERMISSIONS[role]:
                continue
            for path in _paths(address, said):
                before = _events(cast, who)
                answer = signed_in[who].get(f"/alder{path}")
                if answer.status_code == 200 and CANARY in _text(answer):
                    seen += 1
                    if _events(cast, who) == before:
                        silent.append(f"{address.name} as {who}")
    assert not silent, silent
    assert seen >= 5, "the words should stand on several pages"


def test_opening_a_record_a_search_and_an_export_each_leave_a_row(
    cast: Cast, signed_in: dict[str, Client], said: dict[str, list[UUID]]
) -> None:
    """T-AUD-01 for records: every page that wants the right to open one, and every file."""
    for who in ("cole", "dee"):
        for address in practice_addresses():
            if address.permission != "patient.open":
                continue
            before = _events(cast, who)
            path = address.path(patient_id=cast.patient("ana").pk)
            assert signed_in[who].get(f"/alder{path}").status_code == 200
            assert _events(cast, who) > before, address.name
    before = _events(cast, "dee")
    signed_in["dee"].post("/alder/staff/patients/", {"words": "abb"})
    assert _events(cast, "dee") == before + 1
    files = [address for address in practice_addresses() if address.route.endswith("csv/")]
    assert len(files) >= 3
    for address in files:
        who = "ana" if address.route.startswith("me/") else "eve"
        before = _events(cast, who)
        assert signed_in[who].get(f"/alder{address.path()}").status_code == 200
        assert _events(cast, who) == before + 1, address.name


def test_every_refusal_leaves_a_row(cast: Cast, signed_in: dict[str, Client]) -> None:
    """T-AUD-03: each page that a role may not open, and each page of Alder asked from Birch."""
    refused = 0
    with practice_scope(cast.alder.pk):
        before = _refusals()
    for address in practice_addresses():
        if address.is_public or address.is_for_anyone_signed_in or address.permission is None:
            continue
        for role, who in ONE_OF_EACH.items():
            if address.permission not in ROLE_PERMISSIONS[role]:
                signed_in[who].get(f"/alder{address.path()}")
                refused += 1
        signed_in["yan"].get(f"/alder{address.path()}")
        refused += 1
    with practice_scope(cast.alder.pk):
        assert _refusals() - before == refused >= 300
        rows = AuditEvent.objects.filter(action="access.refuse")
        assert not rows.exclude(outcome=Outcome.REFUSED).exists()
        assert not rows.filter(details__page="").exists()


def _refusals() -> int:
    return AuditEvent.objects.filter(action="access.refuse").count()


def _text(answer: Any) -> str:
    return str(answer.content.decode(errors="replace"))
