"""The work list through its pages: who sees what, and what becomes of an item."""

from __future__ import annotations

import datetime as dt
import uuid

import pytest

from portal import clock
from portal.people.models import Patient
from portal.tenancy.context import practice_scope
from portal.work.models import WorkAudience, WorkItem, WorkState
from portal.work.services import raise_alert, raise_task
from tests.cast import SET_UP, Cast
from tests.counting import queries_of
from tests.odd_input import survives_odd_input

pytestmark = pytest.mark.django_db
LIST = "/alder/staff/work/"
TITLE = "A new flag on a form"


def alert(cast: Cast, patient: str = "ana") -> WorkItem:
    row: Patient = cast.patient(patient)
    with practice_scope(cast.alder.pk):
        return raise_alert(code="test.flag", title=TITLE, patient_id=row.pk, source=row, by=SET_UP)


def task(cast: Cast, title: str = "Ring back", patient: str = "") -> WorkItem:
    with practice_scope(cast.alder.pk):
        return raise_task(
            code="test.task",
            title=title,
            audience=WorkAudience.FRONT_DESK,
            due_at=clock.now() + dt.timedelta(hours=2),
            patient_id=cast.patient(patient).pk if patient else None,
            by=SET_UP,
        )


def now(cast: Cast, item: WorkItem) -> WorkItem:
    with practice_scope(cast.alder.pk):
        return WorkItem.objects.get(pk=item.pk)


def page_of(item: WorkItem, action: str = "") -> str:
    return f"{LIST}{item.pk}/{action}"


def test_outsiders_and_those_without_a_work_list_find_nothing(cast: Cast) -> None:
    item = alert(cast)
    actions = ("", "acknowledge/", "done/", "reopen/", "pass-on/")
    for name, status in (("yan", 404), ("xia", 404), ("nat", 403), ("ana", 403), ("fay", 403)):
        client = cast.people[name].client()
        assert client.get(LIST).status_code == status, name
        for action in actions:
            assert client.post(page_of(item, action)).status_code == status, (name, action)
    assert now(cast, item).state == WorkState.OPEN


def test_an_alert_of_a_patient_out_of_reach_is_not_found(cast: Cast) -> None:
    item = alert(cast, "ana")
    for name in ("cleo", "dee"):
        client = cast.people[name].client()
        assert client.get(page_of(item)).status_code == 404, name
        assert TITLE not in client.get(f"{LIST}?list=all").content.decode()


def test_an_unknown_or_garbled_item_is_not_found(cast: Cast) -> None:
    client = cast.eve.client()
    assert client.get(f"{LIST}{uuid.uuid4()}/").status_code == 404
    assert client.get(f"{LIST}garbage/").status_code == 404
    assert client.get(f"{LIST}?list=garbage&page=-3").status_code == 200


def test_risk_stands_first_on_the_clinicians_day(cast: Cast) -> None:
    item = alert(cast)
    page = cast.cole.client().get("/alder/staff/").content.decode()
    assert page.index("alert-urgent") < page.index("People today")
    assert TITLE in page
    assert page_of(item) in page
    assert "Nothing waits for you" not in page


def test_a_manager_learns_that_a_risk_waits_and_never_what_it_says(cast: Cast) -> None:
    item = alert(cast)
    client = cast.eve.client()
    for address in ("/alder/staff/", LIST, f"{LIST}?list=all", page_of(item)):
        page = client.get(address).content.decode()
        assert TITLE not in page, address
    page = client.get(page_of(item)).content.decode()
    assert "Ana Abbott" in page
    assert "Cole Staff" in page
    assert "tel:+447700900101" in page
    assert client.post(page_of(item, "acknowledge/")).status_code == 403


def test_a_clinician_acknowledges_and_finishes(cast: Cast) -> None:
    item, client = alert(cast), cast.cole.client()
    client.post(page_of(item, "done/"))
    assert now(cast, item).state == WorkState.OPEN  # not before somebody has seen it
    client.post(page_of(item, "acknowledge/"))
    assert now(cast, item).acknowledged_by_id == cast.cole.membership.pk
    client.post(page_of(item, "done/"), {"outcome": "Rang her"})
    done = now(cast, item)
    assert (done.state, done.outcome) == (WorkState.DONE, "Rang her")
    history = client.get(page_of(item)).content.decode()
    assert "Raised to Cole Staff" in history
    assert "Acknowledged" in history


def test_how_long_it_waits_is_said_in_hours(cast: Cast) -> None:
    noon = dt.datetime(2026, 11, 24, 12, tzinfo=dt.UTC)
    clock.move_to(noon)
    item = task(cast)
    clock.move_to(noon + dt.timedelta(minutes=148))
    page = cast.dee.client().get(page_of(item)).content.decode()
    clock.forget()
    assert "(2\xa0hours, 28\xa0minutes ago)" in page


def test_done_can_be_undone(cast: Cast) -> None:
    item, client = task(cast), cast.dee.client()
    answer = client.post(page_of(item, "done/"), follow=True)
    assert page_of(item, "reopen/") in answer.content.decode()
    assert "Ring back" in client.get(f"{LIST}?list=done").content.decode()
    client.post(page_of(item, "reopen/"))
    assert now(cast, item).state == WorkState.OPEN


def test_an_alert_is_passed_on_to_clinicians_only(cast: Cast) -> None:
    item, client = alert(cast), cast.eve.client()
    page = client.get(page_of(item, "pass-on/")).content.decode()
    assert "Cleo Staff" in page
    assert "Dee Staff" not in page
    wrong = client.post(page_of(item, "pass-on/"), {"to": str(cast.dee.membership.pk)})
    assert wrong.status_code == 422
    client.post(page_of(item, "pass-on/"), {"to": str(cast.cleo.membership.pk)})
    assert now(cast, item).assigned_to_id == cast.cleo.membership.pk
    assert TITLE in cast.cleo.client().get("/alder/staff/").content.decode()


def test_passing_on_to_another_practice_is_not_a_choice(cast: Cast) -> None:
    item = task(cast)
    answer = cast.dee.client().post(page_of(item, "pass-on/"), {"to": str(cast.yan.membership.pk)})
    assert answer.status_code == 422


def test_a_task_of_the_front_desk_is_not_the_clinicians(cast: Cast) -> None:
    item = task(cast)
    assert "Ring back" in cast.dee.client().get(LIST).content.decode()
    assert cast.cole.client().get(page_of(item)).status_code == 404


def test_the_list_costs_the_same_for_one_and_for_five(cast: Cast) -> None:
    client = cast.dee.client()
    task(cast, patient="ana")
    one = queries_of(client, LIST)
    for number in range(4):
        task(cast, f"Ring back {number}", patient="ben")
    assert queries_of(client, LIST) == one


def test_the_menu_counts_what_waits(cast: Cast) -> None:
    task(cast)
    task(cast, "Another")
    assert ", 2 waiting" in cast.dee.client().get("/alder/staff/").content.decode()


def test_no_form_falls_over_odd_input(cast: Cast) -> None:
    item, client = task(cast), cast.dee.client()
    survives_odd_input(client, page_of(item, "pass-on/"))
    survives_odd_input(client, page_of(item, "done/"), names={"outcome", "from"})
