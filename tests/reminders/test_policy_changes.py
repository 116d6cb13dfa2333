"""A policy is changed, retired, taken up again: what the ledger says, and what patients get."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest

from portal.people import services as people
from portal.practices.selectors import settings_of_practice
from portal.tenancy.errors import DomainError
from reminders import texts
from reminders.models import Reason, Reminder, ReminderPolicy
from reminders.rules.states import State
from reminders.rules.timing import OffsetKind
from reminders.rules.usual_words import usual
from reminders.selectors import policies_in_force
from reminders.services import policies
from reminders.wordings import Words
from tests.reminders.conftest import BY, NOON, Desk

pytestmark = pytest.mark.django_db

GERMAN = Words(
    "Guten Tag {first_name}. {day}, {time} bei {clinician}. Antworten Sie C, R oder X, oder rufen "
    "Sie {phone} an. Automatisch von {practice}.",
    "Guten Tag {first_name}. Am {day}, {time}. Antworten Sie C, R oder X, oder {phone}. "
    "Automatisch.",
    "",
    "de",
)


def change(policy: ReminderPolicy, **facts: object) -> ReminderPolicy:
    """The policy with other facts; those not named as they were."""
    same = {"name": policy.name, "kind": OffsetKind(policy.kind), "offset": policy.offset}
    return policies.replace_policy(policy=policy, by=BY, **{**same, **facts})


def test_what_has_gone_out_keeps_the_policy_that_it_had(desk: Desk):
    desk.sent()
    change(desk.policy, name="Another name", template="Now: " + desk.policy.template)
    row = desk.row()
    assert row.policy is not None
    assert (row.policy.name, row.policy.template) == ("The day before", desk.policy.template)
    assert row.state == State.SENDING


def test_what_waits_takes_the_new_words_and_goes_out_once(desk: Desk):
    desk.book(NOON + dt.timedelta(hours=30))
    desk.plan()
    change(desk.policy, template="Now: " + desk.policy.template)
    desk.plan()
    desk.go_to(NOON + dt.timedelta(hours=6))
    (text,) = desk.claim()
    assert text.body.startswith("Now: Hello Ana.") or "A reminder for" in text.body
    assert len(desk.rows()) == 1


def test_what_waits_moves_with_the_moment(desk: Desk):
    desk.book(NOON + dt.timedelta(hours=30))
    desk.plan()
    change(desk.policy, offset=4)
    desk.plan()
    row = desk.row()
    assert (row.policy_step, row.due_at) == ("hours_before:4", NOON + dt.timedelta(hours=26))


def test_an_earlier_moment_sends_nobody_a_second_text(desk: Desk):
    desk.sent()  # 24 hours before a visit that begins in 20
    change(change(desk.policy, name="Renamed"), offset=36)
    desk.plan()
    assert desk.claim() == []
    said = Reminder.objects.get(policy_step="hours_before:36")
    assert (said.state, said.reason) == (State.SUPPRESSED, Reason.SAID)


def test_a_later_moment_is_another_text(desk: Desk):
    desk.sent()
    change(desk.policy, offset=2)
    desk.plan()
    later = Reminder.objects.get(policy_step="hours_before:2")
    assert later.state == State.PLANNED


def test_two_people_who_change_the_same_text_do_not_make_two(desk: Desk):
    change(desk.policy, offset=20)
    with pytest.raises(DomainError, match="meanwhile"):
        change(desk.policy, offset=21)
    assert [policy.offset for policy in policies_in_force()] == [20]


def test_a_change_that_is_refused_leaves_the_policy_in_force(desk: Desk):
    with pytest.raises(DomainError, match="the name"):
        change(desk.policy, template="Reply C. {clinician}, {day} {time}, {phone}. Automatic.")
    assert policies_in_force().get() == desk.policy


def test_retiring_drops_what_waits_and_says_why(desk: Desk):
    desk.book(NOON + dt.timedelta(hours=30))
    desk.plan()
    policies.retire_policy(policy=desk.policy, by=BY)
    assert (desk.row().state, desk.row().reason) == (State.SUPPRESSED, Reason.RETIRED)


def test_taken_up_again_it_is_planned_again(desk: Desk):
    desk.book(NOON + dt.timedelta(hours=30))
    desk.plan()
    policies.retire_policy(policy=desk.policy, by=BY)
    policies.restore_policy(policy=desk.policy, by=BY)
    desk.plan()
    assert desk.row().state == State.PLANNED


def test_it_is_not_taken_up_where_another_has_its_place(desk: Desk):
    policies.retire_policy(policy=desk.policy, by=BY)
    policies.add_policy(name="Again", kind=OffsetKind.HOURS_BEFORE, offset=24, by=BY)
    with pytest.raises(DomainError, match="already"):
        policies.restore_policy(policy=desk.policy, by=BY)


def test_an_older_version_is_not_taken_up_again(desk: Desk):
    change(desk.policy, offset=20)
    desk.policy.refresh_from_db()
    with pytest.raises(DomainError, match="newer"):
        policies.restore_policy(policy=desk.policy, by=BY)


def test_somebody_is_written_to_in_their_language_with_their_days(desk: Desk):
    ana = desk.cast.patient("ana")
    people.change_patient(patient=ana, version=ana.version, language="de", by=BY)
    change(desk.policy, discreet=True, wordings=[GERMAN])
    desk.book(NOON + dt.timedelta(hours=20))
    desk.plan()
    (text,) = desk.claim()
    assert text.body.startswith("Guten Tag Ana. Am Mi 25 Nov")


def test_somebody_whose_language_is_not_written_gets_the_practices_with_its_days(desk: Desk):
    ana = desk.cast.patient("ana")
    people.change_patient(patient=ana, version=ana.version, language="pl", by=BY)
    change(desk.policy, discreet=True, wordings=[GERMAN])
    desk.book(NOON + dt.timedelta(hours=20))
    desk.plan()
    (text,) = desk.claim()
    assert text.body.startswith("Hello Ana. A reminder for Wed 25 Nov")


def test_words_in_another_language_are_checked_as_well(desk: Desk):
    bad = Words(GERMAN.template.replace("Automatisch", "Von"), GERMAN.discreet_template, "", "de")
    with pytest.raises(DomainError, match="automatic"):
        change(desk.policy, wordings=[bad])


@pytest.mark.parametrize("kind", OffsetKind)
@pytest.mark.parametrize("channel", ["sms", "email"])
def test_the_usual_words_of_each_kind_may_be_used(desk: Desk, kind: OffsetKind, channel: str):
    made = policies.add_policy(name="X", kind=kind, offset=3, channel=channel, by=BY)
    assert made.template == usual(kind, by_mail=channel == "email").template
    assert bool(made.subject_line) is (channel == "email")


@pytest.mark.parametrize(
    ("facts", "complaint"),
    [
        ({"template": "Hello {first_name}, {day}. {phone} Automatic."}, "nothing to put in"),
        ({"subject_line": "Your therapy"}, "therapy"),
        ({"subject_line": "With {clinician}"}, "locked screen|nothing to put in"),
    ],
)
def test_words_of_a_form_have_their_own_gaps(desk: Desk, facts: dict[str, Any], complaint: str):
    with pytest.raises(DomainError, match=complaint):
        policies.add_policy(
            name="F", kind=OffsetKind.FORM_UNFINISHED, offset=2, channel="email", by=BY, **facts
        )


def test_what_does_not_go_with_the_kind_is_left_out(desk: Desk):
    made = policies.add_policy(
        name="F",
        kind=OffsetKind.FORM_DUE,
        offset=2,
        appointment_type=desk.type,
        minimum_notice_hours=4,
        skip_when_confirmed=True,
        at_most=3,
        by=BY,
    )
    assert (made.appointment_type, made.minimum_notice_hours, made.at_most) == (None, 0, 3)
    assert not made.skip_when_confirmed


def test_the_first_text_of_a_type_takes_the_place_of_those_for_all(desk: Desk):
    desk.book(NOON + dt.timedelta(hours=30))
    desk.plan()
    own = policies.add_policy(
        name="Own", kind=OffsetKind.HOURS_BEFORE, offset=24, appointment_type=desk.type, by=BY
    )
    desk.plan()
    assert desk.row().policy == own
    policies.retire_policy(policy=own, by=BY)
    desk.plan()
    assert (desk.row().policy, desk.row().state) == (desk.policy, State.PLANNED)


def test_an_answer_is_in_one_language_altogether(desk: Desk):
    """Our own words are English so far: a Polish date among them would help nobody."""
    ana = desk.cast.patient("ana")
    people.change_patient(patient=ana, version=ana.version, language="pl", by=BY)
    visit = desk.book(NOON + dt.timedelta(hours=20))
    body = texts.reply_text(
        step=texts.CONFIRMED,
        appointment=visit,
        language="pl",
        voice=texts.Voice(desk.cast.alder, settings_of_practice()),
    ).body
    assert "Wed 25 Nov" in body
