"""Whose record a request has had in hand, so that none is shown without being written down.

A selector that hands one patient's row out says so here; an event about that patient settles it.
What is left when the page is ready was only looked at, and the middleware records it. So no page
can be read round the audit by its edit form, its print or its error, and no view has to think of
it. Outside a page nothing is watched.
"""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from contextvars import ContextVar
from dataclasses import dataclass, field
from uuid import UUID


@dataclass
class Sight:
    """The patients whose rows were handed out, and those about whom something is written."""

    handed: set[UUID] = field(default_factory=set)
    written: set[UUID] = field(default_factory=set)

    @property
    def unwritten(self) -> list[UUID]:
        return sorted(self.handed - self.written)


_sight: ContextVar[Sight | None] = ContextVar("sight", default=None)


@contextlib.contextmanager
def watching() -> Iterator[Sight]:
    """Watch whose records are handed out until the end of the block."""
    sight = Sight()
    token = _sight.set(sight)
    try:
        yield sight
    finally:
        _sight.reset(token)


def handed(patient_id: UUID | None) -> None:
    """A row about this patient is given to somebody; None for a row about nobody."""
    sight = _sight.get()
    if sight is not None and patient_id is not None:
        sight.handed.add(patient_id)


def written(patient_id: UUID | None) -> None:
    """An event about this patient is recorded."""
    sight = _sight.get()
    if sight is not None and patient_id is not None:
        sight.written.add(patient_id)
