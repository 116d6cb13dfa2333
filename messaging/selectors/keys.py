"""Reading keys, slots and the practice's directory, as somebody."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from uuid import UUID

from django.db.models import Exists, OuterRef, Q, QuerySet

from messaging.models import AccountKeys, DirectoryEntry, PracticeIdentity, SlotKind, UnlockSlot
from messaging.sealed.keys import FIRST
from portal.access.permissions import Permission
from portal.access.roles import Role
from portal.access.viewer import Viewer
from portal.practices.models import Membership
from portal.tenancy.errors import NotFound

ENTRIES_AT_A_TIME = 500


def role_of(roles: Iterable[str]) -> str:
    """What somebody is in rosters and in the directory."""
    held = set(roles)
    if Role.PATIENT in held:
        return "patient"
    return "clinician" if Role.CLINICIAN in held else "manager"


def identity() -> PracticeIdentity | None:
    """The practice's identity, which everybody here may pin."""
    return PracticeIdentity.objects.first()


def own_identity(viewer: Viewer) -> PracticeIdentity:
    """The identity with its private half, for its maker alone. Raises NotFound."""
    found = PracticeIdentity.objects.filter(made_by_id=viewer.membership_id).first()
    if found is None or not viewer.can(Permission.MESSAGE_CONFIRM):
        raise NotFound("No identity that you made.")
    return found


def own_keys(viewer: Viewer) -> AccountKeys | None:
    """The viewer's live pair."""
    return AccountKeys.objects.filter(membership_id=viewer.membership_id, ended_at=None).first()


def confirmed(keys: QuerySet[AccountKeys]) -> QuerySet[AccountKeys]:
    """Those that stand in the directory: entered, and not taken out since."""
    entries = DirectoryEntry.objects.filter(person=OuterRef("membership"), kid=OuterRef("kid"))
    return keys.filter(
        Exists(entries.filter(revoked_at="")), ~Exists(entries.exclude(revoked_at=""))
    )


def kids_not_taken_out(kids: Iterable[str]) -> set[str]:
    """Those of these keys whose end the practice has not signed: what every client goes by."""
    lines = DirectoryEntry.objects.filter(kid__in=list(kids))
    ended = lines.exclude(revoked_at="").values("kid")
    return set(lines.exclude(kid__in=ended).values_list("kid", flat=True))


def usable_keys(viewer: Viewer) -> AccountKeys | None:
    """The viewer's live pair if the practice has confirmed it."""
    return confirmed(
        AccountKeys.objects.filter(membership_id=viewer.membership_id, ended_at=None)
    ).first()


def was_revoked(keys: AccountKeys) -> bool:
    """Whether the directory says that these keys ended; their owner has to make others."""
    lines = DirectoryEntry.objects.filter(person_id=keys.membership_id, kid=keys.kid)
    return lines.exclude(revoked_at="").exists()


def live_keys_of(memberships: Iterable[UUID]) -> tuple[dict[UUID, AccountKeys], set[UUID]]:
    """The live pair of each person who has one, and the people whose pair is confirmed."""
    keys = AccountKeys.objects.filter(membership_id__in=list(memberships), ended_at=None)
    standing = set(confirmed(keys).values_list("membership_id", flat=True))
    return {one.membership_id: one for one in keys}, standing


def devices_of(viewer: Viewer) -> QuerySet[UnlockSlot]:
    """The viewer's own devices that were set up, the newest first."""
    return UnlockSlot.objects.filter(
        membership_id=viewer.membership_id, kind=SlotKind.DEVICE, finished_at__isnull=False
    ).order_by("-created_at", "pk")


def device_for(viewer: Viewer, device_id: UUID) -> UnlockSlot:
    """One device of one's own, also a destroyed one. Raises NotFound."""
    found = devices_of(viewer).filter(pk=device_id).first()
    if found is None:
        raise NotFound("No such device.")
    return found


def recovery_of(viewer: Viewer) -> UnlockSlot | None:
    """The slot of the viewer's recovery sheet."""
    return UnlockSlot.objects.filter(
        membership_id=viewer.membership_id, kind=SlotKind.RECOVERY, destroyed_at=None
    ).first()


def directory_head() -> tuple[int, bytes]:
    """How many lines the directory has, and the hash of the last one."""
    last = DirectoryEntry.objects.order_by("-n").values_list("n", "head").first()
    return (last[0], bytes(last[1])) if last else (0, FIRST)


def is_known_head(head: bytes) -> bool:
    """Whether the directory has had that head."""
    return DirectoryEntry.objects.filter(head=head).exists()


def directory_after(n: int) -> list[DirectoryEntry]:
    """The lines after the n-th, with the people; one more than ENTRIES_AT_A_TIME says: go on."""
    entries = DirectoryEntry.objects.filter(n__gt=n).select_related("person").order_by("n")
    return list(entries[: ENTRIES_AT_A_TIME + 1])


@dataclass(frozen=True)
class Waiting:
    """A line that the practice has still to sign: new keys, or keys that end (`revoked_at`)."""

    person: Membership
    keys: AccountKeys
    revoked_at: str
    asked_at: dt.datetime


def waiting_lines(viewer: Viewer) -> list[Waiting]:
    """What waits for the manager's signature: keys that end first, then new ones, oldest first.

    Keys end when their owner makes others or leaves the practice.
    """
    if not viewer.can(Permission.MESSAGE_CONFIRM):
        return []
    lines = DirectoryEntry.objects.filter(person=OuterRef("membership"), kid=OuterRef("kid"))
    keys = AccountKeys.objects.select_related("membership").annotate(
        is_in=Exists(lines.filter(revoked_at="")), is_out=Exists(lines.exclude(revoked_at=""))
    )
    has_ended = Q(ended_at__isnull=False) | Q(membership__status="left")
    ending = [
        Waiting(one.membership, one, iso(when), when)
        for one in keys.filter(has_ended, is_in=True, is_out=False)
        for when in [one.ended_at or one.membership.left_at or one.made_at]
    ]
    new = [
        Waiting(one.membership, one, "", one.made_at)
        for one in keys.filter(~has_ended, is_in=False)
    ]
    return sorted(ending, key=_by_time) + sorted(new, key=_by_time)


def _by_time(waiting: Waiting) -> tuple[dt.datetime, str]:
    return waiting.asked_at, str(waiting.keys.pk)


def iso(moment: dt.datetime) -> str:
    """A moment as it is signed: UTC, to the second."""
    return moment.astimezone(dt.UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
