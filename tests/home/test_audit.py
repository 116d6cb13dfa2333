"""The audit for managers and the patient's own list: filtered, in words, taken out as files."""

from __future__ import annotations

import csv
import datetime as dt
import io
import re
import uuid
from typing import Any

import pytest

from portal.audit import export
from portal.audit import services as audit
from portal.audit.models import AuditEvent
from portal.audit.services import look_at_chain, seal_events
from portal.people import services as people
from portal.tenancy.context import practice_scope
from tests.attack.test_step_up import left_alone
from tests.cast import Cast
from tests.counting import queries_of

pytestmark = pytest.mark.django_db
PAGE, FILE = "/alder/staff/audit/", "/alder/staff/audit/csv/"
OWN, OWN_FILE = "/alder/me/access-log/", "/alder/me/access-log/csv/"


def open_record(cast: Cast, who: str = "cole", patient: str = "ana") -> None:
    with practice_scope(cast.alder.pk):
        people.open_patient(patient=cast.patient(patient), by=cast.people[who].viewer)


def rows_of(answer: Any) -> list[list[str]]:
    text = answer.content.decode("utf-8-sig")
    return list(csv.reader(io.StringIO(text)))


def test_the_audit_is_the_managers_and_looking_is_an_event(cast: Cast) -> None:
    cast.cole.client().get(f"/alder/staff/patients/{cast.patient('ana').pk}/")
    for path in (PAGE, FILE, f"{PAGE}patient/"):
        for name in ("cole", "dee", "nat", "ana"):
            assert cast.people[name].client().get(path).status_code == 403, (path, name)
        for name in ("yan", "xia", "zoe"):
            assert cast.people[name].client().get(path).status_code == 404, (path, name)
    client = cast.eve.client()
    page = client.get(PAGE, {"action": "patient.open"}).content.decode()
    assert "Cole Staff" in page
    assert "Clinician" in page
    assert "Ana Abbott" in page
    refused = client.get(PAGE, {"refused": "on"}).content.decode()
    assert "Asked for a page that is not theirs" in refused
    assert not re.search(r">[a-z_]+\.[a-z_]+<", page + refused), "a code instead of words"
    with practice_scope(cast.alder.pk):
        assert AuditEvent.objects.filter(action="audit.see").count() == 2


def test_each_filter_narrows_the_list(cast: Cast) -> None:
    open_record(cast, "cole", "ana")
    open_record(cast, "cleo", "ben")
    client, ana = cast.eve.client(), str(cast.patient("ana").pk)

    def people_of(**asked: str) -> set[str]:
        page = client.get(PAGE, {"action": "patient.open", **asked}).content.decode()
        table = page.partition("<tbody>")[2].partition("</tbody>")[0]
        return set(re.findall(r"(Cole|Cleo) Staff", table))

    assert people_of() == {"Cole", "Cleo"}
    assert people_of(person=str(cast.cleo.membership.pk)) == {"Cleo"}
    assert people_of(patient=ana) == {"Cole"}
    assert people_of(person="portal") == set()
    assert people_of(first="2099-01-01") == set()
    assert people_of(last="2001-01-01") == set()
    today = dt.datetime.now(dt.UTC).date().isoformat()  # noqa: TID251 - the clock stands at now
    assert people_of(first=today, last="2099-01-01") == {"Cole", "Cleo"}
    page = client.get(PAGE, {"last": "2001-01-01"}).content.decode()
    assert "Nothing like that" in page


@pytest.mark.parametrize(
    ("query", "words"),
    [
        ({"first": "soon"}, "This is not a date"),
        ({"first": "9999-12-31"}, "Check the year"),
        ({"first": "2026-11-02", "last": "2026-11-01"}, "before the first one"),
        ({"person": "nobody"}, "not one of the choices"),
        ({"action": "x' OR 1=1"}, "not one of the choices"),
        ({"person": "\x00"}, "not one of the choices"),
    ],
)
def test_a_filter_that_cannot_be_read_is_said_next_to_its_field(
    cast: Cast, query: dict[str, str], words: str
) -> None:
    client = cast.eve.client()
    answer = client.get(PAGE, query)
    assert answer.status_code == 422
    page = answer.content.decode()
    assert words in page
    assert "<tbody>" not in page, "a list that was not asked for"
    assert 'value="soon"' in page or "first" not in query or query["first"] != "soon"
    assert client.get(FILE, query).status_code == 302


def test_a_patient_who_is_not_here_is_not_found(cast: Cast) -> None:
    with practice_scope(cast.birch.pk):
        zoe = cast.patient("zoe").pk
    for path in (PAGE, FILE):
        for pk in (zoe, uuid.uuid4()):
            assert cast.eve.client().get(path, {"patient": str(pk)}).status_code == 404
    assert cast.eve.client().get(PAGE, {"patient": "x"}).status_code == 422


def test_a_patient_is_looked_for_by_post(cast: Cast) -> None:
    client = cast.eve.client()
    page = client.get(f"{PAGE}patient/?action=patient.open&words=Abbott").content.decode()
    assert "Ana Abbott" not in page
    found = client.post(f"{PAGE}patient/?action=patient.open", {"words": "abb"}).content.decode()
    assert f"?patient={cast.patient('ana').pk}&amp;action=patient.open" in found
    assert "Nobody found" in client.post(f"{PAGE}patient/", {"words": "zell"}).content.decode()
    assert client.post(f"{PAGE}patient/", {"words": ""}).status_code == 422
    with practice_scope(cast.alder.pk):
        assert AuditEvent.objects.filter(action="patient.search").count() == 2


def test_the_file_says_where_the_chain_ends_and_numbers_each_event(cast: Cast) -> None:
    open_record(cast)
    with practice_scope(cast.alder.pk):
        seal_events()
        head = look_at_chain()
    rows = rows_of(cast.eve.client().get(FILE, {"action": "patient.open"}))
    assert rows[0] == ["Audit of Alder Practice"]
    assert rows[2] == ["Head of the chain", f"{head.sealed}:{head.head.hex()}"]
    (line,) = [row for row in rows if row[4:5] == ["Opened a record"]]
    number, when, who, role, _what, refused, patient = line
    assert 0 < int(number) <= head.sealed
    assert dt.datetime.fromisoformat(when).tzinfo is not None
    assert (who, role, refused, patient) == ("Cole Staff", "Clinician", "", "Ana Abbott")
    with practice_scope(cast.alder.pk):
        event = AuditEvent.objects.get(action="audit.export")
        assert event.details == {"count": 1, "action": "patient.open"}


def test_nothing_in_a_file_runs_in_a_spreadsheet(cast: Cast) -> None:
    """T-IN-07 for the audit: names are what people chose."""
    with practice_scope(cast.alder.pk):
        patient = people.add_patient(given_name="=HYPERLINK(1)", by=cast.dee.viewer)
        people.open_patient(patient=patient, by=cast.dee.viewer)
    rows = rows_of(cast.eve.client().get(FILE))
    cells = [cell for row in rows for cell in row]
    assert "'=HYPERLINK(1)" in cells
    assert not [cell for cell in cells if cell.startswith(("=", "+", "-", "@", "\t", "\r"))]


@pytest.mark.parametrize("path", [FILE, OWN_FILE])
def test_a_file_wants_a_fresh_proof(cast: Cast, path: str) -> None:
    """T-AUTH-09: an export."""
    person = cast.eve if path == FILE else cast.ana
    assert person.client().get(path).status_code == 200
    answer = left_alone(person).get(path)
    assert answer.status_code == 302
    assert "/accounts/" in answer["Location"]


def test_a_long_file_is_whole_and_costs_three_queries_a_batch(
    cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    client = cast.eve.client()

    def cost() -> int:
        from django.db import connection  # noqa: TID251 - only counts what others ask
        from django.test.utils import CaptureQueriesContext

        client.get(FILE)
        with CaptureQueriesContext(connection) as queries:
            client.get(FILE)
        return len(queries)

    one = cost()
    with practice_scope(cast.alder.pk):
        for index in range(120):
            patient = cast.patient("ana" if index % 2 else "ben")
            audit.record("patient.open", by=cast.cole.viewer, patient_id=patient.pk)
    assert cost() == one
    monkeypatch.setattr(export, "in_batches", _small_batches(export.in_batches))
    rows = rows_of(client.get(FILE, {"action": "patient.open"}))
    assert len([row for row in rows if "Opened a record" in row]) == 120


def _small_batches(real: Any) -> Any:
    return lambda events: real(events, size=7)


def test_too_long_a_file_asks_for_a_shorter_time(
    cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(export, "MOST", 1)
    answer = cast.eve.client().get(FILE)
    assert answer.status_code == 422
    assert "Choose a shorter time" in answer.content.decode()


def test_the_audit_costs_the_same_for_one_patient_and_for_twenty(cast: Cast) -> None:
    client = cast.eve.client()
    with practice_scope(cast.alder.pk):
        audit.record("patient.open", by=cast.cole.viewer, patient_id=cast.patient("ana").pk)
    one = queries_of(client, f"{PAGE}?action=patient.open")
    with practice_scope(cast.alder.pk):
        for index in range(20):
            other = people.add_patient(by=cast.dee.viewer, given_name=f"P{index}")
            audit.record("patient.open", by=cast.cole.viewer, patient_id=other.pk)
    assert queries_of(client, f"{PAGE}?action=patient.open") == one


# --- The patient's own ----------------------------------------------------------------------------


def test_my_list_is_mine_and_can_be_narrowed(cast: Cast) -> None:
    """T-AUD-05: the patient sees who opened the record."""
    open_record(cast, "cole", "ana")
    open_record(cast, "dee", "ana")
    open_record(cast, "cleo", "ben")
    client = cast.ana.client()
    page = client.get(OWN).content.decode()
    assert "Cole Staff" in page
    assert "Dee Staff" in page
    assert "Cleo Staff" not in page
    only = client.get(OWN, {"person": str(cast.dee.membership.pk)}).content.decode()
    lines = only.partition('<ul class="rows">')[2]
    assert "Dee Staff" in lines
    assert "Cole Staff" not in lines
    assert "Nothing like that" in client.get(OWN, {"last": "2001-01-01"}).content.decode()
    wrong = client.get(OWN, {"first": "soon", "person": str(cast.cleo.membership.pk)})
    assert wrong.status_code == 422
    for name in ("fay", "cole", "eve"):
        assert cast.people[name].client().get(OWN_FILE).status_code == 403, name


def test_my_file_holds_my_record_alone_and_is_an_event_itself(cast: Cast) -> None:
    open_record(cast, "cole", "ana")
    open_record(cast, "cleo", "ben")
    client = cast.ana.client()
    rows = rows_of(client.get(OWN_FILE))
    assert ["Cole Staff", "Clinician", "Opened your record", ""] in [row[2:] for row in rows]
    assert not [row for row in rows if "Cleo Staff" in row]
    assert [row for row in rows_of(client.get(OWN_FILE)) if "Downloaded this list" in row]
