"""The ledger, the replies and the policies, as each of the cast."""

from __future__ import annotations

import datetime as dt
import re
from uuid import uuid4

import pytest
from django.db import connections
from django.test import Client
from django.test.utils import CaptureQueriesContext

from portal.appointments.models import AppointmentType
from portal.audit.models import AuditEvent
from portal.people import services as people
from portal.tenancy.context import practice_scope
from portal.work.models import WorkItem
from reminders.models import (
    ChannelStop,
    InboundMessage,
    InboundState,
    Reason,
    Reminder,
    ReminderPolicy,
)
from reminders.rules.answers import Answer, Meaning
from reminders.rules.states import State
from reminders.services import channels, receiving
from tests.cast import Cast
from tests.reminders.conftest import NOON, Desk, furnish

pytestmark = pytest.mark.django_db

LEDGER = "/alder/staff/reminders/"
REPLIES = "/alder/staff/reminders/replies/"
WORDS = "is there parking behind the house"


@pytest.fixture
def cast_with_texts(cast: Cast) -> Cast:
    """Ana (Cole's) and Ben (Cleo's) have been texted; Ana wrote back."""
    with practice_scope(cast.alder.pk):
        desk = furnish(cast)
        desk.book()
        desk.book(NOON + dt.timedelta(hours=22), patient="ben", clinician="cleo")
        desk.plan()
        for text in desk.claim():
            desk.answer(text, Answer(Meaning.ACCEPTED, sid=f"SM{text.to}"))
        message = receiving.receive(sid="IN1", number="+447700900101", body=WORDS)
        assert message is not None
        receiving.work(message.pk)
    return cast


def as_(cast: Cast, name: str) -> Client:
    return cast.people[name].client()


def lines_of(words: str) -> int:
    """How many texts the ledger shows."""
    body = words.partition("<tbody>")[2].partition("</tbody>")[0]
    return body.count("<tr>")


def message_of(cast: Cast) -> InboundMessage:
    with practice_scope(cast.alder.pk):
        return InboundMessage.objects.get()


@pytest.mark.parametrize("name", ["ana", "fay", "nat"])
def test_people_without_the_permission_see_no_ledger(cast_with_texts: Cast, name: str):
    assert as_(cast_with_texts, name).get(LEDGER).status_code == 403


def test_people_of_another_practice_find_nothing(cast_with_texts: Cast):
    assert as_(cast_with_texts, "xia").get(LEDGER).status_code == 404


@pytest.mark.parametrize(
    ("name", "sees"),
    [
        ("dee", {"Ana", "Ben"}),
        ("eve", {"Ana", "Ben"}),
        ("cole", {"Ana"}),
        ("cleo", {"Ben"}),
    ],
)
def test_the_ledger_shows_the_rows_in_reach(cast_with_texts: Cast, name: str, sees: set[str]):
    words = as_(cast_with_texts, name).get(LEDGER).content.decode()
    assert {who for who in ("Ana", "Ben") if f"{who} " in words} == sees


@pytest.mark.parametrize("name", ["dee", "eve", "cole"])
def test_the_words_of_a_text_stand_on_no_staff_page(cast_with_texts: Cast, name: str):
    client = as_(cast_with_texts, name)
    with practice_scope(cast_with_texts.alder.pk):
        row = Reminder.objects.filter(patient__given_name="Ana").order_by("created_at").first()
    assert row is not None
    for path in (LEDGER, f"{LEDGER}{row.pk}/"):
        words = client.get(path).content.decode()
        assert "You are booked with" not in words
        assert WORDS not in words


def test_a_row_of_somebody_elses_patient_is_not_found(cast_with_texts: Cast):
    with practice_scope(cast_with_texts.alder.pk):
        row = Reminder.objects.filter(patient__given_name="Ben").get()
    assert as_(cast_with_texts, "cole").get(f"{LEDGER}{row.pk}/").status_code == 404
    assert as_(cast_with_texts, "cleo").get(f"{LEDGER}{row.pk}/").status_code == 200
    assert as_(cast_with_texts, "dee").get(f"{LEDGER}{uuid4()}/").status_code == 404


def test_the_ledger_says_in_a_sentence_what_became_of_a_text(cast_with_texts: Cast):
    words = as_(cast_with_texts, "dee").get(LEDGER).content.decode()
    assert "The network has not said yet whether it arrived." in words


def test_a_planned_text_that_cannot_go_out_says_so_before_its_time(cast_with_texts: Cast):
    with practice_scope(cast_with_texts.alder.pk):
        Reminder.objects.all().delete()
        desk = Desk(cast_with_texts, AppointmentType.objects.get(), ReminderPolicy.objects.get())
        desk.book(NOON + dt.timedelta(hours=44))
        desk.plan()
        people.stop_texts(value="+447700900101", by=cast_with_texts.dee.viewer)
    words = as_(cast_with_texts, "dee").get(f"{LEDGER}?show=waiting").content.decode()
    assert "Will not go out: the patient asked for no texts." in words


@pytest.mark.parametrize(
    ("query", "rows"),
    [
        ("", 3),
        ("?show=gone", 2),
        ("?show=waiting", 1),
        ("?show=trouble", 0),
        ("?show=not_sent", 0),
        ("?show=planned", 1),
        ("?show=delivered", 0),
        ("?show=sent", 2),
        ("?show=delivered&show=planned", 1),
        ("?day=2026-11-24", 3),
        ("?day=2026-11-20", 0),
        ("?show=nonsense", 3),
        ("?day=tomorrow", 3),
        ("?day=9999-12-31", 3),
        ("?day=0001-01-01", 3),
        ("?page=99", 3),
    ],
)
def test_the_ledger_can_be_filtered_and_survives_nonsense(
    cast_with_texts: Cast, query: str, rows: int
):
    page = as_(cast_with_texts, "dee").get(LEDGER + query)
    assert page.status_code == 200
    assert lines_of(page.content.decode()) == rows


@pytest.mark.parametrize(
    ("reason", "trouble"),
    [(Reason.NO_NUMBER, True), (Reason.PAUSED, True), (Reason.MOVED, False), (Reason.SAID, False)],
)
def test_a_text_that_was_wanted_and_kept_back_is_trouble_and_not_unneeded(
    cast_with_texts: Cast, reason: Reason, trouble: bool
):
    with practice_scope(cast_with_texts.alder.pk):
        Reminder.objects.filter(state=State.PLANNED).update(
            state=State.SUPPRESSED, reason=reason, settled_at=NOON
        )
    client = as_(cast_with_texts, "dee")
    shown = {
        show: lines_of(client.get(f"{LEDGER}?show={show}").content.decode())
        for show in ("trouble", "failed", "not_sent", "suppressed")
    }
    here, there = (1, 0) if trouble else (0, 1)
    assert shown == {"trouble": here, "failed": here, "not_sent": there, "suppressed": there}


def test_each_state_can_be_asked_for_in_its_group(cast_with_texts: Cast):
    words = as_(cast_with_texts, "dee").get(f"{LEDGER}?show=delivered").content.decode()
    menu = words[words.index('<select name="show"') :].split("</select>")[0]
    assert menu.count("<optgroup") == 4
    assert '<option value="delivered" selected>' in menu
    assert {state.value for state in State} <= set(re.findall(r'value="([a-z_]+)"', menu))
    assert 'show=gone" aria-current="true"' in words  # the tab of its group


def id_of(cast: Cast, name: str) -> object:
    return cast.people[name].membership.pk


@pytest.mark.parametrize(
    ("query", "rows"),
    [
        ("?channel=sms", 3),
        ("?channel=email", 0),
        ("?channel=pigeon", 3),
        ("?clinician={cole}", 1),
        ("?clinician={cleo}&show=gone", 1),
        ("?clinician={cleo}&show=trouble", 0),
        ("?clinician=nobody", 3),
        ("?patient={ana}", 2),
        ("?patient={ben}&clinician={cole}", 0),
        ("?patient=nobody", 3),
    ],
)
def test_filters_narrow_together(cast_with_texts: Cast, query: str, rows: int):
    cast = cast_with_texts
    ids = {name: id_of(cast, name) for name in ("cole", "cleo")}
    ids |= {name: cast.patient(name).pk for name in ("ana", "ben")}
    page = as_(cast, "dee").get(LEDGER + query.format(**ids))
    assert page.status_code == 200
    assert lines_of(page.content.decode()) == rows


def test_somebody_elses_patient_is_no_filter(cast_with_texts: Cast):
    ben = cast_with_texts.patient("ben").pk
    client = as_(cast_with_texts, "cole")
    assert client.get(f"{LEDGER}?patient={ben}").status_code == 404
    assert client.get(f"{LEDGER}texts.csv?patient={ben}").status_code == 404
    assert as_(cast_with_texts, "dee").get(f"{LEDGER}?patient={uuid4()}").status_code == 404


def test_a_patient_is_found_without_a_name_in_an_address(cast_with_texts: Cast):
    client, find = as_(cast_with_texts, "dee"), f"{LEDGER}patient/?show=gone"
    words = client.post(find, {"words": "Ana"}).content.decode()
    link = f"{LEDGER}?patient={cast_with_texts.patient('ana').pk}&amp;show=gone"
    assert link in words
    assert "Only texts to Ana" in client.get(link.replace("&amp;", "&")).content.decode()
    assert (
        "Nobody found" in as_(cast_with_texts, "cole").post(find, {"words": "Ben"}).content.decode()
    )
    assert client.post(find, {"words": ""}).status_code == 422
    assert as_(cast_with_texts, "ana").post(find, {"words": "Ana"}).status_code == 403


def test_the_file_holds_the_rows_in_reach_and_no_words(cast_with_texts: Cast):
    assert as_(cast_with_texts, "ana").get(f"{LEDGER}texts.csv").status_code == 403
    assert as_(cast_with_texts, "xia").get(f"{LEDGER}texts.csv").status_code == 404
    file = as_(cast_with_texts, "cole").get(f"{LEDGER}texts.csv").content.decode()
    assert "Ana Abbott" in file
    assert "Ben" not in file
    whole = as_(cast_with_texts, "dee").get(f"{LEDGER}texts.csv?show=gone").content.decode()
    assert whole.count("\r\n") == 3
    assert "taken by the provider" in whole
    for words in ("You are booked with", WORDS, "7700900101"):
        assert words not in whole
    with practice_scope(cast_with_texts.alder.pk):
        event = AuditEvent.objects.filter(action="reminder.export").latest("occurred_at")
        assert event.details == {"count": 2, "show": "gone"}


def test_the_ledger_asks_as_many_questions_for_one_row_as_for_many(cast: Cast):
    client = as_(cast, "dee")
    with practice_scope(cast.alder.pk):
        desk = furnish(cast)
        desk.book(NOON + dt.timedelta(hours=30))
        desk.plan()
    client.get(LEDGER)
    with CaptureQueriesContext(connections["default"]) as one:
        client.get(LEDGER)
    with practice_scope(cast.alder.pk):
        for hours in range(31, 39):
            patient = "ana" if hours % 2 else "ben"
            desk.book(NOON + dt.timedelta(hours=hours), patient=patient)
        desk.plan()
    with CaptureQueriesContext(connections["default"]) as many:
        page = client.get(LEDGER)
    assert lines_of(page.content.decode()) == 9
    assert len(many) == len(one)


def test_an_empty_ledger_says_what_will_stand_there(cast: Cast):
    words = as_(cast, "dee").get(LEDGER).content.decode()
    assert "No texts yet" in words


# --- Replies ----------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["ana", "eve", "nat"])
def test_managers_and_others_read_no_replies(cast_with_texts: Cast, name: str):
    client = as_(cast_with_texts, name)
    message = message_of(cast_with_texts)
    assert client.get(REPLIES).status_code == 403
    assert client.get(f"{REPLIES}{message.pk}/").status_code == 403
    for verb in ("hand", "done", "open"):
        assert client.post(f"{REPLIES}{message.pk}/{verb}/").status_code == 403


def test_the_front_desk_reads_replies_and_that_is_recorded(cast_with_texts: Cast):
    words = as_(cast_with_texts, "dee").get(REPLIES).content.decode()
    assert WORDS in words
    with practice_scope(cast_with_texts.alder.pk):
        event = AuditEvent.objects.get(action="inbound.read")
    assert event.details == {"messages": [str(message_of(cast_with_texts).pk)]}


def test_a_clinician_reads_only_what_was_handed_over(cast_with_texts: Cast):
    message = message_of(cast_with_texts)
    cole = as_(cast_with_texts, "cole")
    assert WORDS not in cole.get(REPLIES).content.decode()
    assert cole.get(f"{REPLIES}{message.pk}/").status_code == 404
    as_(cast_with_texts, "dee").post(f"{REPLIES}{message.pk}/hand/")
    assert WORDS in cole.get(f"{REPLIES}{message.pk}/").content.decode()
    assert as_(cast_with_texts, "cleo").get(f"{REPLIES}{message.pk}/").status_code == 404
    with practice_scope(cast_with_texts.alder.pk):
        item = WorkItem.objects.get(code="inbound.handed")
        assert item.assigned_to_id == cast_with_texts.cole.membership.pk
        assert WORDS not in item.title


def test_handing_twice_is_handing_once(cast_with_texts: Cast):
    dee, message = as_(cast_with_texts, "dee"), message_of(cast_with_texts)
    for _ in range(2):
        assert dee.post(f"{REPLIES}{message.pk}/hand/", follow=True).status_code == 200
    with practice_scope(cast_with_texts.alder.pk):
        assert WorkItem.objects.filter(code="inbound.handed").count() == 1


def test_done_takes_a_reply_off_the_list_and_can_be_undone(cast_with_texts: Cast):
    dee, message = as_(cast_with_texts, "dee"), message_of(cast_with_texts)
    page = dee.post(f"{REPLIES}{message.pk}/done/", follow=True)
    assert WORDS not in page.content.decode()
    assert WORDS in dee.get(f"{REPLIES}?show=all").content.decode()
    assert message_of(cast_with_texts).done_by_id == cast_with_texts.dee.membership.pk
    dee.post(f"{REPLIES}{message.pk}/open/")
    assert message_of(cast_with_texts).state == InboundState.WAITING


def test_a_done_reply_cannot_be_handed_on(cast_with_texts: Cast):
    dee, message = as_(cast_with_texts, "dee"), message_of(cast_with_texts)
    dee.post(f"{REPLIES}{message.pk}/done/")
    page = dee.post(f"{REPLIES}{message.pk}/hand/", follow=True)
    assert "This message is done." in page.content.decode()


@pytest.mark.parametrize("verb", ["hand", "done", "open"])
def test_looking_at_a_verb_does_nothing(cast_with_texts: Cast, verb: str):
    message = message_of(cast_with_texts)
    assert as_(cast_with_texts, "dee").get(f"{REPLIES}{message.pk}/{verb}/").status_code == 405


# --- What we send, and trouble ----------------------------------------------------------------


def test_the_policies_show_both_wordings_with_their_length(cast_with_texts: Cast):
    words = as_(cast_with_texts, "eve").get(f"{LEDGER}policies/").content.decode()
    assert "Hello Nadia. You are booked with Cleo Staff" in words
    assert "Automatic text from Alder Practice." in words
    assert "1 segment (GSM-7)" in words


def test_only_a_manager_lets_stopped_texts_leave_again(cast_with_texts: Cast):
    with practice_scope(cast_with_texts.alder.pk):
        channels.stop(cause="our_fault", code=20003)
    assert "Texts are stopped" in as_(cast_with_texts, "dee").get(LEDGER).content.decode()
    assert as_(cast_with_texts, "dee").post(f"{LEDGER}resume/").status_code == 403
    page = as_(cast_with_texts, "eve").post(f"{LEDGER}resume/", follow=True)
    assert "Texts go out again." in page.content.decode()
    with practice_scope(cast_with_texts.alder.pk):
        stop = ChannelStop.objects.get()
    assert stop.resumed_by_id == cast_with_texts.eve.membership.pk
    again = as_(cast_with_texts, "eve").post(f"{LEDGER}resume/", follow=True)
    assert "Texts are not stopped." in again.content.decode()


def test_a_dispatcher_that_never_ran_is_said_to_be_silent(cast_with_texts: Cast):
    words = as_(cast_with_texts, "dee").get(LEDGER).content.decode()
    assert "The part that sends them has stopped" in words
    channels.beat()
    words = as_(cast_with_texts, "dee").get(LEDGER).content.decode()
    assert "The part that sends them has stopped" not in words


def test_why_a_planned_text_will_not_go_is_said_for_each_cause(cast_with_texts: Cast):
    with practice_scope(cast_with_texts.alder.pk):
        Reminder.objects.all().delete()
        desk = Desk(cast_with_texts, AppointmentType.objects.get(), ReminderPolicy.objects.get())
        desk.book(NOON + dt.timedelta(hours=44))
        desk.plan()
        people.pause_automation(
            patient=cast_with_texts.patient("ana"), paused=True, by=cast_with_texts.dee.viewer
        )
    words = as_(cast_with_texts, "dee").get(f"{LEDGER}?show=waiting").content.decode()
    assert "Will not go out: everything automatic is paused for this patient." in words


def test_a_mail_is_judged_by_the_address_and_a_fallback_says_why(cast_with_texts: Cast):
    with practice_scope(cast_with_texts.alder.pk):
        Reminder.objects.filter(subject_type="appointment").update(
            state="planned", channel="email", sent_at=None
        )
    words = as_(cast_with_texts, "dee").get(f"{LEDGER}?channel=email").content.decode()
    assert "Will not go out: there is no address for e-mail." in words
    assert "By e-mail, because the text did not arrive." in words
