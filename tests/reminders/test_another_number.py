"""From a wrong number to the right one: one page, and what could not go out goes out."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest

from portal import clock
from portal.appointments import services as appointments
from portal.people import services as people
from portal.people.contact_points import text_numbers_of
from portal.people.models import ContactPoint, ContactSystem, contact_token
from portal.tenancy.context import practice_scope
from portal.tenancy.errors import DomainError
from reminders.models import InboundMessage, PlanningNews, Reason, Reminder
from reminders.planner_again import AGAIN
from reminders.rules.answers import Answer, Meaning
from reminders.rules.states import State
from reminders.sentences import sentence
from reminders.services import planning, policies, receiving
from reminders.services.claiming import facts
from tests.cast import Cast
from tests.reminders.conftest import BY, NOON, Desk, furnish

pytestmark = pytest.mark.django_db
OLD, NEW = "+447700900101", "+447700900777"
ENDS = {"code": 21211}


def point_of(number: str = OLD) -> ContactPoint:
    return ContactPoint.objects.get(value_token=contact_token(number), ended_at=None)


def replace(value: str = NEW, **more: Any) -> ContactPoint:
    return people.replace_contact_point(
        point=point_of(), value=value, by=BY, **{"consent_how": "Said yes on the phone", **more}
    )


@pytest.fixture
def failed(desk: Desk) -> Desk:
    """Ana's text about tomorrow could not be sent: the number is no mobile."""
    desk.visit = desk.book()
    desk.plan()
    (text,) = desk.claim()
    desk.answer(text, Answer(Meaning.BAD_NUMBER, code=21211))
    desk.go_to(NOON + dt.timedelta(minutes=5))
    return desk


def again() -> list[Reminder]:
    return list(Reminder.objects.filter(policy_step__endswith=AGAIN))


# --- The number -----------------------------------------------------------------------------------


def test_the_new_number_takes_the_place_and_the_wishes_of_the_old(desk: Desk) -> None:
    people.change_contact_point(
        point=point_of(),
        rank=2,
        discreet=False,
        safe_from=dt.time(9),
        safe_until=dt.time(18),
        by=BY,
    )
    new = replace()
    assert (new.rank, new.discreet, new.safe_from) == (2, False, dt.time(9))
    assert not ContactPoint.objects.filter(value_token=contact_token(OLD), ended_at=None).exists()


def test_what_was_agreed_for_the_old_number_is_not_agreed_for_the_new(desk: Desk) -> None:
    assert replace(consent_how="").consent_given_at is None


def test_a_number_that_is_there_already_is_refused(desk: Desk) -> None:
    with pytest.raises(DomainError):
        replace(value=OLD)
    assert point_of().ended_at is None


def test_of_two_who_replace_it_at_once_the_second_is_told(desk: Desk) -> None:
    seen_before = point_of()
    replace()
    with pytest.raises(DomainError):
        people.replace_contact_point(point=seen_before, value="+447700900778", by=BY)
    assert ContactPoint.objects.filter(patient=seen_before.patient, ended_at=None).count() == 1


@pytest.mark.parametrize("says_start", [False, True])
def test_a_number_that_said_stop_stays_stopped_when_it_comes_back(
    desk: Desk, says_start: bool
) -> None:
    people.stop_texts(value=OLD, by=BY)
    new = replace()
    assert new.may_be_used
    if says_start:
        people.start_texts(value=OLD, by=BY)
    back = people.replace_contact_point(point=new, value=OLD, consent_how="Said yes", by=BY)
    assert back.may_be_used == says_start


def test_a_number_that_said_stop_is_stopped_on_another_record_too(desk: Desk) -> None:
    people.stop_texts(value=OLD, by=BY)
    point = people.add_contact_point(
        patient=desk.cast.patient("ben"),
        system=ContactSystem.SMS,
        value=OLD,
        consent_how="Said yes",
        by=BY,
    )
    assert not point.may_be_used


# --- The texts ------------------------------------------------------------------------------------


def test_what_waits_goes_to_the_new_number(desk: Desk) -> None:
    desk.book()
    desk.plan()
    replace()
    (text,) = desk.claim()
    assert text.to == NEW


def test_a_number_replaced_while_its_text_is_claimed_costs_no_text(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Somebody's change commits between the look for the number and its lock."""
    visit = desk.book()
    desk.plan()
    seen = {(visit.patient_id, "sms"): point_of().pk}
    replace()
    with monkeypatch.context() as moment:
        moment.setattr(facts, "point_ids_of", lambda _rows: seen)
        assert desk.claim() == []
    (text,) = desk.claim()
    assert text.to == NEW


def test_a_text_that_did_not_go_out_goes_to_the_new_number_once(failed: Desk) -> None:
    replace()
    assert PlanningNews.objects.exists()  # the sweep comes at once
    for _ in range(3):
        failed.plan()
    (text,) = failed.claim()
    assert text.to == NEW
    (row,) = again()
    assert "Once more" in sentence(row, zone="Europe/London")
    first = Reminder.objects.exclude(pk=row.pk).get()
    assert (first.state, first.reason) == (State.FAILED, Reason.BAD_NUMBER)
    failed.answer(text, Answer(Meaning.ACCEPTED, sid="SM9"))
    failed.plan()
    assert failed.claim() == []


def test_without_consent_it_does_not(failed: Desk) -> None:
    replace(consent_how="")
    failed.plan()
    assert again() == []
    PlanningNews.objects.all().delete()
    people.give_consent(point=point_of(NEW), how="Said yes", by=BY)
    assert PlanningNews.objects.exists()
    failed.plan()
    (text,) = failed.claim()
    assert text.to == NEW


def another(failed: Desk, *, at: dt.datetime | None = None, **more: Any) -> None:
    """One more row about the same visit, wanted at that moment or now."""
    row, at = failed.row(), at or clock.now()
    Reminder.objects.create(
        patient_id=row.patient_id,
        recipient_id=row.recipient_id,
        subject_type=row.subject_type,
        subject_id=row.subject_id,
        subject_version=row.subject_version,
        expires_at=row.expires_at,
        wanted_at=at,
        due_at=at,
        created_at=at,
        **more,
    )


@pytest.mark.parametrize("change", ["cancel", "move", "begin", "tell", "retire"])
def test_it_does_not_where_nobody_needs_it_any_more(failed: Desk, change: str) -> None:
    visit = failed.visit
    if change == "cancel":
        appointments.cancel(appointment=visit, by_patient=True, by=BY)
    elif change == "move":
        later = dt.datetime(2026, 12, 9, 10)  # noqa: DTZ001 - a wall-clock time
        appointments.move(appointment=visit, local_start=later, wished_by_patient=True, by=BY)
    elif change == "begin":
        clock.move_to(visit.starts_at - dt.timedelta(minutes=1))
    elif change == "tell":
        another(failed, policy_step="another", channel="email", state=State.SENT)
    else:
        policies.retire_policy(policy=failed.policy, by=BY)
    replace()
    failed.plan()
    assert again() == []


def test_of_two_texts_that_did_not_go_out_only_the_last_is_sent(failed: Desk) -> None:
    another(
        failed,
        policy=failed.policy,
        policy_step="days_before:3",
        state=State.SUPPRESSED,
        reason=Reason.NO_NUMBER,
        settled_at=NOON - dt.timedelta(days=2),
        at=NOON - dt.timedelta(days=2),
    )
    replace()
    failed.plan()
    assert [row.policy_step for row in again()] == [f"hours_before:24{AGAIN}"]


def test_somebody_elses_new_number_sends_nothing_again(failed: Desk) -> None:
    people.add_contact_point(
        patient=failed.cast.patient("ben"),
        system=ContactSystem.SMS,
        value=NEW,
        consent_how="Asked",
        by=BY,
    )
    failed.plan()
    assert again() == []


# --- The pages ------------------------------------------------------------------------------------


@pytest.fixture
def wrong(cast: Cast) -> tuple[Cast, InboundMessage, Reminder]:
    """Whoever has Ana's number wrote that it is the wrong one."""
    with practice_scope(cast.alder.pk):
        desk = furnish(cast)
        desk.book()
        desk.plan()
        (text,) = desk.claim()
        desk.answer(text, Answer(Meaning.BAD_NUMBER, code=21211))
        message = receiving.receive(sid="IN1", number=OLD, body="wrong number")
        assert message is not None
        receiving.work(message.pk)
        row = Reminder.objects.get(subject_type="appointment")
    return cast, message, row


def addresses(message: InboundMessage, row: Reminder) -> tuple[str, str]:
    base = "/alder/staff/reminders/"
    return f"{base}replies/{message.pk}/number/", f"{base}{row.pk}/number/"


def test_outsiders_find_no_way_to_the_number(wrong: tuple[Cast, InboundMessage, Reminder]) -> None:
    cast, message, row = wrong
    for name, status in (("yan", 404), ("ana", 403), ("cleo", 404)):
        for address in addresses(message, row):
            assert cast.people[name].client().get(address).status_code in (status, 403), name


def test_from_a_reply_and_from_a_failed_text_the_number_is_changed_and_leads_back(
    wrong: tuple[Cast, InboundMessage, Reminder],
) -> None:
    cast, message, row = wrong
    client = cast.dee.client()
    of_reply, of_row = addresses(message, row)
    assert of_reply in client.get("/alder/staff/reminders/replies/").content.decode()
    assert of_row in client.get(f"/alder/staff/reminders/{row.pk}/").content.decode()
    assert "replace/" in client.get(of_row)["Location"]
    way = client.get(of_reply)["Location"]
    page = client.get(way)
    assert page.status_code == 200
    wrong_number = client.post(way, {"value": "12", "consent_how": "Rang their home"})
    assert wrong_number.status_code == 422
    assert "Rang their home" in wrong_number.content.decode()
    done = client.post(way, {"value": "07700 900777", "consent_how": "Rang their home"})
    assert (done.status_code, done["Location"]) == (302, "/alder/staff/reminders/replies/")
    with practice_scope(cast.alder.pk):
        ana = cast.patient("ana").pk
        assert text_numbers_of({ana})[ana].value == NEW


def test_nobody_is_led_out_of_the_portal(wrong: tuple[Cast, InboundMessage, Reminder]) -> None:
    cast, message, row = wrong
    way = cast.dee.client().get(addresses(message, row)[0])["Location"].split("?")[0]
    for evil in ("https://evil.example/", "//evil.example/", "javascript:alert(1)"):
        done = cast.dee.client().get(f"{way}?next={evil}")
        assert "evil.example" not in done.content.decode()
        assert "javascript:alert" not in done.content.decode()


def test_where_the_number_has_gone_one_is_added(
    wrong: tuple[Cast, InboundMessage, Reminder],
) -> None:
    cast, message, row = wrong
    with practice_scope(cast.alder.pk):
        people.remove_contact_point(point=point_of(), by=BY)
    for address in addresses(message, row):
        assert "/contact/?next=" in cast.dee.client().get(address)["Location"]


def test_the_text_that_failed_leads_to_the_one_that_went_out_in_its_place(
    wrong: tuple[Cast, InboundMessage, Reminder],
) -> None:
    """Whoever has just changed the number stands on its page, and reads what came of it."""
    cast, _message, row = wrong
    address = f"/alder/staff/reminders/{row.pk}/"
    with practice_scope(cast.alder.pk):
        people.remove_contact_point(point=point_of(), by=BY)
    page = cast.dee.client().get(address).content.decode()
    assert "Add a number" in page
    assert "Once more" not in page
    with practice_scope(cast.alder.pk):
        clock.move_to(NOON + dt.timedelta(minutes=5))
        people.add_contact_point(
            patient=cast.patient("ana"),
            system=ContactSystem.SMS,
            value=NEW,
            consent_how="Asked",
            by=BY,
        )
        planning.plan()
        (later,) = again()
    page = cast.dee.client().get(address).content.decode()
    assert f"/alder/staff/reminders/{later.pk}/" in page
    assert "Add a number" not in page
    assert "Change the number" not in page


def test_a_number_that_is_somebody_elses_too_is_said_to_be(cast: Cast) -> None:
    """A slip of one digit sends one patient's texts to another."""
    with practice_scope(cast.alder.pk):
        furnish(cast)
        ana, ben = cast.patient("ana"), cast.patient("ben")
        way = f"/alder/staff/patients/{ben.pk}/contact/"
    said = "This is the number of"
    for value, is_told in ((NEW, False), (OLD, True)):
        sent = {"system": "sms", "value": value, "consent_how": "Asked"}
        page = cast.dee.client().post(way, sent, follow=True).content.decode()
        assert (said in page) is is_told
    assert f"{said} {ana.display_name} too." in page
    page = cast.dee.client().get(way).content.decode()
    assert said not in page
