"""Sealed messages."""

from __future__ import annotations

import contextlib
import copy

from messaging.blobs import with_suite
from messaging.client import Client
from messaging.demo import InProcess
from messaging.errors import Refused
from messaging.services import devices
from messaging.services import keys as message_keys
from tests.audit.acts.act import Acts, Stage

act = Acts()


def _client(on: Stage, name: str) -> Client:
    """Somebody's own program for messages. Each trial has its own, as it has its own rows: what a
    failed one has learned of the server was rolled back there.
    """
    known = getattr(on, f"{name}_client", None)
    client = copy.deepcopy(known) or Client(InProcess(getattr(on, name)))
    setattr(on, f"{name}_client", client)
    return client


@act
def make_keys_for_messages(on: Stage) -> None:
    for name in ("eve", "ana", "cole"):
        _client(on, name).make_keys()


@act
def make_the_practices_key(on: Stage) -> None:
    _client(on, "eve").make_identity()


@act
def confirm_keys(on: Stage) -> None:
    assert _client(on, "eve").confirm_waiting() == 3


@act
def begin_a_thread(on: Stage) -> None:
    on.thread = _client(on, "cole").begin(str(on.ana_patient.pk))


@act
def send_a_message(on: Stage) -> None:
    _client(on, "cole").send(on.thread, "Hello")


@act
def open_messages(on: Stage) -> None:
    assert [one.text for one in _client(on, "ana").read(on.thread)] == ["Hello"]


def _finished(on: Stage) -> devices.Finished:
    """What a device sends once its PIN is chosen; nothing here opens it again."""
    slot = devices.begin_device(by=on.ana)
    return devices.Finished(
        device=slot.pk,
        label="A phone",
        salt=bytes(16),
        auth=bytes(32),
        nonce=bytes(12),
        wrapped=with_suite(bytes(48)),
    )


@act
def add_a_device(on: Stage) -> None:
    on.device = devices.finish_device(device=_finished(on), by=on.ana)


@act
def take_a_device_away(on: Stage) -> None:
    devices.revoke_device(device_id=on.device.pk, by=on.ana)


@act
def type_a_wrong_pin_too_often(on: Stage) -> None:
    """Its tries are counted in transactions that commit: here they are savepoints of the trial."""
    slot = devices.finish_device(device=_finished(on), by=on.ana)
    type(slot).objects.filter(pk=slot.pk).update(tries=devices.MOST_TRIES - 1)
    with contextlib.suppress(Refused):
        devices.open_device(device_id=slot.pk, auth=bytes([1] * 32), by=on.ana)


@act
def make_another_sheet(on: Stage) -> None:
    sheet = message_keys.Sheet(nonce=bytes(12), wrapped=with_suite(bytes(48)))
    message_keys.replace_sheet(sheet=sheet, by=on.ana)
