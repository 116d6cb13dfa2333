"""The plan: the words as they will leave, and what will not go, before its day."""

from __future__ import annotations

import datetime as dt

import pytest

from portal.appointments import away
from portal.appointments import services as appointments
from portal.people import services as people
from portal.practices.models import PracticeSettings
from portal.tenancy.context import practice_scope
from reminders.models import Attempt, LinkToken, Reminder
from reminders.rules.states import State
from tests.cast import Cast
from tests.reminders.conftest import BY, NOON, Desk, furnish

pytestmark = pytest.mark.django_db

PLAN = "/alder/staff/reminders/plan/"


@pytest.fixture
def planned(cast: Cast) -> Desk:
    """Ana's (Cole's) and Ben's (Cleo's) texts of tomorrow, planned."""
    with practice_scope(cast.alder.pk):
        desk = furnish(cast)
        desk.visit = desk.book(NOON + dt.timedelta(hours=46))
        desk.book(NOON + dt.timedelta(hours=45), patient="ben", clinician="cleo")
        desk.plan()
    return desk


def words(desk: Desk, name: str = "dee", query: str = "") -> str:
    page = desk.cast.people[name].client().get(PLAN + query)
    assert page.status_code == 200
    return page.content.decode()


def test_nobody_without_the_permission_sees_the_plan(planned: Desk):
    for name in ("ana", "fay", "nat"):
        assert planned.cast.people[name].client().get(PLAN).status_code == 403
    assert planned.cast.people["xia"].client().get(PLAN).status_code == 404


def test_clinicians_see_their_patients_rows_only(planned: Desk):
    assert "Ana Abbott" in words(planned, "cole")
    assert "Ben " not in words(planned, "cole").replace("Ben Staff", "")


def test_the_words_are_those_that_leave(planned: Desk):
    shown = words(planned)
    assert "2 texts go out" in shown
    with practice_scope(planned.cast.alder.pk):
        planned.go_to(NOON + dt.timedelta(hours=22))
        texts = planned.claim()
    assert len(texts) == 2
    for text in texts:
        before_the_link = text.body.rsplit("/a/", 1)[0].replace("'", "&#x27;")
        assert before_the_link in shown


def test_looking_writes_nothing_and_holds_nothing(planned: Desk):
    with practice_scope(planned.cast.alder.pk):
        before = list(Reminder.objects.order_by("pk").values())
    words(planned)
    with practice_scope(planned.cast.alder.pk):
        assert list(Reminder.objects.order_by("pk").values()) == before
        assert not LinkToken.objects.exists()
        assert not Attempt.objects.exists()


def test_what_will_not_go_says_why(planned: Desk):
    with practice_scope(planned.cast.alder.pk):
        people.stop_texts(value="+447700900101", by=planned.cast.dee.viewer)
    shown = words(planned)
    assert "1 text goes out" in shown
    assert "the patient asked for no texts" in shown
    assert "Hello Ana" not in shown


def test_a_cancelled_visit_and_a_paused_patient_stay(planned: Desk):
    with practice_scope(planned.cast.alder.pk):
        appointments.cancel(appointment=planned.visit, by_patient=True, by=BY)
        people.pause_automation(patient=planned.cast.patient("ben"), paused=True, by=BY)
    shown = words(planned)
    assert "the appointment was cancelled" in shown
    assert "everything automatic is paused for this patient" in shown
    assert "0 texts go out" in shown


def test_a_visit_in_time_off_is_said_to_be_one_before_its_text_goes(planned: Desk):
    """Cole is away when he sees Ana; Ben's visit with Cleo is none of it."""
    said = "The clinician has time off then"
    assert said not in words(planned)
    with practice_scope(planned.cast.alder.pk):
        away.add_time_off(
            clinician=planned.cast.cole.membership,
            starts_at=planned.visit.starts_at - dt.timedelta(hours=3),
            ends_at=planned.visit.ends_at,
            by=BY,
        )
    assert words(planned).count(said) == 1
    assert words(planned).index("Ben ") < words(planned).index(said)


def test_a_practice_that_sends_nothing_says_so(planned: Desk):
    with practice_scope(planned.cast.alder.pk):
        PracticeSettings.objects.update(texts_enabled=False)
    assert words(planned).count("the practice sends no texts") == 2


def test_what_has_left_is_not_in_the_plan(planned: Desk):
    with practice_scope(planned.cast.alder.pk):
        Reminder.objects.filter(patient__given_name="Ana").update(state=State.DELIVERED)
    assert "Hello Ana" not in words(planned)


@pytest.mark.parametrize(
    "query", ["?day=nonsense", "?day=2026-11-25", "?day=9999-12-31", "?page=99"]
)
def test_nonsense_in_the_address_is_tomorrow(planned: Desk, query: str):
    assert "Hello Ana" in words(planned, query=query)


def test_today_is_a_day_of_its_own(planned: Desk):
    assert "Nothing is planned for this day" in words(planned, query="?day=2026-11-24")


def test_the_rest_of_today_leaves_out_what_is_over(planned: Desk):
    """A text that was dropped this morning is no news for this afternoon; the ledger has it."""
    with practice_scope(planned.cast.alder.pk):
        planned.book(NOON + dt.timedelta(hours=26))  # its text is due today at two
        planned.plan()
        people.stop_texts(value="+447700900101", by=BY)
        planned.go_to(NOON + dt.timedelta(minutes=90))
    assert "the patient asked for no texts" in words(planned, query="?day=2026-11-24")
    with practice_scope(planned.cast.alder.pk):
        planned.go_to(NOON + dt.timedelta(hours=2))
        assert planned.claim() == []
        assert Reminder.objects.filter(state=State.SUPPRESSED).count() == 1
    assert "Nothing is planned for this day" in words(planned, query="?day=2026-11-24")


def test_what_leaves_in_one_message_is_shown_as_one(planned: Desk):
    with practice_scope(planned.cast.alder.pk):
        planned.book(NOON + dt.timedelta(hours=47), clinician="cleo")
        planned.plan()
    shown = words(planned)
    assert shown.count("Hello Ana") == 1
    assert "2 texts go out" in shown
    with practice_scope(planned.cast.alder.pk):
        planned.go_to(NOON + dt.timedelta(hours=22))
        bodies = [text.body for text in planned.claim()]
    assert len(bodies) == 2
    for body in bodies:
        assert body.rsplit("/a/", 1)[0].replace("'", "&#x27;") in shown


def test_the_price_is_the_practices_own_or_not_said(planned: Desk):
    assert "Nobody has said what a segment costs" in words(planned)
    with practice_scope(planned.cast.alder.pk):
        PracticeSettings.objects.update(segment_price="0.04", currency="GBP")
    assert "4 segments, £0.16." in words(planned)
