"""One text on its way, who may look, and health."""

from __future__ import annotations

import datetime as dt
import gc

import pytest
from django.core.management import call_command
from django.db import connections
from django.db.utils import ProgrammingError
from pytest_django import Settings

from portal import clock
from portal.appointments import services as appointments
from portal.encryption import opened
from portal.encryption.services import destroy_keys_of, rewrap
from portal.practices.selectors import current_practice
from portal.tenancy.context import practice_scope
from reminders import dispatcher, readiness
from reminders.dispatcher import Dispatcher
from reminders.health import dispatcher_health, oldest_due_anywhere
from reminders.management.commands import dispatch
from reminders.models import InboundMessage, Reason, Reminder
from reminders.rules.answers import Answer, Meaning
from reminders.rules.states import State
from reminders.services import planning, receiving
from reminders.services.due import practices_with_due_work
from tests.reminders.conftest import BY, NOON, Desk, furnish
from tests.reminders.dispatching.conftest import here, next_turn, row

pytestmark = [pytest.mark.committed, pytest.mark.allow_hosts(["127.0.0.1", "localhost"])]


def test_a_visit_becomes_a_text_on_the_practice_phone(desk: Desk, one: Dispatcher):
    here(desk, desk.book)
    assert one.turn() == 1
    assert row(desk).state == State.DELIVERED
    with practice_scope(desk.cast.alder.pk):
        (text,) = desk.handset()
    assert text.startswith("Hello Ana. You are booked with Cole Staff on Wed 25 Nov at 08:00.")
    assert one.turn() == 0


def test_the_reply_comes_back_through_the_same_machine(desk: Desk, one: Dispatcher):
    here(desk, desk.book)
    one.turn()
    here(desk, lambda: receiving.receive(sid="IN1", number="+447700900101", body="C"))
    clock.move_to(clock.now() + dt.timedelta(minutes=1))
    assert next_turn(one) == 1  # the sweep works the message whose task was lost
    with practice_scope(desk.cast.alder.pk):
        assert desk.handset()[-1].startswith("Thank you. You are confirmed")
        assert InboundMessage.objects.get().state == "done"


def test_what_is_due_leaves_though_the_database_refuses_the_plan(
    desk: Desk, one: Dispatcher, monkeypatch: pytest.MonkeyPatch
):
    here(desk, desk.book)
    here(desk, desk.plan)
    asked = []

    def refused() -> None:
        asked.append(current_practice().slug)
        with connections["default"].cursor() as cursor:
            cursor.execute("SET LOCAL statement_timeout = 1")
            cursor.execute("SELECT pg_sleep(1)")

    monkeypatch.setattr(planning, "plan", refused)
    assert one.turn() == 1
    assert row(desk).state == State.DELIVERED
    assert sorted(asked) == ["alder", "birch"]  # one practice's trouble is not the other's


def test_every_practice_is_served_and_only_its_own(desk: Desk, one: Dispatcher):
    here(desk, desk.book)
    with practice_scope(desk.cast.birch.pk):
        birch = furnish(desk.cast)
        birch.book(patient="zoe", clinician="yan")
    assert one.turn() == 2
    with practice_scope(desk.cast.birch.pk):
        assert len(birch.handset("+447700900126")) == 1
        assert birch.handset() == []


def test_one_practice_in_trouble_does_not_stop_the_others(
    desk: Desk, one: Dispatcher, monkeypatch: pytest.MonkeyPatch
):
    here(desk, desk.book)
    real = planning.plan

    def plan() -> object:
        if current_practice().slug == "birch":
            raise KeyError("an odd row")
        return real()

    monkeypatch.setattr(planning, "plan", plan)
    assert one.turn() == 1


def test_a_moved_visit_lets_no_stale_text_out(desk: Desk, one: Dispatcher):
    visit = here(desk, lambda: desk.book(NOON + dt.timedelta(hours=30)))
    one.turn()
    later = dt.datetime(2026, 11, 26, 18, 0)  # noqa: DTZ001 - a wall-clock time
    here(
        desk,
        lambda: appointments.move(
            appointment=visit,  # type: ignore[arg-type]
            local_start=later,
            by=BY,
            wished_by_patient=True,
        ),
    )
    desk.go_to(NOON + dt.timedelta(hours=7))  # the old text would be due now
    assert next_turn(one) == 0
    with practice_scope(desk.cast.alder.pk):
        states = {r.subject_version: (r.state, r.reason) for r in desk.rows()}
        assert states[1] == (State.SUPPRESSED, Reason.MOVED)
        assert states[2][0] == State.PLANNED
        assert desk.handset() == []


def test_the_dispatchers_role_sees_what_is_due_and_nothing_else(desk: Desk):
    here(desk, desk.book)
    here(desk, desk.plan)
    assert practices_with_due_work(clock.now()) == [desk.cast.alder.pk]
    assert oldest_due_anywhere() is not None
    with connections["dispatch"].cursor() as cursor:
        for column in ("patient_id", "reason", "policy_step"):
            with pytest.raises(ProgrammingError, match="permission denied"):
                cursor.execute(f"SELECT {column} FROM reminders_reminder")  # noqa: S608
        for table in ("people_patient", "reminders_attempt", "reminders_inboundmessage"):
            with pytest.raises(ProgrammingError, match="permission denied"):
                cursor.execute(f"SELECT 1 FROM {table}")  # noqa: S608
        with pytest.raises(ProgrammingError, match="permission denied"):
            cursor.execute("UPDATE reminders_reminder SET state = 'sent'")


def test_the_question_what_is_due_uses_its_index(desk: Desk):
    with connections["dispatch"].cursor() as cursor:
        cursor.execute("SET enable_seqscan = off")
        cursor.execute(
            "EXPLAIN SELECT DISTINCT practice_id FROM reminders_reminder WHERE state IN "
            "('ambiguous', 'planned', 'sending') AND due_at <= now()"
        )
        plan = "\n".join(line for (line,) in cursor.fetchall())
    assert "reminder_due" in plan


def test_the_check_says_whether_a_dispatcher_runs(
    desk: Desk, one: Dispatcher, capsys: pytest.CaptureFixture[str]
):
    with pytest.raises(SystemExit) as silent:
        call_command("dispatch", check=True)
    one.turn()
    with pytest.raises(SystemExit) as well:
        call_command("dispatch", check=True)
    assert (silent.value.code, well.value.code) == (1, 0)
    assert capsys.readouterr().out.split() == ["stopped", "ok"]


@pytest.mark.parametrize("by_the_caller", [True, False])
def test_whoever_calls_the_command_gets_the_collectors_pace_back(by_the_caller: bool):
    usual, was_frozen = gc.get_threshold(), gc.get_freeze_count() > 0
    gc.collect()  # what is frozen as garbage stays
    (gc.freeze if by_the_caller else gc.unfreeze)()
    try:
        with dispatch._collected_seldom():
            assert gc.get_threshold() > usual
            assert gc.get_freeze_count() > 0
        assert gc.get_threshold() == usual
        assert (gc.get_freeze_count() > 0) == by_the_caller
    finally:
        gc.collect()
        (gc.freeze if was_frozen else gc.unfreeze)()


def test_health_speaks_of_silence_and_of_lateness(desk: Desk, one: Dispatcher):
    assert dispatcher_health().silent_for is not None
    one.turn()
    assert dispatcher_health().is_well
    here(desk, desk.book)
    here(desk, desk.plan)
    desk.go_to(NOON + dt.timedelta(minutes=4))
    assert dispatcher_health().is_well
    desk.go_to(NOON + dt.timedelta(minutes=6))
    assert dispatcher_health().title == "Texts are late"
    with practice_scope(desk.cast.alder.pk):
        assert not dispatcher_health().is_well
    with practice_scope(desk.cast.birch.pk):
        assert dispatcher_health().is_well
    assert readiness.check() == "late"
    next_turn(one)
    assert readiness.check() == "ok"


def test_a_provider_that_takes_nothing_for_long_is_told_though_rows_are_put_off(
    desk: Desk, one: Dispatcher, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(dispatcher, "_send", lambda text: Answer(Meaning.UNSENT))
    here(desk, desk.book)
    one.turn()
    for _ in range(5):
        assert readiness.check() == "ok"
        desk.go_to(row(desk).due_at)
        one.turn()
    for _ in range(5):
        desk.go_to(row(desk).due_at)
        one.turn()
    assert row(desk).due_at > clock.now()
    assert readiness.check() == "late"
    with practice_scope(desk.cast.alder.pk):
        assert "at least 12 minutes" in dispatcher_health().sentence
    with practice_scope(desk.cast.birch.pk):
        assert dispatcher_health().is_well


def test_a_number_that_was_deleted_for_good_holds_up_nobody_elses_text(desk: Desk, one: Dispatcher):
    """A data backup is older than the keys: the visit is back, and the number opens no more."""
    here(desk, lambda: desk.book(patient="ana"))
    here(desk, lambda: desk.book(patient="ben", clinician="cleo"))
    here(desk, lambda: destroy_keys_of(desk.cast.patient("ana").pk))
    assert one.turn() == 1
    with practice_scope(desk.cast.alder.pk):
        of_ana = Reminder.objects.get(patient=desk.cast.patient("ana"))
        assert (of_ana.state, of_ana.reason) == (State.SUPPRESSED, Reason.NO_NUMBER)
        assert len(desk.handset("+447700900102")) == 1


def test_without_the_key_texts_wait_and_go_when_it_is_back(
    desk: Desk, one: Dispatcher, settings: Settings
):
    """T-KEY-04: the practice whose key cannot be had waits; its neighbours do not."""
    here(desk, desk.book)
    with practice_scope(desk.cast.birch.pk):
        furnish(desk.cast).book(patient="zoe", clinician="yan")
    old, new = settings.ENCRYPTION_KEYS[0], "a7" * 32
    settings.ENCRYPTION_KEYS = [new, old]
    opened.forget()
    rewrap(desk.cast.birch.pk)
    settings.ENCRYPTION_KEYS = [new]
    opened.forget()
    assert one.turn() == 1
    assert row(desk).state == State.PLANNED
    settings.ENCRYPTION_KEYS = [new, old]
    opened.forget()
    assert one.turn() == 1
    assert row(desk).state == State.DELIVERED
    settings.ENCRYPTION_KEYS = [old]
    opened.forget()
