"""A person's keys and recovery sheet, and the identity of the practice."""

from __future__ import annotations

from dataclasses import dataclass

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from messaging.blobs import SealedBytes
from messaging.errors import Refused
from messaging.models import AccountKeys, PracticeIdentity, SlotKind, UnlockSlot
from messaging.sealed.keys import PublicKeys
from messaging.sealed.primitives import CannotOpen, seal
from messaging.selectors import keys as reading
from messaging.services import devices
from portal import clock
from portal.access.viewer import Viewer
from portal.audit import services as audit


@dataclass(frozen=True)
class NewKeys:
    """What a device made: the public halves, and the private ones wrapped."""

    kid: str
    public: PublicKeys
    wrapped: SealedBytes


@dataclass(frozen=True)
class Sheet:
    """The account key wrapped for the code on a printed sheet."""

    nonce: bytes
    wrapped: SealedBytes


def make_keys(
    *,
    new: NewKeys,
    sheet: Sheet,
    device: devices.Finished | None,
    may_replace: bool,
    by: Viewer,
) -> AccountKeys:
    """Store somebody's first keys, or others in place of those they have (`may_replace`).

    Raises Refused for keys that are none, that somebody has already, or that would replace.
    """
    _check_public(new)
    before = reading.own_keys(by)
    if before is not None and not may_replace:
        raise Refused(409, "keys_exist", _("You have keys for messages already."))
    if before is not None:
        _end(before, by)
    try:
        with transaction.atomic():
            keys = AccountKeys.objects.create(
                membership_id=by.membership_id,
                kid=new.kid,
                x25519=new.public.x25519,
                ed25519=new.public.ed25519,
                wrapped=new.wrapped,
                made_at=clock.now(),
            )
    except IntegrityError as error:
        raise Refused(409, "keys_exist", _("These keys are here already.")) from error
    if device is not None:
        devices.finish_device(device=device, by=by)
    _keep_sheet(sheet, by)
    audit.record(
        "keys.make",
        by=by,
        obj=keys,
        patient_id=by.patient_id,
        details={"kid": keys.kid, "replaces": before.kid if before else ""},
    )
    return keys


def _check_public(new: NewKeys) -> None:
    try:
        seal(b"", new.public.x25519, b"")  # refuses points that would give everybody the same key
    except CannotOpen as error:
        raise Refused(422, "keys", _("These keys cannot be used.")) from error
    if new.kid != new.public.kid:
        raise Refused(422, "keys", _("The name of these keys is not theirs."))


def _end(keys: AccountKeys, by: Viewer) -> None:
    """These keys are over, and whatever opened them; the practice signs that they end."""
    AccountKeys.objects.filter(pk=keys.pk).update(ended_at=clock.now())
    for slot in UnlockSlot.objects.filter(membership_id=by.membership_id, destroyed_at=None):
        if slot.finished_at is not None:
            devices.empty(slot)


def replace_sheet(*, sheet: Sheet, by: Viewer) -> None:
    """Another recovery sheet: the one before opens nothing from now on. Raises Refused."""
    if reading.own_keys(by) is None:
        raise Refused(409, "no_keys", _("Make your keys first."))
    _keep_sheet(sheet, by)
    audit.record("recovery.replace", by=by, patient_id=by.patient_id)


def _keep_sheet(sheet: Sheet, by: Viewer) -> None:
    before = reading.recovery_of(by)
    if before is not None:
        devices.empty(before)
    now = clock.now()
    UnlockSlot.objects.create(
        membership_id=by.membership_id,
        kind=SlotKind.RECOVERY,
        nonce=sheet.nonce,
        wrapped=sheet.wrapped,
        created_at=now,
        finished_at=now,
    )


def make_identity(*, public: bytes, wrapped: SealedBytes, by: Viewer) -> PracticeIdentity:
    """The key that vouches for everybody's; once a practice, by a manager with keys.

    Raises Refused.
    """
    if reading.own_keys(by) is None:
        raise Refused(409, "no_keys", _("Make your own keys first: they keep the practice’s."))
    try:
        with transaction.atomic():
            identity = PracticeIdentity.objects.create(
                public=public, wrapped=wrapped, made_by_id=by.membership_id, made_at=clock.now()
            )
    except IntegrityError as error:
        raise Refused(
            409, "identity_exists", _("The practice has its key for messages already.")
        ) from error
    audit.record("identity.make", by=by, obj=identity)
    return identity
