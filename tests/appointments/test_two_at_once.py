"""Two people book the same time at the same moment."""

from __future__ import annotations

import datetime as dt
import threading
from typing import Any

from django.db import connections

from portal.access.viewer import SystemActor
from portal.appointments import services
from portal.tenancy.context import practice_scope
from tests.cast import Cast

BY = SystemActor("Test")


def test_one_of_two_simultaneous_bookings_wins(committed_db: Any, cast: Cast) -> None:
    with practice_scope(cast.alder.pk):
        kind = services.add_type(name="Meeting", minutes=50, by=BY)
    gate, answers = threading.Barrier(2), []

    def book(name: str) -> None:
        try:
            gate.wait(timeout=10)
            with practice_scope(cast.alder.pk):
                services.book(
                    patient=cast.patient(name),
                    clinician=cast.cole.membership,
                    type=kind,
                    local_start=dt.datetime.combine(dt.date(2027, 1, 12), dt.time(10)),
                    time_zone="Europe/London",
                    by=BY,
                )
            answers.append("booked")
        except services.SlotTaken:
            answers.append("taken")
        finally:
            connections.close_all()

    threads = [threading.Thread(target=book, args=(name,)) for name in ("ana", "ben")]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=20)
    assert sorted(answers) == ["booked", "taken"]


def test_of_two_who_want_each_others_times_one_is_told_and_none_is_an_error(
    committed_db: Any, cast: Cast
) -> None:
    """Each holds what the other waits for: the database ends one of them."""
    monday, wednesday = dt.date(2027, 1, 11), dt.date(2027, 1, 13)
    with practice_scope(cast.alder.pk):
        kind = services.add_type(name="Meeting", minutes=50, by=BY)
        rows = [
            services.book(
                patient=cast.patient(name),
                clinician=cast.cole.membership,
                type=kind,
                local_start=dt.datetime.combine(monday, dt.time(hour)),
                time_zone="Europe/London",
                by=BY,
            )
            for name, hour in (("ana", 10), ("ana", 11), ("ben", 12), ("ben", 13))
        ]
    gate, answers = threading.Barrier(2), []

    def move(first: tuple[int, int], second: tuple[int, int]) -> None:
        try:
            with practice_scope(cast.alder.pk):
                for number, (row, hour) in enumerate((first, second)):
                    services.move(
                        appointment=rows[row],
                        local_start=dt.datetime.combine(wednesday, dt.time(hour)),
                        wished_by_patient=True,
                        by=BY,
                    )
                    if number == 0:
                        gate.wait(timeout=10)
            answers.append("moved")
        except services.SlotTaken:
            answers.append("taken")
        finally:
            connections.close_all()

    pairs = (((0, 10), (1, 11)), ((2, 11), (3, 10)))
    threads = [threading.Thread(target=move, args=pair) for pair in pairs]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=20)
    assert sorted(answers) == ["moved", "taken"]
