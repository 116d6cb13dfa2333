"""Sealed messages, by somebody with a session and the addresses of the API."""

from __future__ import annotations

import copy
import json
import secrets
import threading
import uuid
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from django.db import connections

from messaging.blobs import to_text, with_suite
from messaging.client import Account, Hostile, bodies
from messaging.models import AccountKeys, PracticeIdentity, UnlockSlot
from messaging.services import devices
from portal.audit.models import AuditEvent
from portal.tenancy.context import practice_scope
from tests.attack.test_step_up import left_alone
from tests.cast import Cast, Person
from tests.messaging.people import Http, Writers, client_of, make_writers, with_keys
from tests.people.hands import age_session

API = "/alder/api/messaging/"


def opened_by(writers: Writers, name: str) -> int:
    with practice_scope(writers.cast.alder.pk):
        return AuditEvent.objects.filter(
            action="thread.open",
            actor_id=writers.cast.people[name].membership.pk,
            patient_id=writers.cast.patient("ana").pk,
        ).count()


@pytest.mark.parametrize("way", ["?before=2147483647", "news/?after=0", "news/", ""])
def test_no_way_of_fetching_messages_goes_round_the_audit(cast: Cast, db: None, way: str) -> None:
    """T-AUD-01: turning a page back, or asking what is new since the beginning."""
    writers = make_writers(cast)
    writers.ana.send(writers.thread, "Hello")
    before = opened_by(writers, "cole")
    answer = writers.cole.transport.get(f"threads/{writers.thread}/{way}").good
    assert answer["envelopes"]
    assert opened_by(writers, "cole") == before + 1


def test_asking_in_vain_and_getting_ones_own_back_is_no_reading(cast: Cast, db: None) -> None:
    writers = make_writers(cast)
    writers.cole.send(writers.thread, "Hello")
    before = opened_by(writers, "cole")
    for after in (0, 2**31 - 1):
        writers.cole.transport.get(f"threads/{writers.thread}/news/?after={after}").good  # noqa: B018
    assert opened_by(writers, "cole") == before


def new_keys(person: Person) -> dict[str, Any]:
    account = Account.make(str(person.practice.pk), str(person.membership.pk))
    return {**account.as_body(), "recovery": account.sheet_for(bytes(16)), "device": None}


def test_first_keys_made_at_a_desk_left_open_are_refused(cast: Cast, db: None) -> None:
    """Once the practice has confirmed them, whoever made them reads in that person's place."""
    answer = left_alone(cast.cole).post(
        f"{API}keys/", json.dumps(new_keys(cast.cole)), content_type="application/json"
    )
    assert (answer.status_code, answer.json()["code"]) == (403, "fresh_proof")
    with practice_scope(cast.alder.pk):
        assert not AccountKeys.objects.exists()


def test_the_practices_key_made_at_a_desk_left_open_is_refused(cast: Cast, db: None) -> None:
    with_keys(cast.eve)
    body = {"public": to_text(bytes(32)), "wrapped": to_text(with_suite(bytes(60)))}
    answer = left_alone(cast.eve).post(
        f"{API}identity/", json.dumps(body), content_type="application/json"
    )
    assert answer.status_code in (400, 403)
    with practice_scope(cast.alder.pk):
        assert not PracticeIdentity.objects.exists()


@pytest.mark.parametrize(
    "body", ['{"auth": "AA", "auth": "AB"}', '{"a": {"b": 1, "b": 2}}', '[{"x": 1, "x": 1}]']
)
def test_a_name_that_stands_twice_in_a_body_is_refused(cast: Cast, db: None, body: str) -> None:
    """Two readers of one body could each believe another value (1.5.3)."""
    for path in ("keys/", "devices/", "threads/"):
        answer = cast.ana.client().post(API + path, body, content_type="application/json")
        assert answer.status_code == 400
        assert "twice" in answer.content.decode()


def at_once(count: int, person: Person, path: str, bodies: list[dict[str, Any]]) -> list[int]:
    """Post from so many browsers of one person in the same moment; what was answered."""
    browsers = [Http(person) for _ in range(count)]
    start = threading.Barrier(count, timeout=20)

    def one(number: int) -> int:
        start.wait()
        try:
            return browsers[number].post(path, bodies[number % len(bodies)]).status
        finally:
            connections.close_all()

    with ThreadPoolExecutor(count) as pool:
        return sorted(pool.map(one, range(count)))


def test_no_more_devices_than_are_allowed_also_at_once(cast: Cast, committed_db: None) -> None:
    with practice_scope(cast.alder.pk):
        for _ in range(devices.MOST_DEVICES - 1):
            devices.begin_device(by=cast.ana.viewer)
    answers = at_once(5, cast.ana, "devices/begin/", [{}])
    assert answers == [201, 409, 409, 409, 409]
    with practice_scope(cast.alder.pk):
        assert UnlockSlot.objects.count() == devices.MOST_DEVICES


def test_of_many_first_keys_and_threads_at_once_one_is_made(cast: Cast, committed_db: None) -> None:
    made = at_once(4, cast.ana, "keys/", [new_keys(cast.ana) for _ in range(4)])
    assert made == [201, 409, 409, 409]
    assert set(at_once(4, cast.ana, "threads/", [{}])) <= {200, 201}


def test_another_persons_device_is_not_there(cast: Cast, db: None) -> None:
    client = client_of(cast.ana)
    client.make_keys(pin="730512")
    [device] = client.state()["devices"]
    for name in ("ben", "cole", "eve"):
        other = Http(cast.people[name])
        auth = {"auth": to_text(secrets.token_bytes(32))}
        assert other.get(f"devices/{device['id']}/").status == 404
        assert other.post(f"devices/{device['id']}/open/", auth).status == 404
        gone = other.http.delete(other.url(f"devices/{device['id']}/"))
        assert gone.status_code == 404
    [device] = client.state()["devices"]
    assert client.transport.get(f"devices/{device['id']}/").good["tries_left"] == 10


@pytest.mark.parametrize("way", ["news/", "receipts/", "directory"])
def test_messages_that_come_in_keep_nobodys_sign_in_alive(cast: Cast, db: None, way: str) -> None:
    """T-SES-03: the open page asks, looks up and confirms by itself, at a desk that is empty."""
    writers = make_writers(cast)
    writers.ana.send(writers.thread, "Hello")
    writers.cole.read(writers.thread)
    browser: Any = writers.cole.transport
    age_session(browser.http, 1200)
    before = browser.http.session["portal_seen_at"]
    if way == "receipts/":
        browser.post(f"threads/{writers.thread}/receipts/", {"receipts": []})
    else:
        browser.get(f"{way}/" if way == "directory" else f"threads/{writers.thread}/{way}")
    assert browser.http.session["portal_seen_at"] == before


def test_a_stolen_key_that_has_ended_writes_nothing_behind_what_came_after_it(
    cast: Cast, db: None
) -> None:
    """A thief with the old device and a server that helps: the old stretch is over for all."""
    writers = make_writers(cast)
    writers.ana.send(writers.thread, "Hello")
    writers.cole.send(writers.thread, "Hello, Ana")
    writers.cole.read(writers.thread)
    stolen = copy.deepcopy(writers.cole.threads[writers.thread])
    writers.cole.make_keys(replace=True)
    writers.eve.confirm_waiting()
    writers.ana.send(writers.thread, "Are you back?")
    writers.ana.read(writers.thread)
    seen = writers.ana.threads[writers.thread]
    assert seen.messages[-1].header.epoch.number > stolen.stretches[-1].number
    forged = {
        **bodies.envelope(stolen, "Come to another address", str(uuid.uuid4())),
        "sender": stolen.account.person,
        "kid": stolen.account.kid,
        "position": seen.messages[-1].position + 1,
        "receipts": [],
    }
    with pytest.raises(Hostile):
        seen.take_new([forged])
