"""T-SMS-01 to -04: hundreds of ways to ask for peace, each taken in as a provider hands it over."""

from __future__ import annotations

import datetime as dt
from collections import Counter

import pytest

from portal.people import services as people
from portal.people.models import ContactPoint, contact_token
from portal.work.models import WorkItem
from reminders.models import InboundMessage, InboundState, Reminder, Subject
from reminders.rules.replies import Meaning, understand
from reminders.rules.states import State
from reminders.services import handset, receiving
from tests.reminders.conftest import BY, NOON, Desk
from tests.reminders.corpora import phrases
from tests.reminders.replies import ANA, answer_text, answered, say, told

__all__ = ["told"]  # a fixture
pytestmark = pytest.mark.django_db

LANGUAGES = ("stop_en", "stop_es", "stop_fr", "stop_de", "stop_pl")
STOPS = [phrase for name in (*LANGUAGES, "look_alikes") for phrase in phrases(name)]


def point() -> ContactPoint:
    return ContactPoint.objects.get(value_token=contact_token(ANA), ended_at=None)


def test_the_corpus_is_as_large_as_was_promised():
    assert len(set(STOPS)) >= 300
    assert all(len(phrases(name)) >= 50 for name in LANGUAGES)


@pytest.mark.parametrize("name", [*LANGUAGES, "look_alikes"])
def test_no_phrase_of_the_corpus_is_ignored(name: str):
    """In any case of letters, with what a telephone adds."""
    ignored = [
        phrase
        for phrase in phrases(name)
        for dressed in (phrase, phrase.upper(), phrase.capitalize(), f" {phrase}.", f"{phrase}\n--")
        if not understand(dressed).ends_texts
    ]
    assert ignored == []


def test_what_asks_for_something_else_does_not_stop_the_texts():
    assert [each for each in phrases("not_stop") if understand(each).ends_texts] == []


def test_each_phrase_stops_the_number_at_once_and_tells_a_person_where_it_is_a_guess(told: Desk):
    """By the path of a provider's call, with the database: 0 ignored, 0 answered by a text."""
    became: Counter[str] = Counter()
    for phrase in STOPS:
        message = receiving.receive(sid=f"S{became.total()}", number=ANA, body=phrase)
        assert message is not None
        assert point().stopped_at is not None, phrase  # before the call was answered
        receiving.work(message.pk)
        message.refresh_from_db()
        became[message.meaning] += 1
        tasks = WorkItem.objects.filter(source_id=message.pk, audience="front_desk").count()
        guessed = message.meaning != Meaning.STOP
        assert tasks == int(guessed), phrase
        assert message.state == (InboundState.WAITING if guessed else InboundState.DONE), phrase
        people.start_texts(value=ANA, by=BY)
    assert became.total() == len(STOPS)
    assert set(became) == {Meaning.STOP, Meaning.CANCEL, Meaning.PAUSE}
    assert answered() == []


@pytest.mark.parametrize("phrase", phrases("help"))
def test_help_is_answered_with_a_way_to_a_person_and_crisis_lines(told: Desk, phrase: str):
    say(phrase)
    assert answered() == ["help"]
    told.go_to(NOON + dt.timedelta(seconds=30))
    words = answer_text(told)
    assert "To talk to us" in words
    assert "If you may not be safe now" in words


@pytest.mark.parametrize(
    "phrase", ["CANCEL", "cancel", "Cancel.", "annuler", "stornieren", "anuluj"]
)
def test_a_lone_cancel_stops_and_is_a_task(told: Desk, phrase: str):
    say(phrase)
    assert point().stopped_at is not None
    assert [item.code for item in WorkItem.objects.all()] == ["inbound.cancel"]
    assert Reminder.objects.filter(subject_type=Subject.INBOUND).count() == 0


@pytest.mark.parametrize(
    "phrase", ["wrong number", "falsche Nummer", "mauvais numéro", "zły numer"]
)
def test_a_wrong_number_is_said_to_be_one(told: Desk, phrase: str):
    say(phrase)
    assert "wrong number" in WorkItem.objects.get().title
    assert phrase not in WorkItem.objects.get().title.lower() or phrase == "wrong number"


def test_the_same_answer_is_given_once_in_five_minutes(told: Desk):
    for minutes in (0, 1, 3):
        told.go_to(NOON + dt.timedelta(minutes=minutes))
        say("C")
    assert answered() == ["confirmed"]
    told.go_to(NOON + dt.timedelta(minutes=6))
    say("C")
    assert answered() == ["confirmed", "confirmed"]


def test_an_answer_leaves_within_five_minutes_or_not_at_all_for_long(told: Desk):
    say("C")
    row = Reminder.objects.get(subject_type=Subject.INBOUND)
    assert row.due_at - row.created_at < dt.timedelta(minutes=5)
    (text,) = told.claim()
    assert "You are confirmed" in text.body
    row.refresh_from_db()
    assert row.state == State.SENDING


def test_words_of_distress_are_answered_each_time(told: Desk):
    for _ in range(2):
        say("I can't go on")
    assert answered() == ["person", "person"]
    assert WorkItem.objects.filter(kind="alert").count() == 2


def test_the_practice_phone_confirms_a_stop_once_and_ours_says_nothing(told: Desk):
    for word in ("STOP", "stop", "STOP"):
        message = handset.reply(point=point(), body=word)
        assert message is not None
        receiving.work(message.pk)
    assert [text for text in told.handset() if "no more texts" in text] == [
        "You get no more texts from this number. Reply START to have them again."
    ]
    assert answered() == []


def test_an_odd_reply_is_a_task_that_ends_with_the_reply(told: Desk):
    from reminders.services import inbox

    message = say("is there parking")
    item = WorkItem.objects.get()
    assert (item.code, item.audience, item.state) == ("inbound.reply", "front_desk", "open")
    assert "parking" not in item.title
    dee = told.cast.people["dee"].viewer
    inbox.finish(message=message, by=dee)
    item.refresh_from_db()
    assert item.state == "done"
    inbox.reopen(message=InboundMessage.objects.get(), by=dee)
    item.refresh_from_db()
    assert item.state == "open"
