"""What a client sends: sealed, signed, and written as the API takes it."""

from __future__ import annotations

import secrets
from typing import Any

from messaging.blobs import NONCE, from_text, to_text, with_suite
from messaging.client.account import Account
from messaging.client.errors import Hostile
from messaging.client.thread import Read, Thread
from messaging.sealed import epochs
from messaging.sealed.epochs import Member
from messaging.sealed.keys import Entry, PublicKeys
from messaging.sealed.messages import NONE_BEFORE, Header, Receipt, seal_message
from messaging.sealed.primitives import sign
from messaging.sealed.slots import lock


def device(account: Account, pin: str, begun: dict[str, Any], device_key: bytes) -> dict[str, Any]:
    """A slot for this device; `device_key` is what a browser keeps and cannot give out."""
    salt, nonce = secrets.token_bytes(16), secrets.token_bytes(NONCE)
    closed = lock(
        pin, salt=salt, device_key=device_key, person=account.person, device=begun["device"]
    )
    share = from_text(begun["server_share"])
    slot = closed.wrap(account.wrapping, server_share=share, nonce=nonce)
    return {
        "device": begun["device"],
        "label": "A program",
        "salt": to_text(salt),
        "auth": to_text(closed.auth),
        "nonce": to_text(nonce),
        "wrapped": to_text(with_suite(slot)),
    }


def line(entry: Entry, signature: bytes) -> dict[str, Any]:
    """A line of the directory with the identity's signature."""
    return {
        "n": entry.n,
        "previous": to_text(entry.previous),
        "person": entry.person,
        "kid": entry.keys.kid,
        "x25519": to_text(entry.keys.x25519),
        "ed25519": to_text(entry.keys.ed25519),
        "revoked_at": entry.revoked_at,
        "signature": to_text(signature),
    }


def stretch(thread: Thread, readers: list[dict[str, Any]]) -> dict[str, Any]:
    """The next stretch of a thread, with a new key. Raises Hostile."""
    members, publics = _next_roster(thread, readers)
    epoch = epochs.Epoch(thread.practice, thread.id, len(thread.stretches) + 1)
    thread_key = secrets.token_bytes(32)
    signed = epochs.roster(epoch, members, thread_key)
    return {
        "number": epoch.number,
        "members": [
            {"person": one.person, "kid": one.kid, "role": one.role, "reads_from": one.reads_from}
            for one in members
        ],
        "commit": to_text(epochs.commitment(thread_key)),
        "signature": to_text(sign(thread.account.ed25519, signed)),
        "sealed": [
            {"person": one.person, "kid": one.kid, "blob": to_text(with_suite(blob))}
            for one, public in zip(members, publics, strict=True)
            for blob in [epochs.seal_key(thread_key, epoch, one.person, one.kid, public.x25519)]
        ],
    }


def _next_roster(
    thread: Thread, readers: list[dict[str, Any]]
) -> tuple[list[Member], list[PublicKeys]]:
    """Whom the server names, if the practice vouches for each of them with these very keys."""
    mine = (thread.account.person, thread.account.kid)
    before = thread.stretches[-1].members if thread.stretches else ()
    stood = {(one.person, one.kid): one.reads_from for one in before}
    members, publics = [], []
    for one in readers:
        place = (one["person"], one["kid"])
        keys = thread.directory.standing(*place)
        if (to_text(keys.x25519), to_text(keys.ed25519)) != (one["x25519"], one["ed25519"]):
            raise Hostile("A reader is given with keys that are not theirs.")
        reads_from = stood.get(place, len(thread.stretches) + 1)
        members.append(Member(*place, one["role"], reads_from))
        publics.append(keys)
    if mine not in {(one.person, one.kid) for one in members}:
        raise Hostile("One's own keys are not among the readers.")
    return members, publics


def envelope(thread: Thread, text: str, message_id: str) -> dict[str, Any]:
    """A message, in the stretch that is open. Raises Hostile where that is not for this person."""
    last_stretch, account = thread.stretches[-1], thread.account
    if last_stretch.key is None:
        raise Hostile("The newest stretch is not for this person.")
    last = thread.last_of(account.person)
    header = Header(
        epoch=epochs.Epoch(thread.practice, thread.id, last_stretch.number),
        message_id=message_id,
        sender=account.person,
        kid=account.kid,
        sequence=last.header.sequence + 1 if last else 1,
        previous=last.hash if last else NONE_BEFORE,
        directory=thread.directory.head,
    )
    nonce = secrets.token_bytes(NONCE)
    sealed = seal_message(
        text, header, thread_key=last_stretch.key, nonce=nonce, seed=account.ed25519
    )
    return {
        "message_id": message_id,
        "epoch": last_stretch.number,
        "sequence": header.sequence,
        "previous": to_text(header.previous),
        "directory": to_text(thread.directory.head),
        "kind": header.kind,
        "nonce": to_text(nonce),
        "ciphertext": to_text(with_suite(sealed.ciphertext)),
        "signature": to_text(sealed.signature),
    }


def receipt(thread: Thread, one: Read, state: str, at: str) -> dict[str, str]:
    """This person's word that a message came or was read."""
    account = thread.account
    said = Receipt(
        practice=thread.practice,
        thread=thread.id,
        message_id=one.header.message_id,
        message_hash=one.hash,
        state=state,
        reader=account.person,
        kid=account.kid,
        at=at,
    )
    return {
        "message_id": one.header.message_id,
        "message_hash": to_text(one.hash),
        "state": state,
        "at": at,
        "signature": to_text(sign(account.ed25519, said.signed)),
    }
