"""One row of cells as an appointment, or what is wrong with it, in words for whoever exports it."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import TypeVar
from uuid import UUID

from django.core.exceptions import ValidationError
from django.core.validators import URLValidator
from django.utils.translation import gettext as _

from portal.appointments.importing.reading import Table
from portal.appointments.models import CANCELLED, OUTCOMES, Status
from portal.appointments.wall_time import NoSuchTime, instant
from portal.clock import zone
from portal.ui.forms import TimeOfDayField

T = TypeVar("T")
STATUSES = {Status.BOOKED, *OUTCOMES, *CANCELLED}  # the import list of the metric definitions
FIRST_YEAR, LAST_YEAR = 1990, 2199
MOST_SHOWN = 60
_DATE = re.compile(r"(\d{1,2})([/.-])(\d{1,2})\2(\d{4}|\d{2})")
_ISO = re.compile(r"\d{4}-\d{2}-\d{2}")
_URL = URLValidator(schemes=["https", "http"])
_TIME = TimeOfDayField(required=False)


class Wrong(ValueError):
    """What is wrong with a cell."""


@dataclass(frozen=True)
class Person:
    """A clinician as a row may name them."""

    pk: UUID
    is_active: bool


@dataclass(frozen=True)
class Known:
    """What rows may speak of: the practice's own, by how a file writes it."""

    zone_name: str
    month_first: bool
    now: dt.datetime
    patients: dict[str, UUID]
    clinicians: dict[str, list[Person]]
    types: dict[str, tuple[UUID, int]]
    places: dict[str, UUID] = field(default_factory=dict)


@dataclass(slots=True)
class Row:
    """An appointment as the file says it."""

    number: int
    external_id: str
    patient_id: UUID
    clinician_id: UUID
    type_id: UUID
    local_start: dt.datetime
    starts_at: dt.datetime
    ends_at: dt.datetime
    status: Status
    cancelled_at: dt.datetime | None
    by_patient: bool
    place_id: UUID | None
    location: str
    video_url: str
    patient: str
    """The record number, for the preview."""


def folded(text: str) -> str:
    """A name as it is compared: without case, without double spaces."""
    return " ".join(text.casefold().split())


def row_of(
    table: Table, number: int, cells: list[str], known: Known
) -> tuple[Row | None, list[str]]:
    """The row, or None and each thing that is wrong with it."""
    wrong: list[str] = []

    def take(read: Callable[..., T], *names: str) -> T | None:
        try:
            return read(*(table.cell(cells, name) for name in names), known)
        except Wrong as error:
            wrong.append(str(error))
            return None

    if any(cell.strip() for cell in cells[table.width :]):
        wrong.append(_("There are more cells than headings. Is there a separator too many?"))
    external_id = take(_id, "id")
    patient_id = take(_patient, "patient")
    person = take(_clinician, "clinician")
    kind = take(_type, "type")
    local = take(_start, "start", "date", "time")
    starts_at = take(lambda _known: _instant(local, known)) if local else None
    status = take(_status, "status")
    minutes = take(_minutes, "minutes")
    video_url = take(_video, "video")
    by_patient = take(_by_patient, "moved by")
    location = take(_location, "location")
    cancelled_at = take(_cancelled, "cancelled")
    if person and starts_at and status:
        wrong += _against_the_clock(person, starts_at, status, cancelled_at, known)
    if wrong or external_id is None or patient_id is None or person is None:
        return None, wrong
    if kind is None or local is None or starts_at is None or status is None:
        return None, wrong
    place_id = known.places.get(folded(location or ""))
    row = Row(
        number=number,
        external_id=external_id,
        patient_id=patient_id,
        clinician_id=person.pk,
        type_id=kind[0],
        local_start=local,
        starts_at=starts_at,
        ends_at=starts_at + dt.timedelta(minutes=minutes or kind[1]),
        status=status,
        cancelled_at=cancelled_at,
        by_patient=bool(by_patient),
        place_id=place_id,
        location="" if place_id else location or "",
        video_url=video_url or "",
        patient=table.cell(cells, "patient"),
    )
    return row, []


def _against_the_clock(
    person: Person,
    starts_at: dt.datetime,
    status: Status,
    cancelled_at: dt.datetime | None,
    known: Known,
) -> Iterator[str]:
    """What each cell may say, and all of them together may not."""
    if status in OUTCOMES and starts_at > known.now:
        yield _("It has an outcome and has not begun yet.")
    if status == Status.BOOKED and starts_at > known.now and not person.is_active:
        yield _("This clinician has left and cannot be booked.")
    if cancelled_at and status not in CANCELLED:
        yield _("It says when it was cancelled, and its status is not cancelled.")


def _shown(text: str) -> str:
    return text if len(text) <= MOST_SHOWN else f"{text[:MOST_SHOWN]}…"


def _id(text: str, _known: Known) -> str:
    if not text:
        raise Wrong(_("The id is missing. It is how a second import finds the appointment again."))
    if len(text) > 80:
        raise Wrong(_("The id is longer than 80 characters."))
    return text


def _patient(text: str, known: Known) -> UUID:
    if not text:
        raise Wrong(_("The patient’s record number is missing."))
    if text not in known.patients:
        raise Wrong(_("No patient has the record number “%(text)s”.") % {"text": _shown(text)})
    return known.patients[text]


def _clinician(text: str, known: Known) -> Person:
    if not text:
        raise Wrong(_("The clinician is missing."))
    found = known.clinicians.get(folded(text), [])
    if not found:
        raise Wrong(
            _("No clinician is called “%(text)s”. Write the name as under People, or the e-mail.")
            % {"text": _shown(text)}
        )
    if len(found) > 1:
        raise Wrong(
            _("Two clinicians are called “%(text)s”. Write the e-mail.") % {"text": _shown(text)}
        )
    return found[0]


def _type(text: str, known: Known) -> tuple[UUID, int]:
    if not text:
        raise Wrong(_("The type of appointment is missing."))
    found = known.types.get(folded(text))
    if found is None:
        raise Wrong(
            _("No type of appointment is called “%(text)s”. Add it in the settings first.")
            % {"text": _shown(text)}
        )
    return found


def _start(start: str, date: str, time: str, known: Known) -> dt.datetime:
    """The wall-clock time, naive, of the practice."""
    if start:
        return _moment(start, known)
    if not date:
        raise Wrong(_("The date is missing."))
    if not time:
        raise Wrong(_("The time is missing."))
    return dt.datetime.combine(_date(date, known), _time(time))


def _moment(text: str, known: Known) -> dt.datetime:
    """A date and a time in one cell; with an offset it is an instant, else a time on the wall."""
    try:
        moment = dt.datetime.fromisoformat(text)
    except ValueError:
        date, _space, time = text.partition(" ")
        if not time.strip():
            raise Wrong(
                _("“%(text)s” is not a date with a time.") % {"text": _shown(text)}
            ) from None
        return dt.datetime.combine(_date(date.rstrip(","), known), _time(time))
    if len(text) <= 10:
        raise Wrong(_("“%(text)s” has no time.") % {"text": text})
    _check_year(moment.year)
    if moment.tzinfo is not None:
        moment = moment.astimezone(zone(known.zone_name)).replace(tzinfo=None)
    return moment.replace(second=0, microsecond=0)


def _date(text: str, known: Known) -> dt.date:
    try:
        if _ISO.fullmatch(text):
            day = dt.date.fromisoformat(text)
        elif found := _DATE.fullmatch(text):
            first, sign, second, year = found.groups()
            is_month_first = known.month_first and sign != "."
            month, number = (first, second) if is_month_first else (second, first)
            day = dt.date(int(year) + (2000 if len(year) == 2 else 0), int(month), int(number))
        else:
            raise ValueError(text)
    except ValueError:
        form = "11/27/2026" if known.month_first else "27/11/2026"
        raise Wrong(
            _("“%(text)s” is not a date. It looks like %(form)s or 2026-11-27.")
            % {"text": _shown(text), "form": form}
        ) from None
    _check_year(day.year)
    return day


def _check_year(year: int) -> None:
    if not FIRST_YEAR <= year <= LAST_YEAR:
        raise Wrong(_("Check the year %(year)d.") % {"year": year})


def _time(text: str) -> dt.time:
    try:
        time = _TIME.to_python(text.strip())
    except ValidationError:
        time = None
    if time is None:
        raise Wrong(_("“%(text)s” is not a time. It looks like 14:30.") % {"text": _shown(text)})
    return time.replace(second=0, microsecond=0)


def _instant(local: dt.datetime, known: Known) -> dt.datetime:
    try:
        return instant(local, known.zone_name)
    except NoSuchTime:
        raise Wrong(_("This time does not exist on that day: the clocks go forward.")) from None


def _status(text: str, _known: Known) -> Status:
    """Nothing said is booked, or past without an outcome."""
    if not text:
        return Status.BOOKED
    code = text.casefold().replace(" ", "_").replace("-", "_")
    if code not in STATUSES:
        raise Wrong(
            _("“%(text)s” is not a status. There are: %(codes)s.")
            % {
                "text": _shown(text),
                "codes": ", ".join(each.value for each in Status if each in STATUSES),
            }
        )
    return Status(code)


def _minutes(text: str, _known: Known) -> int | None:
    if not text:
        return None
    if not (text.isdecimal() and len(text) <= 6 and 5 <= int(text) <= 480):
        raise Wrong(_("The minutes must be a whole number from 5 to 480."))
    return int(text)


def _video(text: str, _known: Known) -> str:
    if text:
        try:
            _URL(text)
        except ValidationError:
            raise Wrong(_("The video link is not a whole web address.")) from None
        if len(text) > 300:
            raise Wrong(_("The video link is longer than 300 characters."))
    return text


def _by_patient(text: str, _known: Known) -> bool:
    if text.casefold() not in ("", "patient", "practice"):
        raise Wrong(_("Moved by is “patient” or “practice”."))
    return text.casefold() == "patient"


def _cancelled(text: str, known: Known) -> dt.datetime | None:
    """When it was cancelled, as far as the file says it."""
    if not text:
        return None
    moment = _instant(_moment(text, known), known)
    if moment > known.now:
        raise Wrong(_("It was cancelled at a time that is still to come."))
    return moment


def _location(text: str, _known: Known) -> str:
    if len(text) > 160:
        raise Wrong(_("The location is longer than 160 characters."))
    return text
