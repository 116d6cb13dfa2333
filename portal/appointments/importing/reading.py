"""A file's bytes as rows of cells: encodings, separators and headings as record systems write them.

Pure: knows no practice. Row numbers are those that a spreadsheet shows, the headings being row 1.
"""

from __future__ import annotations

import csv
import io
import re
from dataclasses import dataclass

from django.utils.translation import gettext as _

from portal.tenancy.errors import DomainError

MAX_BYTES = 10_000_000
MAX_ROWS = 50_000
MAX_COLUMNS = 1_000
SEPARATORS = ",;\t|"
# Our name of a column, and what exports call it.
COLUMNS: dict[str, tuple[str, ...]] = {
    "id": ("id", "appointment id", "appointment number", "external id", "booking id"),
    "patient": ("patient", "record number", "patient id", "patient number", "mrn", "client id"),
    "clinician": ("clinician", "practitioner", "provider", "therapist", "with", "clinician email"),
    "type": ("type", "appointment type", "service"),
    "start": ("start", "starts", "starts at", "start at", "date and time", "datetime"),
    "date": ("date", "day", "appointment date", "start date"),
    "time": ("time", "start time", "appointment time"),
    "minutes": ("minutes", "duration", "length", "duration minutes"),
    "status": ("status", "state", "outcome"),
    "cancelled": ("cancelled at", "cancelled on", "canceled at", "canceled on"),
    "moved by": ("moved by", "changed by"),
    "location": ("location", "place", "room", "site"),
    "video": ("video", "video url", "video link"),
}
NEEDED = ("id", "patient", "clinician", "type")
_LONGEST_HEADING = 20_000  # looked at for its separator
_NAMES = {name: ours for ours, names in COLUMNS.items() for name in names}


class Unusable(DomainError):
    """The file as a whole cannot be read; says why in plain words."""


@dataclass(frozen=True)
class Table:
    """What stands in the file: positions of the columns that we know, and the rows."""

    columns: dict[str, int]
    unused: list[str]
    width: int
    rows: list[tuple[int, list[str]]]

    def cell(self, cells: list[str], name: str) -> str:
        """The text of a row's cell, trimmed; empty where the column or the cell is not there."""
        at = self.columns.get(name)
        return cells[at].strip() if at is not None and at < len(cells) else ""


def decoded(content: bytes) -> str:
    """The file's text: UTF-8 with or without its mark, UTF-16 with one, else Windows-1252.

    Raises Unusable for what is no text.
    """
    if len(content) > MAX_BYTES:
        raise Unusable(_("The file is larger than 10 MB. Export fewer days at once."))
    if content.startswith((b"PK\x03\x04", b"\xd0\xcf\x11\xe0")):
        raise Unusable(_("This is a spreadsheet. Save it as CSV first, then choose that file."))
    encodings = ["utf-8-sig", "cp1252"]
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        encodings = ["utf-16"]
    for encoding in encodings:
        try:
            text = content.decode(encoding)
        except UnicodeDecodeError:
            continue
        if "\x00" not in text:
            return text
    raise Unusable(_("This is not a text file. Export the appointments as CSV."))


def read(text: str) -> Table:
    """Headings and rows. Raises Unusable with what is missing."""
    text = text.removeprefix("\ufeff")
    lines = re.match(r"sep=(.)\r?\n", text, re.IGNORECASE)  # spreadsheets write it for each other
    first_row = 1
    if lines:
        text, first_row = text[lines.end() :], 2
    rows = _rows(text, _separator(text))
    if not rows:
        raise Unusable(_("The file is empty."))
    if len(rows[0]) > MAX_COLUMNS:
        raise Unusable(_("The first row has more than %(most)d cells.") % {"most": MAX_COLUMNS})
    columns, unused = _headings(rows[0])
    numbered = [
        (number, cells)
        for number, cells in enumerate(rows[1:], start=first_row + 1)
        if any(cell.strip() for cell in cells)
    ]
    if len(numbered) > MAX_ROWS:
        raise Unusable(
            _("The file has more than %(most)s rows. Export fewer days at once.")
            % {"most": f"{MAX_ROWS:,}"}
        )
    if not numbered:
        raise Unusable(_("The file has headings and no appointments."))
    return Table(columns, unused, len(rows[0]), numbered)


def _separator(text: str) -> str:
    """The sign that makes the most known headings of the first line."""
    heading = text.partition("\n")[0][:_LONGEST_HEADING]
    return max(SEPARATORS, key=lambda sign: len(_known(_split(heading, sign))))


def _split(line: str, sign: str) -> list[str]:
    try:
        return next(csv.reader([line], delimiter=sign), [])
    except csv.Error:
        return []


def _known(cells: list[str]) -> set[str]:
    return {_NAMES[name] for cell in cells if (name := _plain(cell)) in _NAMES}


def _plain(heading: str) -> str:
    """A heading without what exports vary: case, underlines, brackets, spaces."""
    return " ".join(re.sub(r"[_\-.()/]+", " ", heading).casefold().split())


def _rows(text: str, sign: str) -> list[list[str]]:
    found: list[list[str]] = []
    try:
        for cells in csv.reader(io.StringIO(text, newline=""), delimiter=sign, strict=True):
            found.append(cells)
            if len(found) > MAX_ROWS * 2:  # blank lines count too, or there is no end to them
                break
    except csv.Error as error:
        raise Unusable(
            _("Row %(row)d cannot be read: its quotes do not match.") % {"row": len(found) + 1}
        ) from error
    return found


def _headings(cells: list[str]) -> tuple[dict[str, int], list[str]]:
    columns: dict[str, int] = {}
    unused = []
    for at, cell in enumerate(cells):
        ours = _NAMES.get(_plain(cell))
        if ours is None:
            if cell.strip():
                unused.append(cell.strip()[:60])
        elif ours in columns:
            raise Unusable(
                _("Two columns say “%(name)s”. Keep one of them.") % {"name": cell.strip()[:60]}
            )
        else:
            columns[ours] = at
    missing = [name for name in NEEDED if name not in columns]
    if "start" not in columns:
        missing += [name for name in ("date", "time") if name not in columns]
    if missing:
        raise Unusable(
            _("The first row needs headings. Missing: %(names)s.") % {"names": ", ".join(missing)}
        )
    return columns, unused
