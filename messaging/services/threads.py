"""Threads and their stretches: who may read what comes next."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final
from uuid import UUID

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from messaging.blobs import SealedBytes
from messaging.errors import Refused
from messaging.models import AccountKeys, Epoch, SealedKey, Thread
from messaging.sealed import epochs as sealed
from messaging.sealed.primitives import CannotOpen, check
from messaging.selectors import keys as reading_keys
from messaging.selectors import threads as reading
from portal import clock
from portal.access.viewer import Viewer
from portal.audit import services as audit
from portal.audit.selectors import events_of_practice

OPENING_LASTS: Final = dt.timedelta(hours=12)


@dataclass(frozen=True)
class NewEpoch:
    """A roster as it was signed, and the new key sealed to each of its members."""

    number: int
    members: Sequence[sealed.Member]
    commit: bytes
    signature: bytes
    seals: dict[tuple[str, str], SealedBytes]  # by person and kid


def begin_thread(*, patient_id: UUID | None, by: Viewer) -> tuple[Thread, bool]:
    """The thread with a patient, and whether it was made now. Raises NotFound."""
    patient = reading.patient_to_write_with(by, patient_id)
    thread, is_new = Thread.objects.get_or_create(
        patient=patient, purpose="care", defaults={"made_at": clock.now()}
    )
    if is_new:
        audit.record("thread.begin", by=by, obj=thread, patient_id=patient.pk)
    return thread, is_new


def note_opening(*, thread: Thread, by: Viewer) -> None:
    """The thread was asked for and given, with its newest envelopes."""
    audit.record("thread.open", by=by, obj=thread, patient_id=thread.patient_id)


def note_reading(*, thread: Thread, by: Viewer) -> None:
    """Envelopes are given to somebody who has not asked for the thread itself: an earlier page, or
    news. Recorded as an opening unless this person has opened it lately.
    """
    openings = events_of_practice(
        actor_id=by.membership_id,
        patient_id=thread.patient_id,
        action="thread.open",
        begins=clock.now() - OPENING_LASTS,
    )
    if not openings.filter(object_id=thread.pk).exists():
        note_opening(thread=thread, by=by)


def lock(thread_id: UUID, by: Viewer) -> Thread:
    """The thread, held until the transaction ends: what comes into it takes turns."""
    thread = reading.thread_for(by, thread_id)
    return Thread.objects.select_for_update(of=("self",)).get(pk=thread.pk)


def signing_keys(by: Viewer) -> AccountKeys:
    """The keys by which this person signs now. Raises Refused until they are confirmed."""
    keys = reading_keys.usable_keys(by)
    if keys is None:
        raise Refused(409, "no_keys", _("The practice has not confirmed your keys yet."))
    return keys


def make_epoch(*, thread_id: UUID, new: NewEpoch, by: Viewer) -> Epoch:
    """Begin a stretch with a new key. Raises NotFound, and Refused for a roster that is not the
    people of this thread now, a signer who may not, or a signature that is not theirs.
    """
    thread = lock(thread_id, by)
    keys = signing_keys(by)
    before = reading.last_epoch_of(thread)
    if new.number != (before.number if before else 0) + 1:
        raise Refused(409, "epoch_exists", _("Somebody else has begun the next stretch already."))
    parties = reading.parties_of([thread.patient_id])[thread.patient_id]
    if parties.state != "ready":
        raise Refused(409, "not_ready", _("Somebody’s keys are missing still."))
    _check_roster(new, parties, before)
    _check_signer(keys, before, by)
    stretch = sealed.Epoch(str(thread.practice_id), str(thread.pk), new.number)
    try:
        check(keys.ed25519, new.signature, sealed.signed_roster(stretch, new.members, new.commit))
    except CannotOpen as error:
        raise Refused(422, "signature", _("This list of readers is not signed by you.")) from error
    return _store(thread, new, keys, by)


def _check_roster(new: NewEpoch, parties: reading.Parties, before: Epoch | None) -> None:
    named = {(one.person, one.kid, one.role) for one in new.members}
    if len(named) != len(new.members) or named != parties.wanted_roster():
        raise Refused(422, "roster", _("These are not the people who read here now."))
    if set(new.seals) != {(one.person, one.kid) for one in new.members}:
        raise Refused(422, "roster", _("Each reader needs the key, and nobody else."))
    stood = {(one["person"], one["kid"]): one["reads_from"] for one in _members_of(before)}
    for one in new.members:
        if one.reads_from != stood.get((one.person, one.kid), new.number):
            raise Refused(422, "roster", _("Nobody reads from earlier than they did."))


def _check_signer(keys: AccountKeys, before: Epoch | None, by: Viewer) -> None:
    """Somebody who read before hands on. If the practice has signed the end of all their keys, the
    readers begin anew: clients go by the directory, and would refuse what is earlier than that.

    That the signer is among the new readers follows from the roster: who is not cannot open it.
    """
    stood = {(one["person"], one["kid"]) for one in _members_of(before)}
    if not stood or (str(by.membership_id), keys.kid) in stood:
        return
    kids = {kid for _person, kid in stood}
    if reading_keys.kids_not_taken_out(kids):
        raise Refused(422, "roster", _("Somebody who reads here already has to let the others in."))


def _members_of(epoch: Epoch | None) -> list[dict[str, Any]]:
    return list(epoch.members) if epoch else []


def _store(thread: Thread, new: NewEpoch, keys: AccountKeys, by: Viewer) -> Epoch:
    try:
        with transaction.atomic():
            epoch = Epoch.objects.create(
                thread=thread,
                number=new.number,
                members=[
                    {
                        "person": one.person,
                        "kid": one.kid,
                        "role": one.role,
                        "reads_from": one.reads_from,
                    }
                    for one in new.members
                ],
                commit=new.commit,
                signature=new.signature,
                signer_id=by.membership_id,
                signer_kid=keys.kid,
                made_at=clock.now(),
            )
    except IntegrityError as error:
        raise Refused(
            409, "epoch_exists", _("Somebody else has begun the next stretch already.")
        ) from error
    SealedKey.objects.bulk_create(
        SealedKey(epoch=epoch, person_id=UUID(person), kid=kid, blob=blob)
        for (person, kid), blob in new.seals.items()
    )
    audit.record(
        "epoch.make",
        by=by,
        obj=thread,
        patient_id=thread.patient_id,
        details={"number": new.number, "readers": [one.person for one in new.members]},
    )
    return epoch
