"""Envelopes and receipts: checked as far as public data goes, numbered, appended."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final
from uuid import UUID

from django.utils.translation import gettext as _

from messaging import blobs
from messaging.blobs import SealedBytes
from messaging.errors import Refused
from messaging.models import AccountKeys, Envelope, Epoch, Receipt, ReceiptState, Thread
from messaging.sealed import epochs as sealed_epochs
from messaging.sealed.messages import STEP, Header, Sealed
from messaging.sealed.messages import Receipt as SignedReceipt
from messaging.sealed.primitives import CannotOpen, check
from messaging.selectors import keys as reading_keys
from messaging.selectors import threads as reading
from messaging.services.threads import lock, signing_keys
from portal import clock
from portal.access.viewer import Viewer
from portal.audit import services as audit

KINDS: Final = frozenset({"text"})


@dataclass(frozen=True)
class NewEnvelope:
    """One sealed message as its sender's device made it."""

    message_id: UUID
    epoch: int
    sequence: int
    previous: bytes
    directory: bytes
    kind: str
    nonce: bytes
    ciphertext: SealedBytes
    signature: bytes


def store_envelope(*, thread_id: UUID, new: NewEnvelope, by: Viewer) -> tuple[Envelope, bool]:
    """Append an envelope; the same one again is the one that is there (False). Raises NotFound,
    and Refused for whatever public data shows to be wrong.
    """
    thread = lock(thread_id, by)
    there = _same_id(thread, new)
    if there is not None:
        if there.sender_id != by.membership_id or not _is_same(there, new):
            raise Refused(409, "message_id", _("Another message has this number already."))
        return there, False
    keys = signing_keys(by)
    epoch = _open_epoch(thread, new, keys, by)
    _check_place(thread, new, by)
    _check_size(new)
    digest = _check_signature(thread, new, keys, by)
    place = _next_place(thread)
    envelope = Envelope.objects.create(
        thread=thread,
        epoch=epoch,
        position=place,
        message_id=new.message_id,
        sender_id=by.membership_id,
        kid=keys.kid,
        sequence=new.sequence,
        previous=new.previous,
        directory=new.directory,
        kind=new.kind,
        nonce=new.nonce,
        ciphertext=new.ciphertext,
        signature=new.signature,
        hash=digest,
        stored_at=clock.now(),
    )
    thread.last_at, thread.last_sender_id = envelope.stored_at, by.membership_id
    thread.save(update_fields=["counter", "last_at", "last_sender"])
    audit.record("message.send", by=by, obj=thread, patient_id=thread.patient_id)
    return envelope, True


def _same_id(thread: Thread, new: NewEnvelope) -> Envelope | None:
    return Envelope.objects.filter(thread=thread, message_id=new.message_id).first()


def _is_same(there: Envelope, new: NewEnvelope) -> bool:
    return (there.nonce, there.ciphertext, there.signature) == (
        new.nonce,
        new.ciphertext,
        new.signature,
    )


def _open_epoch(thread: Thread, new: NewEnvelope, keys: AccountKeys, by: Viewer) -> Epoch:
    """The stretch that is open now, if the sender may write in it and it is not to end first."""
    epoch = reading.last_epoch_of(thread)
    if epoch is not None and new.epoch != epoch.number:
        raise Refused(409, "stale_epoch", _("The readers have changed. Seal it once more."))
    parties = reading.parties_of([thread.patient_id])[thread.patient_id]
    if epoch is None or reading.needs_rotation(epoch, parties):
        raise Refused(409, "rotation_needed", _("The readers have changed. Seal it once more."))
    own = (str(by.membership_id), keys.kid)
    if own not in {(one["person"], one["kid"]) for one in epoch.members}:
        raise Refused(422, "roster", _("You are not among the readers here."))
    return epoch


def _check_place(thread: Thread, new: NewEnvelope, by: Viewer) -> None:
    sequence, previous = reading.last_of_sender(thread, by.membership_id)
    if (new.sequence, new.previous) != (sequence + 1, previous):
        raise Refused(
            409,
            "sequence",
            _("Another message of yours came before this one."),
            sequence=sequence,
            previous=blobs.to_text(previous),
        )
    if not reading_keys.is_known_head(new.directory):
        raise Refused(422, "directory", _("The list of keys that you have is not ours."))


def _check_size(new: NewEnvelope) -> None:
    if new.kind not in KINDS:
        raise Refused(422, "kind", _("This kind of message is not known here."))
    padded = len(new.ciphertext) - 1 - blobs.TAG
    if padded < STEP or padded % STEP or padded > blobs.MOST_PADDED:
        raise Refused(422, "size", _("This message is too long, or was not filled up."))


def _check_signature(thread: Thread, new: NewEnvelope, keys: AccountKeys, by: Viewer) -> bytes:
    """The hash that the sender signed."""
    header = Header(
        epoch=sealed_epochs.Epoch(str(thread.practice_id), str(thread.pk), new.epoch),
        message_id=str(new.message_id),
        sender=str(by.membership_id),
        kid=keys.kid,
        sequence=new.sequence,
        previous=new.previous,
        directory=new.directory,
        kind=new.kind,
    )
    digest = Sealed(header, new.nonce, blobs.inner(new.ciphertext), new.signature).hash
    try:
        check(keys.ed25519, new.signature, digest)
    except CannotOpen as error:
        raise Refused(422, "signature", _("This message is not signed by you.")) from error
    return digest


def _next_place(thread: Thread) -> int:
    """The thread is locked, so nobody else gets this number."""
    thread.counter += 1
    return thread.counter


@dataclass(frozen=True)
class NewReceipt:
    """A reader's signed word about one message."""

    message_id: UUID
    message_hash: bytes
    state: str
    at: str
    signature: bytes


def store_receipts(*, thread_id: UUID, receipts: Sequence[NewReceipt], by: Viewer) -> int:
    """Append receipts, all or none, and return how many were new; steps back are left out.

    They are the record themselves, so there is no row in the audit. Raises NotFound and Refused.
    """
    thread = lock(thread_id, by)
    keys = signing_keys(by)
    asked = [one.message_id for one in receipts]
    envelopes = {one.message_id: one for one in reading.readable_named(by, thread, asked)}
    said = reading.states_said(by, envelopes.values())
    rows = []
    for one in receipts:
        envelope = envelopes.get(one.message_id)
        if envelope is None or envelope.sender_id == by.membership_id:
            raise Refused(422, "receipt", _("There is no such message to confirm."))
        _check_receipt(thread, envelope, one, keys, by)
        states = said.setdefault(envelope.pk, set())
        if one.state in states or ReceiptState.READ in states:
            continue
        states.add(one.state)
        rows.append(_row(thread, envelope, one, keys, by))
    Receipt.objects.bulk_create(rows)
    if rows:
        thread.save(update_fields=["counter"])
    return len(rows)


def _check_receipt(
    thread: Thread, envelope: Envelope, one: NewReceipt, keys: AccountKeys, by: Viewer
) -> None:
    receipt = SignedReceipt(
        practice=str(thread.practice_id),
        thread=str(thread.pk),
        message_id=str(one.message_id),
        message_hash=one.message_hash,
        state=one.state,
        reader=str(by.membership_id),
        kid=keys.kid,
        at=one.at,
    )
    try:
        if one.message_hash != envelope.hash:
            raise CannotOpen
        receipt.check(one.signature, keys.ed25519)
    except CannotOpen as error:
        raise Refused(422, "receipt", _("This is no confirmation of yours.")) from error


def _row(
    thread: Thread, envelope: Envelope, one: NewReceipt, keys: AccountKeys, by: Viewer
) -> Receipt:
    return Receipt(
        thread=thread,
        envelope=envelope,
        position=_next_place(thread),
        reader_id=by.membership_id,
        kid=keys.kid,
        state=one.state,
        at=one.at,
        signature=one.signature,
        stored_at=clock.now(),
    )
