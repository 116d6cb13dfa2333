"""Devices and their PINs. A try is counted, and the count committed, before it is compared."""

from __future__ import annotations

import datetime as dt
import hashlib
import hmac
import secrets
from dataclasses import dataclass
from typing import Final
from uuid import UUID

from django.db.models import Case, F, Q, Value, When
from django.utils.translation import gettext as _

from messaging.blobs import SealedBytes
from messaging.errors import Refused
from messaging.models import AccountKeys, SlotKind, UnlockSlot
from messaging.selectors import keys as reading
from portal import clock
from portal.access.viewer import Viewer
from portal.audit import services as audit
from portal.audit.models import Outcome
from portal.practices.models import Membership
from portal.tenancy.context import practice_transaction
from portal.tenancy.errors import NotFound

MOST_TRIES: Final = 10
# Minutes to wait after the fifth wrong try and each one that follows; after the tenth it is over.
WAITS: Final = {5: 1, 6: 5, 7: 15, 8: 60, 9: 60}
BEGUN_FOR: Final = dt.timedelta(hours=1)
MOST_DEVICES: Final = 20


@dataclass(frozen=True)
class Finished:
    """What a device sends when its PIN is chosen; `auth` is what the right PIN will give again."""

    device: UUID
    label: str
    salt: bytes
    auth: bytes
    nonce: bytes
    wrapped: SealedBytes


def begin_device(*, by: Viewer) -> UnlockSlot:
    """A slot with its share, for the device to wrap the account key with. Raises Refused."""
    now = clock.now()
    Membership.objects.select_for_update(no_key=True).get(pk=by.membership_id)  # others wait
    own = UnlockSlot.objects.filter(membership_id=by.membership_id, kind=SlotKind.DEVICE)
    own.filter(finished_at=None, created_at__lt=now - BEGUN_FOR).delete()
    if own.filter(destroyed_at=None).count() >= MOST_DEVICES:
        raise Refused(409, "too_many", _("You have too many devices. Remove one first."))
    return UnlockSlot.objects.create(
        membership_id=by.membership_id,
        kind=SlotKind.DEVICE,
        server_share=secrets.token_bytes(32),
        created_at=now,
    )


def finish_device(*, device: Finished, by: Viewer) -> UnlockSlot:
    """Keep what a device wrapped. Raises NotFound for a slot that was not begun just now."""
    begun = UnlockSlot.objects.filter(
        pk=device.device,
        membership_id=by.membership_id,
        kind=SlotKind.DEVICE,
        finished_at=None,
        created_at__gte=clock.now() - BEGUN_FOR,
    )
    slot = begun.select_for_update().first()
    if slot is None:
        raise NotFound("No such device.")
    if reading.own_keys(by) is None:
        raise Refused(409, "no_keys", _("Make your keys first."))
    slot.label, slot.salt, slot.nonce = device.label, device.salt, device.nonce
    slot.wrapped = device.wrapped
    slot.auth_hash = hashlib.sha256(device.auth).digest()
    slot.finished_at = clock.now()
    slot.save()
    audit.record("device.add", by=by, obj=slot, patient_id=by.patient_id)
    return slot


def open_device(*, device_id: UUID, auth: bytes, by: Viewer) -> tuple[UnlockSlot, AccountKeys]:
    """The slot with its share, and the keys, for a right PIN. Opens its own transactions.

    Raises NotFound, and Refused: "wrong" and "wait" with how many tries are left and until when to
    wait, "destroyed" when there are none.
    """
    with practice_transaction():
        slot = reading.device_for(by, device_id)
        counted = _count_a_try(slot)
    if not counted:
        raise _refusal(slot, by)
    with practice_transaction():
        slot = UnlockSlot.objects.select_for_update().get(pk=slot.pk)
        if slot.auth_hash is not None and _fits(auth, slot.auth_hash):
            slot.tries, slot.wait_until = 0, None
            slot.save(update_fields=["tries", "wait_until"])
            keys = reading.own_keys(by)
            if keys is None:
                raise NotFound("No keys to open.")
            return slot, keys
        if slot.tries >= MOST_TRIES and slot.destroyed_at is None:
            _destroy(slot, by)
    raise _refusal(slot, by)


def _count_a_try(slot: UnlockSlot) -> bool:
    """Add one, unless there are none left or it is not yet time: one statement, so that of any
    number at once each gets a number of its own.
    """
    now = clock.now()
    waits = [
        When(tries=tries - 1, then=Value(now + dt.timedelta(minutes=minutes)))
        for tries, minutes in WAITS.items()
    ]
    counted = UnlockSlot.objects.filter(
        Q(wait_until=None) | Q(wait_until__lte=now),
        pk=slot.pk,
        destroyed_at=None,
        tries__lt=MOST_TRIES,
    ).update(tries=F("tries") + 1, wait_until=Case(*waits, default=None))
    return counted == 1


def _fits(auth: bytes, auth_hash: bytes) -> bool:
    return hmac.compare_digest(hashlib.sha256(auth).digest(), bytes(auth_hash))


def _refusal(slot: UnlockSlot, by: Viewer) -> Refused:
    """Why not, from the row as it stands now; a share that outlived its last try goes here."""
    with practice_transaction():
        slot = UnlockSlot.objects.select_for_update().get(pk=slot.pk)
        if slot.tries >= MOST_TRIES and slot.destroyed_at is None:
            _destroy(slot, by)
    if slot.destroyed_at is not None:
        return Refused(
            410,
            "destroyed",
            _("This device can no longer open your messages. Use your recovery sheet."),
        )
    left = {"tries_left": MOST_TRIES - slot.tries, "wait_until": slot.wait_until}
    if slot.wait_until is not None and slot.wait_until > clock.now():
        return Refused(403, "wait", _("That was not right. Wait before you try again."), **left)
    return Refused(403, "wrong", _("That was not right. Check it, then try again."), **left)


def _destroy(slot: UnlockSlot, by: Viewer) -> None:
    empty(slot)
    audit.record(
        "device.destroy",
        by=by,
        obj=slot,
        patient_id=by.patient_id,
        outcome=Outcome.REFUSED,
        details={"tries": slot.tries},
    )


def revoke_device(*, device_id: UUID, by: Viewer) -> UnlockSlot:
    """A device of one's own opens nothing any more. Raises NotFound."""
    slot = reading.device_for(by, device_id)
    if slot.destroyed_at is None:
        empty(slot)
        audit.record("device.revoke", by=by, obj=slot, patient_id=by.patient_id)
    return slot


def empty(slot: UnlockSlot) -> None:
    """Nothing is left in it that could open anything."""
    slot.destroyed_at = clock.now()
    slot.wrapped = slot.server_share = slot.auth_hash = None
    slot.save(update_fields=["destroyed_at", "wrapped", "server_share", "auth_hash"])
