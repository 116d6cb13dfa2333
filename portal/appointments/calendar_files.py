"""An appointment as a file for the calendar on somebody's phone (RFC 5545, one event).

Others see that calendar: the entry has the type's discreet title, the address of the place and
nothing else that says what it is or with whom. The times are instants in UTC, which every calendar
shows by its own clock. The id stays the same and SEQUENCE is the appointment's version, so a file
fetched after a move takes the place of the entry that is there.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator

from django.http import HttpResponse

from portal import clock
from portal.appointments.models import CANCELLED, Appointment
from portal.practices.models import Practice

MIME_TYPE = "text/calendar; charset=utf-8"
NAME = "appointment.ics"
_OCTETS = 75  # of a line, its end not counted
_UNPRINTABLE = re.compile(r"[\x00-\x08\x0b-\x1f\x7f]")


def calendar_file(
    appointment: Appointment, *, practice: Practice, with_place: bool = True
) -> bytes:
    """The whole file, UTF-8. Read with its type and its place, so that nothing more is asked.

    A cancelled appointment is a file that takes the entry back. Without the place for whoever holds
    a link: the text that brought it did not say where.
    """
    place = _place(appointment, practice) if with_place else ""
    lines = (part for line in _lines(appointment, place) for part in _folded(line))
    return "".join(f"{line}\r\n" for line in lines).encode()


def calendar_response(
    appointment: Appointment, *, practice: Practice, with_place: bool = True
) -> HttpResponse:
    """The same as something to download."""
    return HttpResponse(
        calendar_file(appointment, practice=practice, with_place=with_place),
        content_type=MIME_TYPE,
        headers={"Content-Disposition": f'attachment; filename="{NAME}"'},
    )


def _lines(row: Appointment, place: str) -> Iterator[str]:
    is_cancelled = row.status in CANCELLED
    yield "BEGIN:VCALENDAR"
    yield "VERSION:2.0"
    yield "PRODID:-//Third Session//Appointments//EN"
    yield "CALSCALE:GREGORIAN"
    yield f"METHOD:{'CANCEL' if is_cancelled else 'PUBLISH'}"
    yield "BEGIN:VEVENT"
    yield f"UID:{row.pk}@appointments"
    yield f"DTSTAMP:{_utc(clock.now())}"
    yield f"SEQUENCE:{row.version}"
    yield f"DTSTART:{_utc(row.starts_at)}"
    yield f"DTEND:{_utc(row.ends_at)}"
    yield f"SUMMARY:{_text(row.type.discreet_title)}"
    if place:
        yield f"LOCATION:{_text(place)}"
    yield f"STATUS:{'CANCELLED' if is_cancelled else 'CONFIRMED'}"
    yield "CLASS:PRIVATE"
    yield "TRANSP:OPAQUE"
    yield "END:VEVENT"
    yield "END:VCALENDAR"


def _place(row: Appointment, practice: Practice) -> str:
    """The address, which is on the door; never the name of the place or of a room, nor a link."""
    if row.video_link or row.type.is_video:
        return ""
    address = row.place.address if row.place else practice.address
    return ", ".join(line.strip() for line in address.splitlines() if line.strip())


def _utc(moment: dt.datetime) -> str:
    return moment.astimezone(dt.UTC).strftime("%Y%m%dT%H%M%SZ")


def _text(words: str) -> str:
    """A TEXT value: what would end it or begin another is escaped (RFC 5545, 3.3.11)."""
    words = words.replace("\r\n", "\n").replace("\r", "\n")
    words = _UNPRINTABLE.sub("", words)
    for sign in ("\\", ";", ","):
        words = words.replace(sign, f"\\{sign}")
    return words.replace("\n", "\\n")


def _folded(line: str) -> Iterator[str]:
    """The line in parts of at most 75 octets, each but the first behind a space (3.1).

    No character is cut in two.
    """
    part, size = "", 0
    for letter in line:
        octets = len(letter.encode())
        if size + octets > _OCTETS:
            yield part
            part, size = " ", 1
        part, size = part + letter, size + octets
    yield part
