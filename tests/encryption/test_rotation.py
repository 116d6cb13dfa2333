"""T-KEY-03: new keys while people write and the command is killed: nothing old, nothing lost.

CI runs 1,000 fields and 2 kills. The full drill, by hand:
    ROTATION_FIELDS=100000 ROTATION_KILLS=20 pytest tests/encryption/test_rotation.py -s
"""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import threading
import time
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

import pytest
from django.conf import settings
from django.core.management import CommandError, call_command
from django.db import connections

from intake.models import Response
from intake.services import assignments
from portal import clock
from portal.encryption import cipher, keyring, opened
from portal.encryption.errors import KeyUnavailable
from portal.encryption.kek import name_of
from portal.encryption.models import KeyRotation, PatientKey, PracticeKey
from portal.encryption.places import encrypted_fields
from portal.practices.models import Practice, PracticeStatus
from portal.tenancy.context import practice_scope
from portal.work.models import WorkAudience, WorkItem, WorkKind
from tests.cast import Cast
from tests.environment.fixtures import CommittedDatabase
from tests.intake.conftest import fill_in, in_use, phq9_places, send

pytestmark = [pytest.mark.committed, pytest.mark.allow_hosts(["127.0.0.1", "localhost"])]
FIELDS = int(os.environ.get("ROTATION_FIELDS", "1000"))
KILLS = int(os.environ.get("ROTATION_KILLS", "2"))
WRITERS = 4


@dataclass
class Writers:
    """People who change rows at random, each remembering what stood there last."""

    practice_id: UUID
    ids: list[UUID]
    patients: list[UUID]
    last: dict[UUID, str] = field(default_factory=dict)
    errors: list[BaseException] = field(default_factory=list)
    edits: int = 0
    stop: threading.Event = field(default_factory=threading.Event)

    def write(self, number: int) -> None:
        draw = random.Random(number)
        mine = self.ids[number::WRITERS]
        try:
            while not self.stop.is_set():
                chosen = draw.choice(mine)
                words = f"edit {number} {draw.random()}"
                with practice_scope(self.practice_id):
                    row = WorkItem.objects.select_for_update().get(pk=chosen)
                    assert row.outcome == self.last[chosen]
                    row.outcome = words
                    row.save(update_fields=["outcome"])
                self.last[chosen] = words
                self.edits += 1
                time.sleep(0.02)  # two cores are shared with the rotation
        except BaseException as error:  # noqa: BLE001 - whatever it is, the test tells
            self.errors.append(error)
        finally:
            connections.close_all()


def fill(cast: Cast, count: int) -> Writers:
    patients = [cast.patient("ana"), cast.patient("ben"), None]
    writers = Writers(cast.alder.pk, [], [])
    for start in range(0, count, 1000):
        with practice_scope(cast.alder.pk):
            rows = [
                WorkItem(
                    kind=WorkKind.TASK,
                    code="test.task",
                    title="Ring back",
                    patient=patients[n % 3],
                    audience=WorkAudience.FRONT_DESK,
                    raised_at=clock.now(),
                    due_at=clock.now(),
                    outcome=f"words {n}",
                )
                for n in range(start, min(start + 1000, count))
            ]
            WorkItem.objects.bulk_create(rows)
        writers.ids += [row.pk for row in rows]
        writers.last |= {row.pk: row.outcome for row in rows}
    return writers


def start_rotation(environment: dict[str, str]) -> subprocess.Popen[bytes]:
    return subprocess.Popen(
        [sys.executable, "manage.py", "rotate_keys", "--practice", "alder", "--patients"],
        cwd=settings.BASE_DIR,
        env={**os.environ, **environment},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )


def old_values(practice_id: UUID, before: set[UUID]) -> int:
    """How many stored values of a practice still name one of these keys."""
    found = 0
    with practice_scope(practice_id):
        for model, fields in encrypted_fields():
            for row in model.objects.all():
                for each in fields:
                    sealed = row.__dict__[each.attname]
                    if sealed is not None and sealed.data:
                        found += cipher.kid_of(sealed.data) in before
    return found


def keys_of(practice_id: UUID) -> set[UUID]:
    with practice_scope(practice_id):
        current = {"retired_at": None, "purpose": "data"}
        return {
            *PracticeKey.objects.filter(**current).values_list("pk", flat=True),
            *PatientKey.objects.filter(retired_at=None).values_list("pk", flat=True),
        }


def test_the_drill(cast: Cast, committed_db: CommittedDatabase, capsys: Any) -> None:
    writers = fill(cast, FIELDS)
    before = keys_of(cast.alder.pk)
    threads = [threading.Thread(target=writers.write, args=[n]) for n in range(WRITERS)]
    for thread in threads:
        thread.start()
    draw, kills, started = random.Random(11), 0, time.monotonic()
    try:
        while True:
            running = start_rotation(committed_db.environment)
            # Long enough to begin, and now and then to get somewhere.
            if kills < KILLS and _wait_for_progress(running, draw):
                running.send_signal(signal.SIGKILL)
                running.communicate()
                kills += 1
                continue
            said = running.communicate(timeout=900)
            assert running.returncode == 0, said
            break
    finally:
        writers.stop.set()
        for thread in threads:
            thread.join()
    took = time.monotonic() - started
    assert writers.errors == []
    assert old_values(cast.alder.pk, before) == 0
    with practice_scope(cast.alder.pk):
        stands = {row.pk: row.outcome for row in WorkItem.objects.filter(pk__in=writers.ids)}
        assert KeyRotation.objects.exclude(finished_at=None).count() == 1
    lost = sum(stands[row_id] != words for row_id, words in writers.last.items())
    assert lost == 0
    assert writers.edits > 0
    with capsys.disabled():
        sys.stdout.write(
            f"\n{FIELDS} fields, {kills} kills, {writers.edits} edits meanwhile, {took:.0f} s: "
            f"{len(writers.errors)} errors, 0 old, {lost} lost\n"
        )


def _wait_for_progress(running: subprocess.Popen[bytes], draw: random.Random) -> bool:
    """Let it report some lines; False if it ended before it could be killed."""
    assert running.stderr is not None
    for _ in range(draw.randint(1, 4)):
        if not running.stderr.readline():
            return False
    return running.poll() is None


def test_forms_that_were_sent_move_too_and_stay_out_of_the_applications_hands(
    cast: Cast, committed_db: CommittedDatabase
) -> None:
    with practice_scope(cast.alder.pk):
        asked = assignments.assign(
            patient=cast.patient("ana"), version=in_use("phq-9"), by=cast.cole.viewer
        )
        fill_in(asked, phq9_places(*[1] * 9), by=cast.ana)
        answers = send(asked, by=cast.ana).answers
    before, zoe = keys_of(cast.alder.pk), keys_of(cast.birch.pk)
    call_command("rotate_keys", practice="alder", patients=True)
    assert old_values(cast.alder.pk, before) == 0
    assert keys_of(cast.birch.pk) == zoe
    with practice_scope(cast.alder.pk):
        assert Response.objects.get().answers == answers


def test_only_the_practices_key_leaves_patients_their_own(
    cast: Cast, committed_db: CommittedDatabase
) -> None:
    fill(cast, 30)
    before = keys_of(cast.alder.pk)
    call_command("rotate_keys", practice="alder")
    with practice_scope(cast.alder.pk):
        kept = set(PatientKey.objects.values_list("pk", flat=True))
        assert kept < before
        assert not PatientKey.objects.exclude(wrapped_by__retired_at=None).exists()
    assert old_values(cast.alder.pk, before - kept) == 0


def test_another_key_encryption_key_wraps_from_now_on(
    cast: Cast, committed_db: CommittedDatabase, settings: Any, capsys: Any
) -> None:
    fill(cast, 3)
    Practice.objects.filter(pk=cast.alder.pk).update(status=PracticeStatus.CLOSED)
    old, new = settings.ENCRYPTION_KEYS[0], "a7" * 32
    settings.ENCRYPTION_KEYS = [new, old]
    opened.forget()
    call_command("keys")
    assert "alder: keys wait" in capsys.readouterr().out, "a closed practice's words are kept too"
    call_command("rotate_keys", practice="alder", kek=True)
    settings.ENCRYPTION_KEYS = [new]
    opened.forget()
    with practice_scope(cast.alder.pk):
        assert set(PracticeKey.objects.values_list("kek", flat=True)) == {name_of(new)}
        assert {row.outcome for row in WorkItem.objects.all()} == {"words 0", "words 1", "words 2"}
    with practice_scope(cast.birch.pk), pytest.raises(KeyUnavailable):
        keyring.for_writing(None)
    settings.ENCRYPTION_KEYS = [old]
    opened.forget()


def test_without_the_owner_it_says_what_to_set(
    cast: Cast, committed_db: CommittedDatabase, monkeypatch: pytest.MonkeyPatch
) -> None:
    with pytest.raises(CommandError, match="no practice"):
        call_command("rotate_keys", practice="nowhere")
    monkeypatch.delitem(connections.settings, "owner")
    with pytest.raises(CommandError, match="DATABASE_OWNER_URL"):
        call_command("rotate_keys")
