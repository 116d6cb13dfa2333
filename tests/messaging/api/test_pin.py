"""T-E2E-10: a PIN is counted before it is compared, and after ten wrong ones the share is gone."""

from __future__ import annotations

import contextlib
import datetime as dt
import secrets
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any
from unittest import mock
from uuid import UUID

import pytest
from django.db import connections

from messaging.blobs import from_text, inner, to_text, with_suite
from messaging.client import Account, Client
from messaging.errors import Refused
from messaging.models import UnlockSlot
from messaging.sealed.slots import Lock, lock
from messaging.services import devices
from portal import clock
from portal.audit.models import AuditEvent
from portal.tenancy.context import ambient_practice, practice_scope, practice_transaction
from tests.cast import Cast
from tests.environment.fixtures import CommittedDatabase
from tests.messaging.people import client_of

PIN = "730512"
WRONG = to_text(bytes(32))


@pytest.fixture
def ana(cast: Cast) -> Client:
    """Ana's client; she has made keys with a PIN on this device."""
    client = client_of(cast.ana)
    client.make_keys(pin=PIN)
    return client


def device_of(client: Client) -> str:
    [device] = client.state()["devices"]
    return str(device["id"])


def locked(client: Client, pin: str) -> Lock:
    assert client.account is not None
    device = device_of(client)
    salt = from_text(client.transport.get(f"devices/{device}/").good["salt"])
    person = client.account.person
    return lock(pin, salt=salt, device_key=client.device_key, person=person, device=device)


def try_pin(client: Client, auth: str) -> Any:
    return client.transport.post(f"devices/{device_of(client)}/open/", {"auth": auth})


def later(minutes: float) -> None:
    clock.move_to(clock.now() + dt.timedelta(minutes=minutes))


@pytest.mark.django_db
def test_the_right_pin_opens_the_keys_and_nothing_else_does(ana: Client) -> None:
    closed = locked(ana, PIN)
    answer = try_pin(ana, to_text(closed.auth)).good
    wrapping = closed.unwrap(
        inner(from_text(answer["wrapped"])),
        server_share=from_text(answer["server_share"]),
        nonce=from_text(answer["nonce"]),
    )
    assert ana.account is not None
    assert wrapping == ana.account.wrapping
    state = ana.state()
    opened = Account.opened(state["practice"], state["person"], wrapping, answer["keys"])
    assert opened == ana.account
    wrong = try_pin(ana, to_text(locked(ana, "730513").auth))
    assert (wrong.status, wrong.body["code"], wrong.body["tries_left"]) == (403, "wrong", 9)
    assert "server_share" not in wrong.body


@pytest.mark.django_db
def test_after_five_wrong_one_waits_and_after_ten_the_share_is_gone(
    ana: Client, cast: Cast
) -> None:
    auth = to_text(locked(ana, PIN).auth)
    for left in (9, 8, 7, 6):
        assert try_pin(ana, WRONG).body["tries_left"] == left
    for left, minutes in ((5, 1), (4, 5), (3, 15), (2, 60), (1, 60)):
        answer = try_pin(ana, WRONG)
        assert (answer.body["code"], answer.body["tries_left"]) == ("wait", left)
        later(minutes - 0.2)
        early = try_pin(ana, auth)  # even the right one, and it is not counted
        assert (early.status, early.body["code"], early.body["tries_left"]) == (403, "wait", left)
        later(0.3)
    assert try_pin(ana, WRONG).status == 410
    assert try_pin(ana, auth).status == 410
    with practice_scope(cast.alder.pk):
        slot = UnlockSlot.objects.get(kind="device")
        assert (slot.server_share, slot.wrapped, slot.auth_hash) == (None, None, None)
        [event] = AuditEvent.objects.filter(action="device.destroy")
        assert (event.outcome, event.object_id) == ("refused", slot.pk)
    assert ana.state()["devices"][0]["destroyed"] is True


@pytest.mark.django_db
def test_a_right_pin_gives_all_ten_tries_back(ana: Client) -> None:
    auth = to_text(locked(ana, PIN).auth)
    for _ in range(4):
        try_pin(ana, WRONG)
    assert try_pin(ana, auth).status == 200
    assert try_pin(ana, WRONG).body["tries_left"] == 9


@pytest.mark.django_db
def test_a_device_that_was_taken_away_opens_nothing(ana: Client, cast: Cast) -> None:
    auth = to_text(locked(ana, PIN).auth)
    url = cast.ana.url(f"api/messaging/devices/{device_of(ana)}/")
    for stranger, status in (("ben", 404), ("cole", 404), ("yan", 404), ("dee", 403)):
        assert cast.people[stranger].client().delete(url).status_code == status
        assert cast.people[stranger].client().get(url).status_code == status
    assert cast.ana.client().delete(url).status_code == 204
    assert try_pin(ana, auth).status == 410


@contextlib.contextmanager
def here(cast: Cast) -> Iterator[None]:
    """In a thread of its own: the practice without a transaction, as the page for a PIN has it."""
    try:
        with ambient_practice(cast.alder.pk):
            yield
    finally:
        connections.close_all()


@pytest.mark.committed
@pytest.mark.parametrize(("waits", "compared"), [(devices.WAITS, 5), ({}, 10)])
def test_of_a_thousand_guesses_at_once_no_more_than_ten_are_compared(
    committed_db: CommittedDatabase, cast: Cast, waits: dict[int, int], compared: int
) -> None:
    """With the waiting times five; ten where they are left out, so that the count alone holds."""
    client = client_of(cast.ana)
    client.make_keys(pin=PIN)
    device, looked = UUID(device_of(client)), []
    viewer = cast.ana.viewer

    def guess(times: int) -> None:
        with here(cast):
            for _ in range(times):
                with contextlib.suppress(Refused):
                    devices.open_device(device_id=device, auth=secrets.token_bytes(32), by=viewer)

    def look(auth: bytes, auth_hash: bytes) -> bool:
        looked.append(auth)
        return False

    with (
        mock.patch.object(devices, "WAITS", waits),
        mock.patch.object(devices, "_fits", look),
        ThreadPoolExecutor(16) as pool,
    ):
        list(pool.map(guess, [50] * 20))
    # A try that was counted finds the share gone where another has seen that there are none left.
    assert 1 <= len(looked) <= compared
    with practice_scope(cast.alder.pk):
        slot = UnlockSlot.objects.get(pk=device)
        assert slot.tries == compared
        assert (slot.destroyed_at is not None) == (compared == 10)


class Killed(BaseException):
    """The process ends between the count and the comparison."""


@pytest.mark.committed
def test_two_hundred_crashes_between_count_and_comparison_never_lower_the_count(
    committed_db: CommittedDatabase, cast: Cast
) -> None:
    client = client_of(cast.ana)
    client.make_keys()
    viewer, crashes = cast.ana.viewer, 0
    with mock.patch.object(devices, "WAITS", {}), mock.patch.object(devices, "MOST_DEVICES", 99):
        for _ in range(20):
            auth = secrets.token_bytes(32)
            device = add_device(client, auth)
            with here(cast), mock.patch.object(devices, "_fits", side_effect=Killed):
                for count in range(1, 11):
                    with pytest.raises(Killed):
                        devices.open_device(device_id=device, auth=auth, by=viewer)
                    crashes += 1
                    with practice_transaction():
                        assert UnlockSlot.objects.get(pk=device).tries == count
            with here(cast), pytest.raises(Refused) as refused:
                devices.open_device(device_id=device, auth=auth, by=viewer)
            assert refused.value.status == 410
    assert crashes == 200


def add_device(client: Client, auth: bytes) -> UUID:
    """A device whose PIN gives that; what it wraps does not matter here."""
    begun = client.transport.post("devices/begin/", {}).good
    body = {
        "device": begun["device"],
        "label": "A program",
        "salt": to_text(bytes(16)),
        "auth": to_text(auth),
        "nonce": to_text(bytes(12)),
        "wrapped": to_text(with_suite(bytes(48))),
    }
    return UUID(client.transport.post("devices/", body).good["id"])
