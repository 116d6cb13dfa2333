"""Reading threads, as somebody: a patient their own, a clinician those of their care teams.

What a person gets of a thread is the stretches whose key was sealed to them, and no more.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final, TypedDict
from uuid import UUID

from django.db.models import Count, Exists, IntegerField, OuterRef, QuerySet, Subquery
from django.db.models.functions import Coalesce

from messaging.models import (
    AccountKeys,
    Envelope,
    Epoch,
    Receipt,
    ReceiptState,
    SealedKey,
    Thread,
)
from messaging.selectors.keys import live_keys_of, role_of
from portal import clock
from portal.access.roles import Role
from portal.access.viewer import Viewer
from portal.people.models import CareTeamMember, Patient, PatientStatus
from portal.practices.models import Membership
from portal.tenancy.errors import NotFound

if TYPE_CHECKING:
    from django_stubs_ext import WithAnnotations

PAGE: Final = 50
NEWS: Final = 200
OLDEST_KEY: Final = dt.timedelta(days=90)


def patients_to_write_with(viewer: Viewer) -> QuerySet[Patient]:
    """Oneself, or the patients whose care team one is on now. Managers: nobody."""
    if viewer.patient_id is not None:
        return Patient.objects.filter(pk=viewer.patient_id)
    if Role.CLINICIAN not in viewer.roles:
        return Patient.objects.none()
    place = CareTeamMember.objects.filter(
        patient=OuterRef("pk"), ended_at=None, membership_id=viewer.membership_id
    )
    return Patient.objects.filter(Exists(place))


def patients_to_begin_with(viewer: Viewer) -> QuerySet[Patient]:
    """Of those, the ones who are in care here still, by name."""
    patients = patients_to_write_with(viewer).filter(status=PatientStatus.ACTIVE)
    return patients.order_by("family_name", "given_name", "pk")


def patient_to_write_with(viewer: Viewer, patient_id: UUID | None) -> Patient:
    """That patient, still in care here; without an id oneself. Raises NotFound."""
    wanted = patient_id or viewer.patient_id
    found = patients_to_begin_with(viewer).filter(pk=wanted).first() if wanted else None
    if found is None:
        raise NotFound("No such patient.")
    return found


class Unread(TypedDict):
    """What `threads_for` has counted."""

    unread: int


def threads_for(viewer: Viewer) -> QuerySet[WithAnnotations[Thread, Unread]]:
    """The viewer's threads, those with news first; each with `unread`."""
    unread = (
        _readable(viewer, Envelope.objects.filter(thread=OuterRef("pk")))
        .exclude(sender_id=viewer.membership_id)
        .filter(~Exists(_read_by(viewer)))
        .order_by()
        .values("thread")
        .annotate(number=Count("pk"))
        .values("number")
    )
    return (
        _threads(viewer)
        .select_related("patient", "last_sender")
        .annotate(unread=Coalesce(Subquery(unread, output_field=IntegerField()), 0))
        .order_by("-last_at", "-made_at", "pk")
    )


def threads_with_news(viewer: Viewer) -> QuerySet[WithAnnotations[Thread, Unread]]:
    """Those of the viewer's threads in which something is unread."""
    return threads_for(viewer).filter(unread__gt=0)


def thread_for(viewer: Viewer, thread_id: UUID) -> Thread:
    """One thread. Raises NotFound for a missing one and for one out of reach alike."""
    found = _threads(viewer).select_related("patient").filter(pk=thread_id).first()
    if found is None:
        raise NotFound("No such thread.")
    return found


def _threads(viewer: Viewer) -> QuerySet[Thread]:
    return Thread.objects.filter(patient__in=patients_to_write_with(viewer))


@dataclass(frozen=True)
class Party:
    """Somebody who belongs to a thread; `keys` is their live pair, if they have made one."""

    membership: Membership
    role: str
    keys: AccountKeys | None
    is_confirmed: bool


@dataclass(frozen=True)
class Parties:
    """A patient's account (where there is one) and the clinicians of the care team."""

    people: list[Party] = field(default_factory=list)

    @property
    def readers(self) -> list[Party]:
        """Those who can be sealed to: whom the next roster must have."""
        return [one for one in self.people if one.is_confirmed]

    @property
    def state(self) -> str:
        """Whom the thread waits for, or "ready"."""
        for role in ("patient", "clinician"):
            theirs = [one for one in self.people if one.role == role]
            if not any(one.keys for one in theirs):
                return f"waiting_for_{role}_keys"
        roles = {one.role for one in self.readers}
        return "ready" if {"patient", "clinician"} <= roles else "waiting_for_confirmation"

    def wanted_roster(self) -> set[tuple[str, str, str]]:
        """(person, kid, role) of each reader."""
        return {
            (str(one.membership.pk), one.keys.kid, one.role) for one in self.readers if one.keys
        }


def parties_of(patients: Iterable[UUID]) -> dict[UUID, Parties]:
    """Who belongs to the threads of these patients; four queries for any number.

    Readers of other kinds (records, duty, cover) are to join here.
    """
    ids = list(patients)
    accounts = list(Membership.objects.active().filter(patient_id__in=ids))
    places = list(
        CareTeamMember.objects.filter(
            patient_id__in=ids,
            ended_at=None,
            membership__status="active",
            membership__roles__contains=[Role.CLINICIAN.value],
        )
        .select_related("membership")
        .order_by("membership__display_name", "pk")
    )
    people = {one.pk for one in accounts} | {place.membership_id for place in places}
    keys, standing = live_keys_of(people)
    parties: dict[UUID, Parties] = {pk: Parties() for pk in ids}

    def add(patient_id: UUID, membership: Membership) -> None:
        pk = membership.pk
        party = Party(membership, role_of(membership.roles), keys.get(pk), pk in standing)
        parties[patient_id].people.append(party)

    for account in accounts:
        if account.patient_id is not None:
            add(account.patient_id, account)
    for place in places:
        add(place.patient_id, place.membership)
    return parties


def epochs_of(thread: Thread) -> list[Epoch]:
    """All rosters of a thread already given, the first one first."""
    return list(Epoch.objects.filter(thread=thread).order_by("number"))


def last_epoch_of(thread: Thread) -> Epoch | None:
    """The newest roster of a thread already given."""
    return Epoch.objects.filter(thread=thread).order_by("-number").first()


def sealed_keys_for(viewer: Viewer, thread: Thread) -> dict[UUID, SealedKey]:
    """The viewer's own sealed keys by epoch; the newest pair's where there are two."""
    keys = SealedKey.objects.filter(epoch__thread=thread, person_id=viewer.membership_id)
    live = AccountKeys.objects.filter(
        membership_id=viewer.membership_id, ended_at=None, kid=OuterRef("kid")
    )
    return {one.epoch_id: one for one in keys.annotate(is_live=Exists(live)).order_by("is_live")}


def needs_rotation(epoch: Epoch | None, parties: Parties) -> bool:
    """Whether the next message needs a new key: nobody has made one yet, a reader left or came,
    somebody's keys changed, or ninety days have passed.
    """
    if epoch is None:
        return True
    roster = {(one["person"], one["kid"], one["role"]) for one in epoch.members}
    return roster != parties.wanted_roster() or epoch.made_at + OLDEST_KEY < clock.now()


def envelopes_for(
    viewer: Viewer, thread: Thread, *, before: int | None = None, after: int | None = None
) -> list[Envelope]:
    """Envelopes of a thread already given, in the order of their places, with their receipts.

    The newest page, the page before a place, or the first NEWS after one; one more than that
    number says that there are more.
    """
    found = _readable(viewer, Envelope.objects.filter(thread=thread))
    found = found.select_related("epoch").prefetch_related("receipts")
    if after is not None:
        return list(found.filter(position__gt=after).order_by("position")[: NEWS + 1])
    if before is not None:
        found = found.filter(position__lt=before)
    return list(found.order_by("-position")[: PAGE + 1])[::-1]


def receipts_after(viewer: Viewer, thread: Thread, after: int) -> list[Receipt]:
    """Receipts of the thread that came after a place, for envelopes that the viewer may have."""
    readable = _readable(viewer, Envelope.objects.filter(thread=thread))
    return list(
        Receipt.objects.filter(thread=thread, position__gt=after, envelope__in=readable)
        .select_related("envelope")
        .order_by("position")[: NEWS + 1]
    )


def news_cursor(envelopes: list[Envelope], receipts: list[Receipt]) -> int:
    """How far a full page of news reaches: nothing before it is left out."""
    ends = [found[NEWS - 1].position for found in (envelopes, receipts) if len(found) > NEWS]
    return min(ends)


def readable_named(viewer: Viewer, thread: Thread, ids: Iterable[UUID]) -> list[Envelope]:
    """The envelopes with these numbers that the viewer may have."""
    return list(_readable(viewer, Envelope.objects.filter(thread=thread, message_id__in=list(ids))))


def states_said(viewer: Viewer, envelopes: Iterable[Envelope]) -> dict[UUID, set[str]]:
    """What the viewer has confirmed of each envelope."""
    said: dict[UUID, set[str]] = {}
    rows = Receipt.objects.filter(envelope__in=list(envelopes), reader_id=viewer.membership_id)
    for envelope_id, state in rows.values_list("envelope_id", "state"):
        said.setdefault(envelope_id, set()).add(state)
    return said


def last_of_sender(thread: Thread, sender_id: UUID) -> tuple[int, bytes]:
    """The number and the hash of somebody's last envelope in a thread; (0, zeros) before it."""
    last = (
        Envelope.objects.filter(thread=thread, sender_id=sender_id)
        .order_by("-sequence")
        .values_list("sequence", "hash")
        .first()
    )
    return (last[0], bytes(last[1])) if last else (0, bytes(32))


def _readable(viewer: Viewer, envelopes: QuerySet[Envelope]) -> QuerySet[Envelope]:
    """Those of stretches whose key was sealed to the viewer."""
    own = SealedKey.objects.filter(epoch=OuterRef("epoch"), person_id=viewer.membership_id)
    return envelopes.filter(Exists(own))


def _read_by(viewer: Viewer) -> QuerySet[Receipt]:
    return Receipt.objects.filter(
        envelope=OuterRef("pk"), reader_id=viewer.membership_id, state=ReceiptState.READ
    )
