"""Backups for real: taken, changed, tried, put back; and nothing that leaves twice."""

from __future__ import annotations

import contextlib
import datetime as dt
import json
import stat
import subprocess
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psycopg2
import pytest
from django.core import mail
from django.core.management import CommandError
from django.db import connections
from pytest_django import Settings

from portal.audit.models import AuditEvent
from portal.backups import checking, programs, scratch, taking
from portal.backups.catalogue import tables_apart
from portal.backups.models import Restore
from portal.encryption import opened
from portal.encryption.errors import KeyDestroyed, KeyUnavailable
from portal.people import services as people
from portal.people.models import Letter, Patient
from portal.people.signin import letters
from portal.practices import tasks
from portal.tenancy.context import practice_scope
from portal.work import services as work
from portal.work.models import WorkItem
from reminders.dispatcher import Dispatcher
from reminders.models import Reason, Reminder
from reminders.rules.states import State
from reminders.services import planning, receiving
from tests.backups.conftest import Run
from tests.environment import databases, servers
from tests.environment.fixtures import CommittedDatabase
from tests.fakes.twilio import FakeTwilio
from tests.reminders.conftest import BY, NOON, Desk
from tests.reminders.dispatching.conftest import here, next_turn

pytestmark = [pytest.mark.committed, pytest.mark.allow_hosts(["127.0.0.1", "localhost"])]


def test_a_backup_holds_and_is_its_owners_alone(taken: Path, run: Run) -> None:
    for path in (taken, *taken.iterdir()):
        assert stat.S_IMODE(path.stat().st_mode) & 0o077 == 0, path
    report = run("restore", str(taken), "--check", "--json")
    assert report["holds"], report
    assert report["practices"] == 2
    assert report["rows"] > 100
    assert report["events"] > 10


def test_what_happens_after_it_is_not_in_it_and_does_not_disturb_the_check(
    desk: Desk, run: Run, tmp_path: Path
) -> None:
    tasks.seal_audit()
    said = run("backup", str(tmp_path / "data"), "--without-keys", "--json")
    with practice_scope(desk.cast.alder.pk):
        people.add_patient(given_name="Later", by=BY)
        patients, events = Patient.objects.count(), AuditEvent.objects.count()
    assert run("restore", said["folder"], "--check", "--json")["holds"]
    with practice_scope(desk.cast.alder.pk):  # the portal's own database was not touched
        assert Patient.objects.count() == patients
        assert AuditEvent.objects.count() == events
    assert not Restore.objects.exists()


@pytest.mark.parametrize("what", ["dump", "rows", "head", "format", "newer", "gone"])
def test_a_backup_that_is_not_what_was_written_is_refused(taken: Path, run: Run, what: str) -> None:
    path = taken / "manifest.json"
    manifest = json.loads(path.read_text())
    if what == "dump":
        dump = taken / "database.dump"
        dump.write_bytes(dump.read_bytes()[:-1] + b"x")
    elif what == "rows":
        manifest["tables"]["people_patient"]["rows"] += 1
    elif what == "head":
        manifest["heads"] = dict.fromkeys(_practices(), "1:" + "0" * 64)
    elif what == "format":
        manifest["format"] = "something-else/1"
    elif what == "newer":
        manifest["migrations"].append("people.9999_tomorrow")
    path.write_text(json.dumps(manifest))
    if what == "gone":
        path.unlink()
    with pytest.raises((CommandError, SystemExit)):
        run("restore", str(taken), "--check", "--json")


def _practices() -> list[str]:
    from portal.practices.models import Practice

    return [str(pk) for pk in Practice.objects.values_list("pk", flat=True)]


def test_a_restore_overwrites_nothing(taken: Path, run: Run) -> None:
    with pytest.raises(CommandError, match="overwrites nothing"):
        run("restore", str(taken))
    assert not Restore.objects.exists()


def test_a_restore_sends_nothing_that_was_wanted_before_it(
    desk: Desk,
    one: Dispatcher,
    fake: FakeTwilio,
    run: Run,
    tmp_path: Path,
    fresh_place: CommittedDatabase,
) -> None:
    """T-BAK-04: texts and mail from before the restore stay silent; what is new goes, released."""
    here(desk, desk.book)  # its text is due now
    ana = "+447700900101"
    here(desk, lambda: receiving.receive(sid="IN1", number=ana, body="is there parking"))
    here(desk, planning.plan)
    letter = letters.write(
        "totp_activated", user=desk.cast.cole.user, address="c@x.example", practice=desk.cast.alder
    )
    places = (str(tmp_path / "data"), "--keys-dir", str(tmp_path / "keys"))
    said = run("backup", *places, "--json")
    here(desk, lambda: desk.book(NOON + dt.timedelta(hours=21), patient="ben"))
    desk.go_to(NOON + dt.timedelta(minutes=1))
    next_turn(one)
    assert fake.messages, "before the restore it does send"
    fake.messages.clear()

    with databases.everything_uses(fresh_place.name):
        run("restore", said["folder"], "--keys", said["keys"])
        assert _rows_as_planned_for("reminders_reminder") > 0
    with databases.everything_uses(fresh_place.name):
        desk.go_to(NOON + dt.timedelta(minutes=5))
        _mark_restored_now()
        desk.go_to(NOON + dt.timedelta(minutes=6))
        for _ in range(3):
            next_turn(one)
        letters.send(letter.pk)
        assert fake.messages == []
        assert mail.outbox == []
        assert Letter.objects.get(pk=letter.pk).sent_at is not None, "not tried again for ever"

        here(desk, lambda: desk.book(NOON + dt.timedelta(hours=26), patient="ben"))
        for minutes in (121, 128):
            desk.go_to(NOON + dt.timedelta(minutes=minutes))
            next_turn(one)
        assert fake.messages == [], "what is new waits until somebody has looked"
        assert "go again" in run("restore", "--release")
        desk.go_to(NOON + dt.timedelta(minutes=140))
        for _ in range(3):
            next_turn(one)
        assert [message.to for message in fake.messages] == ["+447700900102"]
        with practice_scope(desk.cast.alder.pk):
            silent = Reminder.objects.filter(reason=Reason.RESTORED)
            assert {row.state for row in silent} == {State.EXPIRED}
            assert silent.count() >= 1
        assert "No restore was waiting" in run("restore", "--release")


def _rows_as_planned_for(table: str) -> float:
    """What the planner takes a table to hold; -1 while nobody has counted."""
    with connections["owner"].cursor() as cursor:
        cursor.execute("SELECT reltuples FROM pg_class WHERE relname = %s", [table])
        return float(cursor.fetchone()[0])


def _mark_restored_now() -> None:
    """The restored portal's clock was moved after the mark was made: move the mark with it."""
    with connections["owner"].cursor() as cursor:
        cursor.execute("UPDATE backups_restore SET restored_at = portal_now()")


def test_old_keys_go_and_nothing_else_does(tmp_path: Path) -> None:
    now = dt.datetime(2026, 11, 25, tzinfo=dt.UTC)
    names = [
        "portal-20261001T000000Z-keys",
        "portal-20261120T000000Z-keys",
        "portal-x-keys",
        "mine",
    ]
    for name in names:
        (tmp_path / name).mkdir()
        (tmp_path / name / "database.dump").touch()
    assert taking.prune(tmp_path, before=now - taking.KEYS_KEPT) == 1
    assert sorted(path.name for path in tmp_path.iterdir()) == sorted(names[1:])


def test_keys_are_never_put_beside_the_backup(desk: Desk, tmp_path: Path) -> None:
    for keys in (tmp_path / "b", tmp_path / "b" / "keys", tmp_path):
        with pytest.raises(CommandError, match="protect nothing"):
            taking.take(tmp_path / "b", keys_folder=keys)
    if tables_apart():
        with pytest.raises(CommandError, match="--keys-dir"):
            taking.take(tmp_path / "b", keys_folder=None)


def test_without_the_keys_nothing_that_was_encrypted_can_be_read(
    desk: Desk, run: Run, tmp_path: Path, fresh_place: CommittedDatabase
) -> None:
    """T-KEY-01 of a backup: 0 readable fields; with the keys from their own place, all of them."""
    secret = "we spoke of the canary"
    with practice_scope(desk.cast.alder.pk):
        item = work.raise_alert(
            code="test",
            title="T",
            patient_id=desk.cast.patient("ana").pk,
            source=desk.cast.patient("ana"),
            by=BY,
        )
        work.acknowledge(item=item, by=desk.cast.cole.viewer)
        work.finish(item=item, by=desk.cast.cole.viewer, outcome=secret)
    data, keys = str(tmp_path / "data"), str(tmp_path / "keys")
    said = run("backup", data, "--keys-dir", keys, "--json")
    dump = Path(said["folder"]) / "database.dump"
    plain = subprocess.run(
        [str(programs._find("pg_restore", major=programs._server_major())), "--file=-", str(dump)],
        capture_output=True,
        check=True,
    ).stdout
    assert b"Abbott" in plain, "names are not encrypted: this reads the dump"
    assert secret.encode() not in plain
    assert b"COPY public.encryption_patientkey" not in plain

    assert run("restore", said["folder"], "--check", "--keys", said["keys"], "--json")["holds"]
    for with_keys in (False, True):
        with databases.everything_uses(fresh_place.name):
            if with_keys:
                with connections["owner"].cursor() as cursor:
                    cursor.execute("DROP SCHEMA public CASCADE; CREATE SCHEMA public")
            run("restore", said["folder"], **({"keys": Path(said["keys"])} if with_keys else {}))
            opened.forget()
            with practice_scope(desk.cast.alder.pk):
                restored = WorkItem.objects.get(pk=item.pk)
                if with_keys:
                    assert restored.outcome == secret
                else:
                    with pytest.raises((KeyDestroyed, KeyUnavailable)):
                        str(restored.outcome)


def test_a_check_tells_keys_that_do_not_open_the_backup(
    desk: Desk, run: Run, tmp_path: Path, settings: Settings
) -> None:
    """Another key-encryption key, and keys from before the data: said, and not `It holds`."""
    places = (str(tmp_path / "data"), "--keys-dir", str(tmp_path / "keys"), "--json")
    older = run("backup", *places)
    time.sleep(1.1)  # folders are named by the second
    newer = run("backup", *places)
    assert "It holds" in run("restore", older["folder"], "--check", "--keys", newer["keys"])
    with pytest.raises(SystemExit):
        run("restore", newer["folder"], "--check", "--keys", older["keys"])
    right = settings.ENCRYPTION_KEYS
    settings.ENCRYPTION_KEYS = ["77" * 32]
    opened.forget()
    with pytest.raises(SystemExit):
        run("restore", newer["folder"], "--check", "--keys", newer["keys"])
    settings.ENCRYPTION_KEYS = right
    opened.forget()
    assert "It holds" in run("restore", newer["folder"], "--check", "--keys", newer["keys"])


@contextlib.contextmanager
def _somebody_in(scratch_db: str, environment: dict[str, str], seconds: float) -> Iterator[None]:
    """A session of the application's role, which the owner may not end."""
    address = servers.addresses(scratch_db, environment)["DATABASE_URL"]
    session = psycopg2.connect(address)
    leaving = threading.Timer(seconds, session.close)
    leaving.start()
    yield
    leaving.cancel()
    session.close()


@pytest.mark.parametrize(("stays", "left"), [(1.0, False), (60.0, True)])
def test_somebody_who_is_still_in_the_database_of_the_check_does_not_fail_it(
    taken: Path,
    run: Run,
    committed_db: CommittedDatabase,
    monkeypatch: pytest.MonkeyPatch,
    stays: float,
    left: bool,
) -> None:
    monkeypatch.setattr(scratch, "SECONDS", 0.0 if left else 30.0)
    name = scratch.name_of_scratch()
    with contextlib.ExitStack() as sessions:
        reading = checking._read_as_the_portal

        def read(*arguments: Any) -> None:
            reading(*arguments)
            sessions.enter_context(_somebody_in(name, committed_db.environment, stays))

        monkeypatch.setattr(checking, "_read_as_the_portal", read)
        report = run("restore", str(taken), "--check", "--json")
        assert report["holds"], report
        assert report["left"] == (name if left else "")
        assert scratch.is_there(name) == left
        if left:
            with pytest.raises(psycopg2.OperationalError, match="not currently accepting"):
                psycopg2.connect(servers.addresses(name)["DATABASE_URL"])
            with pytest.raises(CommandError, match="Somebody is in the database"):
                run("restore", str(taken), "--check")
    monkeypatch.setattr(checking, "_read_as_the_portal", reading)
    assert "It holds" in run("restore", str(taken), "--check")
    assert not scratch.is_there(name)
