"""Rows as JSON. Bytes are base64url; a person is the id of their place in the practice."""

from __future__ import annotations

from typing import Any

from messaging.blobs import to_text
from messaging.models import AccountKeys, DirectoryEntry, Envelope, Receipt, Thread, UnlockSlot
from messaging.selectors.keys import Waiting, role_of
from messaging.selectors.threads import Parties, Party

Json = dict[str, Any]


def of_keys(keys: AccountKeys) -> Json:
    """One's own pair, with the private halves as they are wrapped."""
    return {
        "kid": keys.kid,
        "x25519": to_text(keys.x25519),
        "ed25519": to_text(keys.ed25519),
        "wrapped": to_text(keys.wrapped),
    }


def of_device(slot: UnlockSlot) -> Json:
    """A device of one's own."""
    return {
        "id": str(slot.pk),
        "label": slot.label,
        "created_at": slot.created_at,
        "destroyed": slot.destroyed_at is not None,
    }


def of_entry(entry: DirectoryEntry) -> Json:
    """A line of the directory. Name and role are the server's word; the rest is signed."""
    return {
        "n": entry.n,
        "previous": to_text(entry.previous),
        "person": str(entry.person_id),
        "kid": entry.kid,
        "x25519": to_text(entry.x25519),
        "ed25519": to_text(entry.ed25519),
        "revoked_at": entry.revoked_at,
        "signature": to_text(entry.signature),
        "display_name": entry.person.display_name,
        "role": role_of(entry.person.roles),
    }


def of_waiting(waiting: Waiting) -> Json:
    """A line that a manager has still to sign."""
    return {
        "person": str(waiting.person.pk),
        "display_name": waiting.person.display_name,
        "role": role_of(waiting.person.roles),
        "kid": waiting.keys.kid,
        "x25519": to_text(waiting.keys.x25519),
        "ed25519": to_text(waiting.keys.ed25519),
        "revoked_at": waiting.revoked_at,
        "asked_at": waiting.asked_at,
    }


def of_member(party: Party) -> Json:
    """Somebody who belongs to a thread."""
    return {
        "person": str(party.membership.pk),
        "display_name": party.membership.display_name,
        "role": party.role,
        "confirmed": party.is_confirmed,
    }


def of_reader(party: Party, keys: AccountKeys) -> Json:
    """Somebody whom the next roster must have."""
    return {
        "person": str(party.membership.pk),
        "kid": keys.kid,
        "role": party.role,
        "display_name": party.membership.display_name,
        "x25519": to_text(keys.x25519),
        "ed25519": to_text(keys.ed25519),
    }


def of_thread(thread: Thread, parties: Parties, *, unread: int | None = None) -> Json:
    """A thread as it stands in a list."""
    accounts = [one for one in parties.people if one.role == "patient"]
    last = thread.last_sender
    return {
        "id": str(thread.pk),
        "patient": {
            "id": str(thread.patient_id),
            "person": str(accounts[0].membership.pk) if accounts else None,
            "display_name": thread.patient.display_name,
        },
        "members": [of_member(one) for one in parties.people],
        "last_at": thread.last_at,
        "last_sender": (
            {"person": str(last.pk), "display_name": last.display_name} if last else None
        ),
        "state": parties.state,
        **({} if unread is None else {"unread": unread}),
    }


def of_receipt(receipt: Receipt) -> Json:
    """A receipt, beside its envelope."""
    return {
        "reader": str(receipt.reader_id),
        "kid": receipt.kid,
        "state": receipt.state,
        "at": receipt.at,
        "signature": to_text(receipt.signature),
    }


def of_envelope(envelope: Envelope) -> Json:
    """A sealed message with what its readers have confirmed."""
    return {
        "position": envelope.position,
        "message_id": str(envelope.message_id),
        "epoch": envelope.epoch.number,
        "sender": str(envelope.sender_id),
        "kid": envelope.kid,
        "sequence": envelope.sequence,
        "previous": to_text(envelope.previous),
        "directory": to_text(envelope.directory),
        "kind": envelope.kind,
        "nonce": to_text(envelope.nonce),
        "ciphertext": to_text(envelope.ciphertext),
        "signature": to_text(envelope.signature),
        "hash": to_text(envelope.hash),
        "stored_at": envelope.stored_at,
        "receipts": [of_receipt(one) for one in envelope.receipts.all()],
    }
