# ruff: noqa: S608 - the test is the superuser who writes any statement
"""The audit chain: the vector, the sealer, and a superuser who changes what happened."""

from __future__ import annotations

import hashlib
import json
import os
import random
from collections.abc import Iterator
from typing import Any
from urllib.parse import urlsplit

import psycopg2
import pytest
from django.core.management import CommandError, call_command

from portal.audit import chain, services
from portal.audit.models import AuditEvent
from portal.audit.services import look_at_chain, seal_events
from portal.dev.embedded.postgres import SUPERUSER
from portal.practices import tasks
from portal.tenancy.context import practice_scope
from tests.cast import Cast, load_cast
from tests.environment import servers
from tests.environment.fixtures import CommittedDatabase

NOTHING = hashlib.sha256(b"").digest()


def test_the_hashes_are_those_of_the_vector() -> None:
    given: dict[str, Any] = {"practice": "tenant-01", "actor": "user-9", "obj": "note/41"}
    first = chain.link(
        n=1,
        previous=chain.START,
        time="2026-11-23T08:00:01Z",
        action="note.read",
        details=NOTHING,
        **given,
    )
    assert first.hex() == "f1b15efd4e9efd6e2ef65a065564ad497cac8749a73d5cc049d06b73911a1499"
    second = chain.link(
        n=2,
        previous=first,
        time="2026-11-23T08:00:02Z",
        action="note.update",
        details=NOTHING,
        **given,
    )
    assert second.hex() == "ddca9b15fb1589877f0fd4412d226ff9d6c3b0b57959bb618cca3b5ea94b9221"


@pytest.mark.django_db
def test_each_practice_has_its_own_chain(cast: Cast) -> None:
    tasks.seal_audit()
    heads = set()
    for practice in (cast.alder, cast.birch):
        with practice_scope(practice.pk):
            found = look_at_chain()
            assert found.holds
            assert found.sealed == AuditEvent.objects.count() > 0
            heads.add(found.head)
    assert len(heads) == 2


@pytest.mark.django_db
def test_sealing_goes_on_where_it_stopped_and_twice_changes_nothing(cast: Cast) -> None:
    with practice_scope(cast.alder.pk):
        seal_events()
        before = look_at_chain()
        assert seal_events() == 0
        services.record("patient.open", by=cast.cole.viewer, patient_id=cast.patient("ana").pk)
        assert seal_events() == 1
        after = look_at_chain(known=(before.sealed, before.head))
    assert after.holds
    assert after.sealed == before.sealed + 1


@pytest.mark.django_db
def test_a_head_that_was_written_down_finds_a_chain_written_anew(
    cast: Cast, capsys: pytest.CaptureFixture[str]
) -> None:
    tasks.seal_audit()
    call_command("verify_audit", practice="alder")
    said = capsys.readouterr().out
    assert said.startswith("alder: holds; head ")
    head = said.strip().rpartition(" ")[2]
    call_command("verify_audit", practice="alder", head=head)
    number, _colon, digits = head.partition(":")
    for other in (f"{number}:{'0' * 64}", f"{int(number) + 1}:{digits}"):
        with pytest.raises(SystemExit):
            call_command("verify_audit", practice="alder", head=other)
        assert "BROKEN" in capsys.readouterr().out


@pytest.mark.django_db
@pytest.mark.parametrize(
    "options",
    [
        {"practice": "nowhere"},
        {"head": "1:" + "0" * 64},
        {"practice": "alder", "head": "1"},
        {"practice": "alder", "head": "x:y"},
    ],
)
def test_a_question_that_makes_no_sense_is_refused(cast: Cast, options: dict[str, str]) -> None:
    with pytest.raises(CommandError):
        call_command("verify_audit", **options)


# --- A superuser at work --------------------------------------------------------------------------

TAMPERS = 1_000
EDITS = (
    "occurred_at = occurred_at + interval '1 second'",
    "recorded_at = recorded_at - interval '1 second'",
    "action = action || 'x'",
    "outcome = CASE outcome WHEN 'done' THEN 'refused' ELSE 'done' END",
    "actor_id = gen_random_uuid()",
    "user_id = gen_random_uuid()",
    "actor_name = 'Somebody else'",
    "actor_roles = actor_roles || ' manager'",
    "object_id = gen_random_uuid()",
    "patient_id = gen_random_uuid()",
    "request_id = request_id || 'x'",
    """details = details || '{"more": 1}'""",
)
EVENT, SEAL = "audit_auditevent", "audit_auditseal"


@pytest.fixture
def superuser(committed_db: CommittedDatabase) -> Iterator[Any]:
    """A cursor that no policy and no grant stops; each statement is its own transaction."""
    passwords = servers.home.path / "credentials.json"
    if "postgres" not in os.environ.get("PORTAL_TEST_PARTS", ""):
        pytest.skip("the superuser of a server that was given is not ours")
    address = urlsplit(os.environ["DATABASE_URL"])
    connection = psycopg2.connect(
        host=address.hostname,
        port=address.port,
        dbname=committed_db.name,
        user=SUPERUSER,
        password=json.loads(passwords.read_text())[SUPERUSER],
    )
    connection.autocommit = True
    yield connection.cursor()
    connection.close()


def tamper(cursor: Any, generator: random.Random, practice: str, sealed: int) -> str:
    """Do one thing that a superuser might; return what it was."""
    n = generator.randint(1, sealed)
    event = f"id = (SELECT event_id FROM {SEAL} WHERE practice_id = '{practice}' AND n = {n})"
    kind = generator.choice(("edit", "edit", "edit", "delete", "unseal", "cut", "swap", "insert"))
    if kind == "edit":
        kind = generator.choice(EDITS)
        cursor.execute(f"UPDATE {EVENT} SET {kind} WHERE {event}")
    elif kind == "delete":
        cursor.execute(f"DELETE FROM {EVENT} WHERE {event}")
    elif kind == "unseal":
        cursor.execute(f"DELETE FROM {SEAL} WHERE practice_id = '{practice}' AND n = {n}")
    elif kind == "cut":  # the tail of both, so that nothing is left over
        tail = f"practice_id = '{practice}' AND n >= {n}"
        cursor.execute(
            f"DELETE FROM {EVENT} WHERE id IN (SELECT event_id FROM {SEAL} WHERE {tail})"
        )
        cursor.execute(f"DELETE FROM {SEAL} WHERE {tail}")
    elif kind == "swap":
        other = n % sealed + 1
        cursor.execute(
            f"UPDATE {SEAL} s SET hash = t.hash FROM {SEAL} t WHERE s.practice_id = '{practice}' "
            f"AND t.practice_id = s.practice_id AND s.n = {n} AND t.n = {other}"
        )
    else:  # an event that was never there, among those that were sealed long ago
        fields = AuditEvent._meta.concrete_fields
        columns = [each.attname for each in fields if each.name not in ("id", "recorded_at")]
        cursor.execute(
            f"INSERT INTO {EVENT} (id, recorded_at, {', '.join(columns)}) SELECT "
            f"gen_random_uuid(), recorded_at - interval '2 hours', {', '.join(columns)} "
            f"FROM {EVENT} WHERE {event}"
        )
    return kind


def test_a_thousand_changes_by_a_superuser_are_all_found(
    committed_db: CommittedDatabase, superuser: Any
) -> None:
    """T-AUD-02: edits, deletions, swaps, insertions, cut tails; each is mended before the next."""
    practice = load_cast().alder.pk
    with practice_scope(practice):
        seal_events()
        whole = look_at_chain()
    assert whole.holds
    for table in (EVENT, SEAL):
        superuser.execute(f"CREATE TABLE {table}_before AS TABLE {table}")
    generator, kinds, missed = random.Random(7), set(), []
    for _attempt in range(TAMPERS):
        kind = tamper(superuser, generator, str(practice), whole.sealed)
        kinds.add(kind)
        with practice_scope(practice):
            found = look_at_chain(known=(whole.sealed, whole.head))
        if found.holds:
            missed.append(kind)
        superuser.execute(
            f"TRUNCATE {EVENT}, {SEAL}; INSERT INTO {EVENT} TABLE {EVENT}_before; "
            f"INSERT INTO {SEAL} TABLE {SEAL}_before"
        )
    assert missed == []
    assert kinds == {*EDITS, "delete", "unseal", "cut", "swap", "insert"}
    with practice_scope(practice):
        assert look_at_chain() == whole
