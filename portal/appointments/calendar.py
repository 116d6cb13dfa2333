"""Where things stand on a calendar: columns side by side, the hours of the wall downwards.

Plain shapes from rows that were read already. A place is four class names and a column
(`in-2 at-h9 at-m30 to-h10 to-m20`), as a page may carry no style of its own; `calendar.css` gives
each its rows. What is drawn follows the wall's clock, so a day with a change of the clock has its
hours where people look for them: the skipped hour stays empty, and a meeting in the second run of
a doubled hour stands aside.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass, field
from uuid import UUID

from portal import clock
from portal.appointments.models import Appointment
from portal.appointments.wall_time import day_bounds

UNIT = 5  # minutes in a row
SLOT = 30  # minutes that a free place is cut to
LEAST_FREE = 15  # minutes below which a gap is no place to book
DAY_MINUTES = 24 * 60
USUAL = (8 * 60, 18 * 60)  # what an empty calendar shows
Stretch = tuple[int, int]  # minutes of the wall since midnight: from, until


@dataclass(frozen=True)
class Lane:
    """What one column shows: a clinician on a day. `whole` is false where the viewer sees part."""

    title: str
    day: dt.date
    clinician_id: UUID | None
    clinician_name: str
    rows: Sequence[Appointment]
    open: Sequence[tuple[dt.time, dt.time]]
    away: Sequence[tuple[dt.datetime, dt.datetime]] = ()
    whole: bool = True
    href: str = ""
    needs: int = LEAST_FREE  # minutes that must be free from a time on, for it to be offered


@dataclass(frozen=True)
class Entry:
    """One place that can be pressed: an appointment, or a free time."""

    css: str
    column: int
    begins: int
    time: str
    until: str
    appointment: Appointment | None = None
    lane: Lane | None = None
    is_short: bool = False
    is_second: bool = False


@dataclass(frozen=True)
class Head:
    """The top of a column: who or which day, and the hours."""

    css: str
    lane: Lane
    hours: str
    away: str
    is_today: bool


@dataclass
class Group:
    """Heads with their entries in the order of reading."""

    heads: list[Head]
    entries: list[Entry] = field(default_factory=list)


@dataclass
class Calendar:
    """All that the template draws; `open` and `away` are the shading behind the entries.

    `next_visit` is the first one that is not over yet: where the keyboard begins.
    """

    columns: int
    hours: list[tuple[str, str]]
    open: list[str]
    away: list[str]
    now: str
    groups: list[Group]
    next_visit: UUID | None = None


def lay_out(lanes: Sequence[Lane], *, zone_name: str, now: dt.datetime, together: bool) -> Calendar:
    """The lanes beside each other. `together` reads them by time across all (a day), else one after
    the other (a week).
    """
    shown = _shown(lanes, zone_name)
    wall = clock.local_time(now, zone_name)
    open_: list[str] = []
    away_: list[str] = []
    heads: list[Head] = []
    found: list[list[Entry]] = []
    for column, lane in enumerate(lanes, start=1):
        opened = [(_minutes(a), _minutes(b)) for a, b in lane.open]
        away = [_on_day(begins, ends, lane.day, zone_name) for begins, ends in lane.away]
        away_parts = [each for each in away if each is not None]
        open_ += [_place(column, each, shown) for each in opened]
        away_ += [_place(column, each, shown) for each in away_parts]
        is_today = lane.day == wall.date()
        words = _hours_words(lane.open)
        heads.append(Head(f"in-{column}", lane, words, _away_words(away_parts), is_today))
        visits = [_visit(column, row, shown, zone_name) for row in lane.rows]
        taken = [(each.begins, each.begins + _length(each.appointment)) for each in visits]
        taken += away_parts
        if lane.whole:
            visits += _free(column, lane, opened, taken, shown, wall)
        found.append(sorted(visits, key=lambda each: each.begins))
    return Calendar(
        columns=len(lanes),
        hours=_hours(shown),
        open=open_,
        away=away_,
        now=_now_line(wall, lanes, shown),
        groups=_groups(heads, found, together),
        next_visit=_next_visit(lanes, now),
    )


def _next_visit(lanes: Sequence[Lane], now: dt.datetime) -> UUID | None:
    ahead = [row for lane in lanes for row in lane.rows if row.ends_at > now]
    return min(ahead, key=lambda row: row.starts_at).pk if ahead else None


def _groups(heads: list[Head], found: list[list[Entry]], together: bool) -> list[Group]:
    if not together:
        return [Group([head], entries) for head, entries in zip(heads, found, strict=True)]
    every = [entry for entries in found for entry in entries]
    return [Group(heads, sorted(every, key=lambda each: (each.begins, each.column)))]


def _shown(lanes: Sequence[Lane], zone_name: str) -> Stretch:
    """From the first full hour that anything needs to the last."""
    first, last = USUAL
    for lane in lanes:
        for begins, ends in lane.open:
            first, last = min(first, _minutes(begins)), max(last, _minutes(ends))
        for row in lane.rows:
            begin = _start(row, zone_name)
            first, last = min(first, begin), max(last, begin + _length(row))
    return first // 60 * 60, min(DAY_MINUTES, -(-last // 60) * 60)


def _visit(column: int, row: Appointment, shown: Stretch, zone_name: str) -> Entry:
    begins = _start(row, zone_name)
    local = clock.local_time(row.starts_at, zone_name)
    return Entry(
        css=_place(column, (begins, min(begins + _length(row), DAY_MINUTES)), shown),
        column=column,
        begins=begins,
        time=f"{local:%H:%M}",
        until=f"{clock.local_time(row.ends_at, zone_name):%H:%M}",
        appointment=row,
        is_short=_length(row) < SLOT,
        is_second=local.fold == 1,
    )


def _free(
    column: int,
    lane: Lane,
    opened: list[Stretch],
    taken: list[Stretch],
    shown: Stretch,
    wall: dt.datetime,
) -> list[Entry]:
    """The free times of a lane that are still to come, cut at each half hour."""
    if lane.day < wall.date():
        return []
    past = [(0, wall.hour * 60 + wall.minute)] if lane.day == wall.date() else []
    gaps = opened
    for each in [*taken, *past]:
        gaps = [part for gap in gaps for part in _without(gap, each)]
    entries = []
    for begins, ends in (part for gap in gaps for part in _cut(gap, lane.needs)):
        words = f"{begins // 60:02d}:{begins % 60:02d}"
        entries.append(
            Entry(_place(column, (begins, ends), shown), column, begins, words, "", lane=lane)
        )
    return entries


def _without(gap: Stretch, taken: Stretch) -> list[Stretch]:
    parts = [(gap[0], min(gap[1], taken[0])), (max(gap[0], taken[1]), gap[1])]
    return [(a, b) for a, b in parts if a < b] if taken[0] < gap[1] and taken[1] > gap[0] else [gap]


def _cut(gap: Stretch, needs: int) -> list[Stretch]:
    """At each half hour; a start is on a row's line, and what is too short is left out."""
    at, parts = -(-gap[0] // UNIT) * UNIT, []
    while at < gap[1]:
        ends = min(gap[1], at // SLOT * SLOT + SLOT)
        if ends - at >= LEAST_FREE and gap[1] - at >= needs:
            parts.append((at, ends))
        at = ends
    return parts


def _on_day(begins: dt.datetime, ends: dt.datetime, day: dt.date, zone_name: str) -> Stretch | None:
    """The part of a time away that lies on that day, on its wall; None for none."""
    first, last = day_bounds(day, zone_name)
    if begins >= last or ends <= first:
        return None
    start = clock.local_time(max(begins, first), zone_name)
    end = clock.local_time(ends, zone_name)
    until = DAY_MINUTES if ends >= last else end.hour * 60 + end.minute
    return start.hour * 60 + start.minute, until


def _place(column: int, stretch: Stretch, shown: Stretch) -> str:
    """Class names of a column and of the rows from and until; what lies outside is cut off."""
    first = max(stretch[0], shown[0]) - shown[0]
    last = max(min(stretch[1], shown[1]) - shown[0], first + UNIT)
    first, last = first // UNIT * UNIT, -(-last // UNIT) * UNIT
    return f"in-{column} {_rows(first, last)}"


def _rows(first: int, last: int) -> str:
    return f"at-h{first // 60} at-m{first % 60} to-h{last // 60} to-m{last % 60}"


def _hours(shown: Stretch) -> list[tuple[str, str]]:
    return [
        (_rows(at - shown[0], at - shown[0] + 60), f"{at // 60:02d}:00") for at in range(*shown, 60)
    ]


def _now_line(wall: dt.datetime, lanes: Sequence[Lane], shown: Stretch) -> str:
    """Where now stands, on the columns of today; empty when it is not in sight."""
    at = (wall.hour * 60 + wall.minute) // UNIT * UNIT
    columns = [number for number, lane in enumerate(lanes, start=1) if lane.day == wall.date()]
    if not columns or not shown[0] <= at < shown[1]:
        return ""
    reach = "" if len(columns) == len(lanes) else f"in-{columns[0]} "
    return f"{reach}{_rows(at - shown[0], at - shown[0] + UNIT)}"


def _start(row: Appointment, zone_name: str) -> int:
    local = clock.local_time(row.starts_at, zone_name)
    return local.hour * 60 + local.minute


def _length(row: Appointment | None) -> int:
    return int((row.ends_at - row.starts_at).total_seconds() // 60) if row else 0


def _minutes(time: dt.time) -> int:
    return time.hour * 60 + time.minute


def _away_words(parts: Sequence[Stretch]) -> str:
    """The times away in words; "00:00–24:00" for a whole day."""
    return ", ".join(
        f"{a // 60:02d}:{a % 60:02d}–{b // 60:02d}:{b % 60:02d}" for a, b in sorted(parts)
    )


def _hours_words(parts: Sequence[tuple[dt.time, dt.time]]) -> str:
    return ", ".join(f"{a:%H:%M}–{b:%H:%M}" for a, b in parts)
