"""Long imports, which the worker checks and writes, and the sweep for bells that were lost."""

from __future__ import annotations

from uuid import UUID

from portal.appointments.importing import runs
from portal.tenancy.sweeps import Sweep
from portal.tenancy.tasks import platform_task, practice_task


@practice_task(name="appointments.work_import")
def work_import(import_id: str) -> None:
    """Check or bring in one file, whatever it waits for."""
    runs.work(UUID(import_id))


@platform_task(name="appointments.work_waiting_imports")
def work_waiting_imports() -> None:
    """Each minute: files whose bell was lost, and files that nobody wants any more.

    A file that cannot be worked on keeps no other waiting; it is tried again by the next sweep.
    """
    sweep = Sweep(runs.tidy, runs.work, "a file could not be worked on")
    sweep.over(list(runs.practices_with_files()))
