"""Texts and figures."""

from __future__ import annotations

import datetime as dt

from metrics import services as metrics
from metrics.reports import Question
from metrics.rollups.outcomes import Outcome
from metrics.rollups.periods import Period
from portal import clock
from reminders.models import (
    Channel,
    InboundMessage,
    LinkAnswer,
    ReminderPolicy,
    TransportAccount,
)
from reminders.rules.timing import OffsetKind
from reminders.rules.usual_words import usual
from reminders.services import (
    accounts,
    channels,
    claiming,
    exports,
    inbox,
    links,
    planning,
    policies,
    receiving,
    test_sends,
)
from reminders.wordings import Words
from tests.audit.acts.act import NUMBER, Acts, Stage
from tests.audit.acts.appointments import book_with_cole
from tests.fakes.accounts import give_account

act = Acts()


@act
def add_a_reminder(on: Stage) -> None:
    policies.add_policy(name="Before", kind=OffsetKind.HOURS_BEFORE, offset=72, by=on.eve)


@act
def take_a_text_in(on: Stage) -> None:
    on.text = receiving.receive(sid="IN1", number=NUMBER, body="can I bring my dog")
    receiving.work(on.text.pk)


@act
def read_texts(on: Stage) -> None:
    inbox.note_reading(messages=[on.text], by=on.dee)


def _text(on: Stage) -> InboundMessage:
    return InboundMessage.objects.get(pk=on.text.pk)


@act
def hand_a_text_on(on: Stage) -> None:
    inbox.hand_to_clinician(message=_text(on), by=on.dee)


@act
def finish_a_text(on: Stage) -> None:
    inbox.finish(message=_text(on), by=on.dee)


@act
def take_a_text_up_again(on: Stage) -> None:
    inbox.reopen(message=_text(on), by=on.dee)


@act
def stop_all_texts(on: Stage) -> None:
    channels.stop(cause="our_fault", code=20003)


@act
def resume_all_texts(on: Stage) -> None:
    channels.resume(by=on.eve)


@act
def set_up_an_account_for_texts(on: Stage) -> None:
    give_account(by=on.eve)


@act
def forget_an_account_for_texts(on: Stage) -> None:
    accounts.use_practice_phone(by=on.eve)
    long_ago = clock.now() - dt.timedelta(days=4)
    TransportAccount.objects.update(created_at=long_ago, retired_at=long_ago)
    accounts.forget_old()


@act
def answer_a_link(on: Stage) -> None:
    if not hasattr(on, "token"):
        on.token = _a_link(on)
    links.answer(token=on.token, answer=LinkAnswer.CANNOT_COME)


def _a_link(on: Stage) -> str:
    """The address of the page behind a text that has just been claimed."""
    book_with_cole(on, days=2, hour=12)
    clock.move_to(_noon())
    planning.plan()
    [body] = [text.body for text in claiming.claim() if "/a/" in text.body]
    return body.rpartition("/a/")[2].split()[0].strip("/.")


def _noon() -> dt.datetime:
    return clock.now().replace(hour=12, minute=0)


@act
def take_the_ledger_out(on: Stage) -> None:
    exports.record_export(count=3, patient_id=None, asked={"show": "trouble"}, by=on.dee)


@act
def change_a_reminder(on: Stage) -> None:
    policies.replace_policy(
        policy=ReminderPolicy.objects.get(retired_at=None),
        name="Before",
        kind=OffsetKind.HOURS_BEFORE,
        offset=71,
        by=on.eve,
    )


@act
def try_a_reminder(on: Stage) -> None:
    words = usual(OffsetKind.HOURS_BEFORE)
    test_sends.send_test(
        words=Words(words.template, words.discreet_template, "", "en-gb"),
        kind=OffsetKind.HOURS_BEFORE,
        channel=Channel.SMS,
        discreet=True,
        number="+447700900199",
        by=on.eve,
    )


@act
def retire_a_reminder(on: Stage) -> None:
    policies.retire_policy(policy=ReminderPolicy.objects.get(retired_at=None), by=on.eve)


@act
def take_a_reminder_up_again(on: Stage) -> None:
    newest = ReminderPolicy.objects.exclude(replaces=None).get()
    policies.restore_policy(policy=newest, by=on.eve)


_WEEK = Period(dt.date(2026, 1, 5), dt.date(2026, 1, 11))


@act
def take_figures_out(on: Stage) -> None:
    metrics.record_export(question=Question(_WEEK), by=on.eve)


@act
def look_behind_a_figure(on: Stage) -> None:
    metrics.record_people_list(
        period=_WEEK, outcome=Outcome.ATTENDED, appointment_ids=[], total=0, by=on.eve
    )
