"""What a file would change here: compared row by row with the calendar, nothing written.

A record system sends everything again each night, and people change appointments here meanwhile. So
each appointment keeps what the file said of it last (`external_seen`, a digest for each part), and
only parts of which the file says something new are followed: what a patient cancelled here stays
cancelled while the record system has not heard of it.
"""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from uuid import UUID

from django.utils.translation import gettext as _

from portal import clock
from portal.access.roles import Role
from portal.appointments.importing.reading import Table, read
from portal.appointments.importing.rows import Known, Person, Row, folded, row_of
from portal.appointments.models import (
    CANCELLED,
    OUTCOMES,
    STANDING,
    Appointment,
    AppointmentType,
    Location,
    Status,
)
from portal.people.models import Patient
from portal.practices.models import Membership, Practice

MONTH_FIRST = frozenset({"US"})
PARTS = ("patient", "clinician", "type", "time", "status", "where", "video")
MOST_PROBLEMS = 1000


@dataclass(frozen=True)
class Problem:
    """Something that stops the import, or that was left; row 0 is the whole file."""

    row: int
    text: str


@dataclass(frozen=True, slots=True)
class Here:
    """An appointment of the file's ids as it stands in the calendar."""

    pk: UUID
    patient_id: UUID
    clinician_id: UUID
    type_id: UUID
    place_id: UUID | None
    location: str
    video_url: str
    starts_at: dt.datetime
    ends_at: dt.datetime
    status: str
    seen: dict[str, str]


@dataclass
class Change:
    """What is to be done with an appointment that is here: verbs of `writing`, in their order.

    `parts` are those of PARTS that become as the row says; the others stay as they are here.
    """

    row: Row
    here: Here
    verbs: list[str]
    parts: set[str]

    @property
    def span(self) -> tuple[UUID, dt.datetime, dt.datetime]:
        """Clinician, beginning and end once it is done."""
        time = self.row if "time" in self.parts else self.here
        who = self.row if "clinician" in self.parts else self.here
        return who.clinician_id, time.starts_at, time.ends_at


@dataclass
class Plan:
    """What the file would do. With `problems` it does nothing."""

    rows: int = 0
    new: list[Row] = field(default_factory=list)
    changes: list[Change] = field(default_factory=list)
    adopted: list[Change] = field(default_factory=list)
    """The file says something new that is so here already: only remembered."""
    unchanged: int = 0
    left: list[Problem] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)

    def counts(self) -> dict[str, int]:
        """How many of each, for the preview and for the record."""
        verbs = [verb for change in self.changes for verb in change.verbs]
        return {
            "rows": self.rows,
            "new": len(self.new),
            "moved": verbs.count("move"),
            "cancelled": verbs.count("cancel"),
            "outcomes": verbs.count("outcome") + verbs.count("undo"),
            "booked_again": verbs.count("book_again"),
            "details": verbs.count("details"),
            "unchanged": self.unchanged + len(self.adopted),
            "left": len(self.left),
            "problems": len(self.problems),
        }


def plan(text: str, *, practice: Practice) -> Plan:
    """Read the file and compare it; seven queries, whatever its length. Raises Unusable."""
    table = read(text)
    made = Plan(rows=len(table.rows))
    if table.unused:
        made.notes.append(
            _("Columns that are not used: %(names)s.") % {"names": ", ".join(table.unused[:20])}
        )
    known = known_of(table, practice)
    rows = _rows(table, known, made)
    here = _here({row.external_id for row in rows})
    for row in rows:
        _compare(row, here.get(row.external_id), made)
    _note_unknown_cancellations(made, known.now)
    made.problems += _clashes(made)
    made.problems.sort(key=lambda each: each.row)
    del made.problems[MOST_PROBLEMS:]
    return made


def known_of(table: Table, practice: Practice) -> Known:
    """The practice's patients, clinicians, types and places that the file may name."""
    numbers = {table.cell(cells, "patient") for _number, cells in table.rows} - {""}
    patients = Patient.objects.filter(record_number__in=numbers).order_by()
    clinicians: dict[str, list[Person]] = {}
    for pk, name, email, status in (
        Membership.objects.with_role(Role.CLINICIAN)
        .order_by()
        .values_list("pk", "display_name", "user__email", "status")
    ):
        for word in {folded(name), folded(email or "")} - {""}:
            clinicians.setdefault(word, []).append(Person(pk, status == "active"))
    types = AppointmentType.objects.order_by().values_list("name", "pk", "minutes")
    return Known(
        zone_name=practice.time_zone,
        month_first=practice.country in MONTH_FIRST,
        now=clock.now(),
        patients=dict(patients.values_list("record_number", "pk")),
        clinicians={word: _those_here(found) for word, found in clinicians.items()},
        types={folded(name): (pk, minutes) for name, pk, minutes in types},
        places={
            folded(name): pk for name, pk in Location.objects.order_by().values_list("name", "pk")
        },
    )


def _those_here(found: list[Person]) -> list[Person]:
    """Somebody who has left does not make the name of a colleague unclear."""
    return [each for each in found if each.is_active] or found


def _rows(table: Table, known: Known, made: Plan) -> list[Row]:
    """The good rows, each id once; what is wrong goes to the plan."""
    first: dict[str, tuple[int, list[str]]] = {}
    good, repeated = [], 0
    for number, cells in table.rows:
        row, wrong = row_of(table, number, cells, known)
        made.problems += [Problem(number, text) for text in wrong]
        external_id = table.cell(cells, "id")
        before = first.setdefault(external_id, (number, cells)) if external_id else (number, cells)
        if before[0] == number:
            good += [row] if row else []
        elif before[1] == cells:
            repeated += 1
        else:
            made.problems.append(
                Problem(number, _("It has the id of row %(row)d.") % {"row": before[0]})
            )
    if repeated:
        made.notes.append(
            _("Rows that stand there twice, word for word, were counted once: %(count)d.")
            % {"count": repeated}
        )
    return good


def _here(external_ids: set[str]) -> dict[str, Here]:
    rows = Appointment.objects.filter(external_id__in=external_ids).order_by()
    return {
        external_id: Here(*facts)
        for external_id, *facts in rows.values_list(
            "external_id",
            "pk",
            "patient_id",
            "clinician_id",
            "type_id",
            "place_id",
            "location",
            "video_url",
            "starts_at",
            "ends_at",
            "status",
            "external_seen",
        )
    }


def seen_of(row: Row | Here) -> dict[str, str]:
    """A digest of each part, as an appointment keeps it."""
    status = Status.BOOKED if row.status in STANDING else Status(row.status)
    parts: dict[str, object] = {
        "patient": row.patient_id,
        "clinician": row.clinician_id,
        "type": row.type_id,
        "time": (row.starts_at.timestamp(), row.ends_at.timestamp()),
        "status": status.value,
        "where": (row.place_id, row.location),
        "video": row.video_url,
    }
    return {
        name: hashlib.blake2b(repr(value).encode(), digest_size=6).hexdigest()
        for name, value in parts.items()
    }


def _compare(row: Row, here: Here | None, made: Plan) -> None:
    """Put the row where it belongs in the plan."""
    if here is None:
        made.new.append(row)
        return
    now_says, is_so = seen_of(row), seen_of(here)
    before = here.seen or is_so
    news = {name for name in PARTS if now_says[name] != before.get(name)}
    if not news:
        made.unchanged += 1
        return
    if "patient" in news and row.patient_id != here.patient_id:
        made.problems.append(
            Problem(row.number, _("This id is another patient’s appointment here."))
        )
        return
    differs = {name for name in news if now_says[name] != is_so[name]}
    verbs, refused = _verbs(row, here, differs)
    if refused:
        made.left.append(Problem(row.number, refused))
    change = Change(row, here, verbs, differs)
    (made.changes if verbs else made.adopted).append(change)


def _verbs(row: Row, here: Here, differs: set[str]) -> tuple[list[str], str]:
    """What makes the appointment as the file says; and why it is not followed, if it is not."""
    verbs: list[str] = []
    is_cancelled, is_over = here.status in CANCELLED, here.status in OUTCOMES
    ends = row.status in CANCELLED
    if "status" in differs or "time" in differs:
        if ends and is_over:
            return [], _("It has its outcome here; that it was cancelled was not taken over.")
        if is_cancelled and row.status in OUTCOMES:
            return [], _("It was cancelled here; its outcome was not taken over.")
        if is_over and "time" in differs and row.status != Status.BOOKED:
            return [], _("It has its outcome here; its other time was not taken over.")
    if differs & {"clinician", "type", "where", "video"} and not (ends or is_cancelled):
        verbs.append("details")
    if ends:
        return (["cancel"] if not is_cancelled else []), ""
    if is_cancelled:
        return (["book_again"] if differs & {"status", "time"} else []), ""
    if row.status == Status.BOOKED and is_over and "status" in differs:
        verbs.insert(0, "undo")
    if "time" in differs:
        verbs.append("move")
    if row.status in OUTCOMES and "status" in differs:
        verbs.append("outcome")
    return verbs, ""


def _note_unknown_cancellations(made: Plan, now: dt.datetime) -> None:
    count = sum(
        row.status in CANCELLED and row.cancelled_at is None and row.starts_at <= now
        for row in made.new
    )
    if count:
        made.notes.append(
            _(
                "%(count)d past cancellations do not say when they were made. They are taken as "
                "made a week before, so they count as early. A column “cancelled at” tells it."
            )
            % {"count": count}
        )


@dataclass(frozen=True, slots=True)
class _Span:
    clinician_id: UUID
    starts_at: dt.datetime
    ends_at: dt.datetime
    row: int
    """0 for an appointment that the file does not touch."""


def _clashes(made: Plan) -> Iterator[Problem]:
    """Times at which a clinician would have two appointments, once everything is done."""
    spans = list(_spans_of_file(made))
    if not spans:
        return
    touched = {change.here.pk for change in made.changes}
    rows = Appointment.objects.not_cancelled().filter(
        clinician_id__in={each.clinician_id for each in spans},
        starts_at__lt=max(each.ends_at for each in spans),
        ends_at__gt=min(each.starts_at for each in spans),
    )
    for pk, clinician_id, starts_at, ends_at in rows.order_by().values_list(
        "pk", "clinician_id", "starts_at", "ends_at"
    ):
        if pk not in touched:
            spans.append(_Span(clinician_id, starts_at, ends_at, 0))
    yield from _overlaps(spans)


def _spans_of_file(made: Plan) -> Iterator[_Span]:
    for row in made.new:
        if row.status not in CANCELLED:
            yield _Span(row.clinician_id, row.starts_at, row.ends_at, row.number)
    for change in made.changes:
        if "cancel" not in change.verbs:
            yield _Span(*change.span, change.row.number)


def _overlaps(spans: list[_Span]) -> Iterator[Problem]:
    spans.sort(key=lambda each: (each.clinician_id, each.starts_at, each.row))
    last: _Span | None = None
    for each in spans:
        if last and each.clinician_id == last.clinician_id and each.starts_at < last.ends_at:
            if each.row or last.row:
                yield _clash(each, last)
            if each.ends_at <= last.ends_at:
                continue
        last = each


def _clash(one: _Span, other: _Span) -> Problem:
    if one.row and other.row:
        first, second = sorted((one.row, other.row))
        words = _("The clinician is in row %(row)d at the same time.") % {"row": first}
        return Problem(second, words)
    return Problem(
        one.row or other.row, _("The clinician has another appointment here at that time.")
    )
