"""Alder on a Tuesday at noon, with a type, Cole's and Cleo's hours, and a way to book."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

import pytest

from portal import clock
from portal.access.viewer import SystemActor
from portal.appointments import services
from portal.appointments.models import Appointment, AppointmentType
from portal.tenancy.context import practice_scope
from tests.cast import Cast

if TYPE_CHECKING:
    from tests.appointments.importing import Importing

BY = SystemActor("Test")
NOON = dt.datetime(2026, 11, 24, 12, tzinfo=dt.UTC)
TOMORROW = dt.date(2026, 11, 25)


@dataclass
class Schedule:
    """A small schedule. `book("ana", 10)` books Cole tomorrow at 10:00."""

    cast: Cast
    type: AppointmentType

    def book(
        self,
        patient: str = "ana",
        hour: int = 10,
        *,
        day: dt.date = TOMORROW,
        clinician: str = "cole",
        minute: int = 0,
    ) -> Appointment:
        with practice_scope(self.cast.alder.pk):
            return services.book(
                patient=self.cast.patient(patient),
                clinician=self.cast.people[clinician].membership,
                type=self.type,
                local_start=dt.datetime.combine(day, dt.time(hour, minute)),
                time_zone="Europe/London",
                by=BY,
            )

    def again(self, row: Appointment) -> Appointment:
        """The row as it stands now."""
        with practice_scope(self.cast.alder.pk):
            return Appointment.objects.get(pk=row.pk)

    def history(self, row: Appointment) -> list[tuple[str, str]]:
        """Status and reason of each step."""
        with practice_scope(self.cast.alder.pk):
            return [
                (step.status, "moved" if step.moved else step.reason)
                for step in row.history.order_by("at", "pk")
            ]

    def form(self, **changes: object) -> dict[str, object]:
        """What the booking page posts."""
        return {
            "type": str(self.type.pk),
            "clinician": str(self.cast.cole.membership.pk),
            "day": TOMORROW.isoformat(),
            "time": "10:00",
            "location": "",
            "video_url": "",
            **changes,
        }


@pytest.fixture
def schedule(cast: Cast) -> Iterator[Schedule]:
    clock.move_to(NOON)
    with practice_scope(cast.alder.pk):
        kind = services.add_type(name="Meeting", minutes=50, by=BY)
        for name in ("cole", "cleo"):
            services.set_availability(
                clinician=cast.people[name].membership,
                hours=[(day, dt.time(9), dt.time(17)) for day in range(5)],
                by=BY,
            )
    yield Schedule(cast, kind)
    clock.forget()


@pytest.fixture
def importing(schedule: Schedule) -> Importing:
    from tests.appointments.importing import furnish  # which needs what stands above

    return furnish(schedule)
