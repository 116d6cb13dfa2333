"""An upload from its preview to its end: short files at once, long ones by the worker.

The row is the truth: each step locks it, looks at its state, and does nothing that is done already.
"""

from __future__ import annotations

import contextlib
import datetime as dt
from collections.abc import Iterator
from uuid import UUID

from django.core.cache import cache
from django.db.models import QuerySet
from django.utils.translation import gettext as _
from redis.exceptions import RedisError

from portal import clock
from portal.access.viewer import Actor, SystemActor
from portal.appointments.importing import tell
from portal.appointments.importing.planning import plan
from portal.appointments.importing.reading import decoded, read
from portal.appointments.importing.writing import write
from portal.appointments.models import AppointmentImport, ImportState
from portal.audit import services as audit
from portal.practices.models import Membership
from portal.practices.selectors import current_practice, viewer_for
from portal.tenancy.context import crossing_practices
from portal.tenancy.errors import DomainError, NotFound

AT_ONCE = 1_000  # rows; more would let somebody wait before a blank page
KEPT = dt.timedelta(days=1)
BELL_LOST_AFTER = dt.timedelta(minutes=1)
WAITING = (ImportState.CHECKING, ImportState.WRITING)
MOST_LISTED = 10
EXAMPLE = (
    "id,patient,clinician,type,date,time,minutes,status,cancelled at,moved by,location,video\r\n"
    "1001,R-204,Cole Marsh,Session,27/11/2026,14:30,50,booked,,,,\r\n"
)


def runs_of_practice() -> QuerySet[AppointmentImport]:
    """The last uploads, the newest first, without what stands in them."""
    rows = AppointmentImport.objects.defer("content", "report").order_by("-created_at")
    return rows[:MOST_LISTED]


def run_named(import_id: UUID) -> AppointmentImport:
    """One upload. Raises NotFound."""
    found = AppointmentImport.objects.filter(pk=import_id).first()
    if found is None:
        raise NotFound("No such import.")
    return found


def upload(*, content: bytes, by: Actor) -> AppointmentImport:
    """Keep a file and compare it with the calendar: now, or by the worker when it is long.

    Raises Unusable for what is no file of appointments; then nothing is kept.
    """
    text = decoded(content)
    rows = len(read(text).rows)
    run = AppointmentImport.objects.create(
        content=text,
        counts={"rows": rows},
        created_at=clock.now(),
        by_id=by.membership_id,
        by_name=by.display_name[:120],
    )
    audit.record("import.upload", by=by, obj=run, details={"rows": rows})
    if rows <= AT_ONCE:
        check(run.pk)
    return run


def is_long(run: AppointmentImport) -> bool:
    """True when the worker does it."""
    return int(run.counts.get("rows", 0)) > AT_ONCE


def check(import_id: UUID) -> None:
    """Compare the file with the calendar and keep what it would do, for the preview."""
    run = _locked(import_id, ImportState.CHECKING)
    if run is None:
        return
    made = plan(run.content, practice=current_practice())
    run.counts, run.report = made.counts(), tell.report_of(made)
    run.state = ImportState.REFUSED if made.problems else ImportState.READY
    run.save(update_fields=["counts", "report", "state"])


def begin(*, run: AppointmentImport, by: Actor) -> None:
    """Somebody has looked and says yes. Twice changes nothing."""
    row = _locked(run.pk, ImportState.READY)
    if row is None:
        return
    row.state, row.by_id, row.by_name = ImportState.WRITING, by.membership_id, by.display_name[:120]
    row.save(update_fields=["state", "by", "by_name"])
    if not is_long(row):
        bring_in(row.pk)


def bring_in(import_id: UUID) -> None:
    """Compare once more, since time has passed, and write all of it or nothing."""
    run = _locked(import_id, ImportState.WRITING)
    if run is None:
        return
    practice = current_practice()
    made = plan(run.content, practice=practice)
    run.counts, run.report = made.counts(), tell.report_of(made)
    try:
        write(made, practice=practice, by=_actor(run), progress=lambda *at: _note(run.pk, *at))
    except DomainError as error:
        run.state = ImportState.REFUSED
        if not made.problems:
            run.report["problems"] = [[0, str(error)]]
    else:
        run.state, run.content, run.finished_at = ImportState.DONE, "", clock.now()
        run.report["rows"] = []  # who comes when stands in the calendar, and goes with it
    run.save(update_fields=["counts", "report", "state", "content", "finished_at"])


def drop(*, run: AppointmentImport, by: Actor) -> None:
    """Throw a file away that is not brought in. Raises DomainError once somebody has said yes."""
    row = AppointmentImport.objects.select_for_update(skip_locked=True).filter(pk=run.pk).first()
    if row is None or row.state == ImportState.WRITING:  # locked: it is being read or written
        raise DomainError(_("It is being brought in just now."))
    if row.state == ImportState.DONE:
        raise DomainError(_("It was brought in already."))
    audit.record("import.drop", by=by, obj=row)
    row.delete()


def progress_of(run: AppointmentImport) -> tuple[int, int] | None:
    """How many of how many are written, where that is known."""
    with contextlib.suppress(RedisError, OSError, ValueError):
        found: list[int] | None = cache.get(_key(run.pk))
        if found:
            return found[0], found[1]
    return None


def tidy() -> list[UUID]:
    """Forget files that nobody brought in, and name those whose bell was lost."""
    now = clock.now()
    AppointmentImport.objects.filter(
        state__in=[ImportState.READY, ImportState.REFUSED], created_at__lt=now - KEPT
    ).delete()
    waiting = AppointmentImport.objects.filter(
        state__in=WAITING, created_at__lt=now - BELL_LOST_AFTER
    )
    return list(waiting.values_list("pk", flat=True))


def work(import_id: UUID) -> int:
    """Whatever the row waits for. Returns that it was one file."""
    check(import_id)
    bring_in(import_id)
    return 1


def practices_with_files() -> Iterator[UUID]:
    """Practices with files that are not brought in, as the role that may look across them."""
    with crossing_practices(reason="imports whose bell was lost, files to forget") as alias:
        rows = AppointmentImport._base_manager.using(alias).exclude(state=ImportState.DONE)
        yield from rows.order_by().values_list("practice_id", flat=True).distinct()


def _locked(import_id: UUID, state: ImportState) -> AppointmentImport | None:
    """The row if it waits for this step and nobody is at it."""
    rows = AppointmentImport.objects.select_for_update(skip_locked=True, no_key=True)
    return rows.filter(pk=import_id, state=state).first()


def _actor(run: AppointmentImport) -> Actor:
    member = Membership.objects.filter(pk=run.by_id).first() if run.by_id else None
    return viewer_for(member) if member else SystemActor(run.by_name)


def _note(import_id: UUID, done: int, total: int) -> None:
    """Outside the transaction, which shows nothing until its end; without a cache nothing is."""
    with contextlib.suppress(RedisError, OSError):
        cache.set(_key(import_id), [done, total], timeout=3600)


def _key(import_id: UUID) -> str:
    return f"import:{import_id}"
