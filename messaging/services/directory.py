"""The practice's key directory: a manager's device signs, the server checks and appends."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from messaging.errors import Refused
from messaging.models import DirectoryEntry
from messaging.sealed.keys import Entry, PublicKeys
from messaging.sealed.primitives import CannotOpen, check
from messaging.selectors import keys as reading
from portal import clock
from portal.access.permissions import Permission
from portal.access.viewer import Viewer
from portal.audit import services as audit


@dataclass(frozen=True)
class SignedLine:
    """One line as a manager's device signed it."""

    n: int
    previous: bytes
    person: UUID
    kid: str
    public: PublicKeys
    revoked_at: str
    signature: bytes


def append_lines(*, lines: Sequence[SignedLine], by: Viewer) -> tuple[int, bytes]:
    """Append signed lines, all or none; return how many the directory has, and its head.

    Only what waits can be signed: the keys of a line are those that their owner sent. Raises
    Refused: "directory_moved" when it does not follow the last line, "directory", "signature".
    """
    if not by.can(Permission.MESSAGE_CONFIRM):
        raise PermissionDenied
    identity = reading.identity()
    if identity is None:
        raise Refused(409, "no_keys", _("Make the practice’s key for messages first."))
    waiting = {
        (one.person.pk, one.keys.kid, one.revoked_at): one.keys for one in reading.waiting_lines(by)
    }
    n, head = reading.directory_head()
    rows = []
    for line in lines:
        if (line.n, line.previous) != (n + 1, head):
            raise _moved()
        keys = waiting.pop((line.person, line.kid, line.revoked_at), None)
        if keys is None or (keys.x25519, keys.ed25519) != (line.public.x25519, line.public.ed25519):
            raise Refused(422, "directory", _("These keys are not waiting to be confirmed."))
        entry = _entry(line, by)
        try:
            check(identity.public, line.signature, entry.signed)
        except CannotOpen as error:
            raise Refused(422, "signature", _("The practice’s key has not signed this.")) from error
        n, head = line.n, entry.head
        rows.append(_row(line, head))
    _store(rows, by)
    return n, head


def _entry(line: SignedLine, by: Viewer) -> Entry:
    return Entry(
        practice=str(by.practice_id),
        n=line.n,
        previous=line.previous,
        person=str(line.person),
        keys=line.public,
        revoked_at=line.revoked_at,
    )


def _row(line: SignedLine, head: bytes) -> DirectoryEntry:
    return DirectoryEntry(
        n=line.n,
        previous=line.previous,
        person_id=line.person,
        kid=line.kid,
        x25519=line.public.x25519,
        ed25519=line.public.ed25519,
        revoked_at=line.revoked_at,
        signature=line.signature,
        head=head,
        stored_at=clock.now(),
    )


def _store(rows: list[DirectoryEntry], by: Viewer) -> None:
    """Two managers at once: the place is unique, so one of them is told to look again."""
    try:
        with transaction.atomic():
            DirectoryEntry.objects.bulk_create(rows)
    except IntegrityError as error:
        raise _moved() from error
    for row in rows:
        audit.record(
            "directory.sign",
            by=by,
            obj=row,
            details={"n": row.n, "person": str(row.person_id), "ends": bool(row.revoked_at)},
        )


def _moved() -> Refused:
    return Refused(409, "directory_moved", _("The list of keys has changed meanwhile."))
