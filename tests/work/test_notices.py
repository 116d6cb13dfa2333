"""What people on the staff are told, the bell, and what they have read."""

from __future__ import annotations

import datetime as dt
import uuid

import pytest

from portal import clock
from portal.tenancy.context import practice_scope
from portal.work import ladder, notices
from portal.work import services as work
from portal.work.models import Notice, NoticeCode, WorkAudience, WorkItem
from tests.cast import SET_UP, Cast
from tests.counting import queries_of

pytestmark = pytest.mark.django_db
PAGE = "/alder/staff/notices/"
TITLE = "A new flag on a form"


def alert(cast: Cast, patient: str = "ana") -> WorkItem:
    row = cast.patient(patient)
    with practice_scope(cast.alder.pk):
        return work.raise_alert(code="t", title=TITLE, patient_id=row.pk, source=row, by=SET_UP)


def task(cast: Cast, name: str, by: str = "eve") -> WorkItem:
    with practice_scope(cast.alder.pk):
        return work.raise_task(
            code="t",
            title="Ring back",
            audience=WorkAudience.FRONT_DESK,
            due_at=clock.now(),
            assigned_to=cast.people[name].membership,
            by=cast.people[by].viewer,
        )


def unread(cast: Cast, name: str) -> list[str]:
    with practice_scope(cast.alder.pk):
        rows = notices.unread_for(cast.people[name].viewer).order_by("at")
        return list(rows.values_list("code", flat=True))


def half_past(cast: Cast) -> None:
    """Nobody has acknowledged anything for half an hour."""
    with practice_scope(cast.alder.pk):
        clock.move_to(clock.now() + dt.timedelta(minutes=31))
        ladder.sweep_practice(cast.alder.pk)


def one_of(cast: Cast, name: str) -> Notice:
    with practice_scope(cast.alder.pk):
        return notices.notices_for(cast.people[name].viewer)[0]


def test_outsiders_patients_and_colleagues_find_nothing(cast: Cast) -> None:
    alert(cast)
    notice = one_of(cast, "cole")
    actions = (f"{PAGE}{notice.pk}/read/", f"{PAGE}read/")
    for name, status in (("yan", 404), ("xia", 404), ("ana", 403), ("fay", 403)):
        client = cast.people[name].client()
        assert client.get(PAGE).status_code == status, name
        for action in actions:
            assert client.post(action).status_code == status, name
    assert cast.cleo.client().post(actions[0]).status_code == 404
    assert "Ana Abbott" not in cast.cleo.client().get(f"{PAGE}?list=all").content.decode()
    later = (clock.now() + dt.timedelta(hours=1)).isoformat()
    cast.cleo.client().post(actions[1], {"until": later})
    assert unread(cast, "cole") == [NoticeCode.RISK_YOURS]


def test_the_bell_counts_what_is_unread_and_costs_no_statement(cast: Cast) -> None:
    client = cast.cole.client()
    client.get(PAGE)
    before = queries_of(client, "/alder/staff/schedule/")
    alert(cast)
    task(cast, "cole")
    assert queries_of(client, "/alder/staff/schedule/") == before
    assert '<span aria-hidden="true">2</span>' in bell_of(client.get("/alder/staff/").content)


def bell_of(page: bytes) -> str:
    head = page.decode().split('class="bell"')[1]
    return head.split("</a>")[0]


def test_who_is_told(cast: Cast) -> None:
    item = alert(cast)
    assert (unread(cast, "cole"), unread(cast, "cleo"), unread(cast, "eve")) == (
        ["risk-yours"],
        [],
        [],
    )
    half_past(cast)
    assert unread(cast, "cleo") == ["risk-yours"]
    assert unread(cast, "eve") == ["risk-nobody"]
    with practice_scope(cast.alder.pk):
        work.acknowledge(item=item, by=cast.cleo.viewer)
    assert (unread(cast, "cole"), unread(cast, "cleo"), unread(cast, "eve")) == ([], [], [])
    assert "Acknowledged" in cast.eve.client().get(f"{PAGE}?list=all").content.decode()


def test_the_manager_reads_patient_clinician_and_minutes_and_never_why(cast: Cast) -> None:
    alert(cast)
    half_past(cast)
    page = cast.eve.client().get(PAGE).content.decode()
    assert "Nobody has acknowledged a risk" in page
    assert "Ana Abbott" in page
    assert "For Cleo Staff, waiting 31 minutes" in page
    assert TITLE not in page
    assert TITLE in cast.cleo.client().get(PAGE).content.decode()


def test_whoever_does_it_is_not_told(cast: Cast) -> None:
    task(cast, "dee", by="dee")
    assert unread(cast, "dee") == []
    item = task(cast, "dee")
    assert unread(cast, "dee") == ["work-yours"]
    with practice_scope(cast.alder.pk):
        work.reassign(item=item, to=cast.cole.membership, by=cast.cole.viewer)
    assert unread(cast, "cole") == []


def test_told_again_it_is_one_row_and_unread_again(cast: Cast) -> None:
    item = task(cast, "dee")
    cast.dee.client().get(f"/alder/staff/work/{item.pk}/")
    assert unread(cast, "dee") == []
    with practice_scope(cast.alder.pk):
        for name in ("cole", "dee"):
            to = cast.people[name].membership
            work.reassign(item=WorkItem.objects.get(pk=item.pk), to=to, by=cast.eve.viewer)
        assert Notice.objects.filter(member=cast.dee.membership).count() == 1
    assert unread(cast, "dee") == ["work-yours"]


def test_what_is_opened_is_read_by_whoever_opened_it(cast: Cast) -> None:
    item = alert(cast)
    half_past(cast)
    cast.eve.client().get(f"/alder/staff/work/{item.pk}/")
    assert unread(cast, "eve") == []
    assert unread(cast, "cole") == ["risk-yours"]


def test_one_is_marked_and_then_all(cast: Cast) -> None:
    client = cast.dee.client()
    for _ in range(3):
        task(cast, "dee")
    client.post(f"{PAGE}{one_of(cast, 'dee').pk}/read/")
    assert len(unread(cast, "dee")) == 2
    client.post(f"{PAGE}read/", {"until": clock.now().isoformat()}, follow=True)
    assert unread(cast, "dee") == []
    assert "You have read everything" in client.get(PAGE).content.decode()


def test_what_came_since_the_page_was_opened_stays_unread(cast: Cast) -> None:
    task(cast, "dee")
    opened = clock.now()
    task(cast, "dee")
    cast.dee.client().post(f"{PAGE}read/", {"until": opened.isoformat()})
    assert len(unread(cast, "dee")) == 1


@pytest.mark.parametrize(
    "until",
    [
        "",
        "garbage",
        "2026-13-45T99:00",
        "2026-11-24T12:00:00",
        "9999-12-31T23:59:59-23:59",
        "0001-01-01T00:00:00+23:59",
    ],
)
def test_a_garbled_moment_marks_nothing(cast: Cast, until: str) -> None:
    task(cast, "dee")
    answer = cast.dee.client().post(f"{PAGE}read/", {"until": until}, follow=True)
    assert answer.status_code == 200
    assert len(unread(cast, "dee")) == 1


def test_an_unknown_notice_is_not_found(cast: Cast) -> None:
    client = cast.cole.client()
    assert client.post(f"{PAGE}{uuid.uuid4()}/read/").status_code == 404
    assert client.get(f"{PAGE}?list=garbage&page=-3").status_code == 200
