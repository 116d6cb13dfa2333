"""T-E2E-04: a thousand words typed into messages are nowhere on the server's side."""

from __future__ import annotations

import json
import secrets
import urllib.error
import urllib.request
from typing import Any

import pytest
import redis
from django.conf import settings
from django.db import connections

from messaging.client import Answer, Client
from messaging.models import Envelope
from portal.people import services as people
from portal.tenancy.context import practice_scope
from tests.cast import SET_UP, Cast, Person
from tests.environment.fixtures import CommittedDatabase
from tests.messaging.people import AT, Writers

MESSAGES, WORDS = 100, 10


class OverHttp:
    """One person's way to the served portal: their session's cookie and a token."""

    def __init__(self, base: str, person: Person) -> None:
        session = person.client().cookies[settings.SESSION_COOKIE_NAME].value
        self.base, self.token = base + person.url("api/messaging/"), secrets.token_hex(16)
        self.cookies = (
            f"{settings.SESSION_COOKIE_NAME}={session}; {settings.CSRF_COOKIE_NAME}={self.token}"
        )

    def get(self, path: str) -> Answer:
        return self._open(urllib.request.Request(self.base + path))  # noqa: S310 - loopback

    def post(self, path: str, body: dict[str, Any]) -> Answer:
        request = urllib.request.Request(  # noqa: S310 - loopback
            self.base + path, data=json.dumps(body).encode()
        )
        request.add_header("Content-Type", "application/json")
        request.add_header("X-CSRFToken", self.token)
        return self._open(request)

    def _open(self, request: urllib.request.Request) -> Answer:
        request.add_header("Cookie", self.cookies)
        try:
            with urllib.request.urlopen(request, timeout=30) as answer:  # noqa: S310 - loopback
                return Answer(answer.status, json.loads(answer.read() or b"{}"))
        except urllib.error.HTTPError as error:
            with error:
                return Answer(error.code, json.loads(error.read() or b"{}"))


def written_over_http(base: str, cast: Cast) -> tuple[Writers, list[str]]:
    """Ana and Cole write in turn; the words that they typed."""
    eve, ana, cole = (Client(OverHttp(base, one)) for one in (cast.eve, cast.ana, cast.cole))
    for client in (eve, ana, cole):
        client.make_keys()
    eve.make_identity()
    eve.confirm_waiting()
    writers = Writers(cast, eve, ana, cole, ana.begin())
    typed = []
    for number in range(MESSAGES):
        words = [f"canary{secrets.token_hex(6)}" for _ in range(WORDS)]
        client = ana if number % 2 else cole
        client.send(writers.thread, " ".join(words))
        typed += words
    cole.read(writers.thread)
    cole.confirm(writers.thread, "read", AT)
    return writers, typed


def dumped() -> str:
    """Every row of every table, as text; bytes both in hex and as the letters they may be."""
    found = []
    with connections["owner"].cursor() as cursor:
        cursor.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")
        for (table,) in cursor.fetchall():
            cursor.execute(f'SELECT * FROM "{table}"')  # noqa: S608 - a name of the catalogue
            for row in cursor.fetchall():
                found += [_text(cell) for cell in row]
    return "\n".join(found)


def _text(cell: Any) -> str:
    if isinstance(cell, (bytes, memoryview)):
        return bytes(cell).decode("latin-1")
    return str(cell)


def in_memory() -> bytes:
    """Every key and value of the broker and cache."""
    client = redis.Redis.from_url(settings.REDIS_URL)
    return b"\n".join(part for key in client.scan_iter() for part in (key, client.dump(key) or b""))


@pytest.mark.committed
def test_a_thousand_typed_words_are_nowhere_in_database_broker_or_logs(
    committed_db: CommittedDatabase,
    portal_server: str,
    cast: Cast,
    caplog: pytest.LogCaptureFixture,
    capfd: pytest.CaptureFixture[str],
) -> None:
    caplog.set_level("DEBUG")
    writers, typed = written_over_http(portal_server, cast)
    assert len(set(typed)) == MESSAGES * WORDS
    said = " ".join(one.text for one in writers.ana.read(writers.thread))
    assert all(word in said for word in typed)  # they were typed, and can be read where they may
    with practice_scope(cast.alder.pk):
        assert Envelope.objects.count() == MESSAGES
        people.add_patient(  # what is not sealed is found: the search works
            given_name="canaryinthemine", family_name="Control", by=SET_UP
        )
    output = capfd.readouterr()
    places = {
        "database": dumped(),
        "broker": in_memory().decode("latin-1"),
        "logs": caplog.text + output.out + output.err,
    }
    assert "canaryinthemine" in places["database"]
    assert writers.thread in places["database"]
    assert f"/threads/{writers.thread}/envelopes/" in places["logs"]
    for place, content in places.items():
        hits = [word for word in typed if word in content]
        assert hits == [], f"{place} holds {len(hits)} of {len(typed)} words"
