"""A week of opening hours as form fields: two ranges a day, because people eat lunch."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.core.exceptions import ValidationError
from django.forms.boundfield import BoundField
from django.utils.dates import WEEKDAYS
from django.utils.translation import gettext as _

from portal.ui.forms import AccessibleForm, TimeOfDayField

RANGES = 2
Range = tuple[int, dt.time, dt.time]


@dataclass(frozen=True, slots=True)
class Day:
    """One weekday as the template shows it."""

    name: str
    ranges: list[tuple[BoundField, BoundField]]


class WeekForm(AccessibleForm):
    """Fields `d0_r0_from`, `d0_r0_until` … for weekday 0 (Monday) to 6, two ranges each.

    Both boxes empty: closed. `cleaned_ranges()` gives (weekday, from, until), in order.
    """

    def __init__(self, *args: Any, ranges: list[Range] | None = None, **kwargs: Any) -> None:
        initial = dict(kwargs.pop("initial", None) or {})
        seen: dict[int, int] = {}
        for weekday, begins, ends in sorted(ranges or []):
            number = seen.get(weekday, 0)
            seen[weekday] = number + 1
            initial[f"d{weekday}_r{number}_from"] = begins
            initial[f"d{weekday}_r{number}_until"] = ends
        # A form copies its fields from here; ours are labelled in the language of the request.
        self.base_fields = {**self.base_fields, **_week_fields()}  # type: ignore[misc]  # read per instance
        super().__init__(*args, initial=initial, **kwargs)

    def days(self) -> list[Day]:
        """The week for the template."""
        return [
            Day(
                str(name),
                [(self[f"d{day}_r{n}_from"], self[f"d{day}_r{n}_until"]) for n in range(RANGES)],
            )
            for day, name in WEEKDAYS.items()
        ]

    def cleaned_ranges(self) -> list[Range]:
        found = []
        for day in range(7):
            for n in range(RANGES):
                begins = self.cleaned_data.get(f"d{day}_r{n}_from")
                ends = self.cleaned_data.get(f"d{day}_r{n}_until")
                if begins is not None and ends is not None:
                    found.append((day, begins, ends))
        return found

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        for day in range(7):
            self._check_day(day)
        return cleaned

    def _check_day(self, day: int) -> None:
        before: dt.time | None = None
        for n in range(RANGES):
            name_from, name_until = f"d{day}_r{n}_from", f"d{day}_r{n}_until"
            if self.errors.get(name_from) or self.errors.get(name_until):
                continue
            begins, ends = self.cleaned_data.get(name_from), self.cleaned_data.get(name_until)
            if begins is None and ends is None:
                continue
            if begins is None or ends is None:
                missing = name_from if begins is None else name_until
                self.add_error(missing, ValidationError(_("Write both times, or none.")))
            elif ends <= begins:
                self.add_error(
                    name_until,
                    ValidationError(_("The end comes after the beginning, on the same day.")),
                )
            elif before is not None and begins < before:
                self.add_error(
                    name_from, ValidationError(_("This begins before the first part has ended."))
                )
            else:
                before = ends


def _week_fields() -> dict[str, TimeOfDayField]:
    """The 28 fields, labelled in the reader's language: "Monday, from"."""
    words = [(_("from"), _("until")), (_("again from"), _("again until"))]
    return {
        f"d{day}_r{n}_{part}": TimeOfDayField(label=f"{name}, {word}", required=False)
        for day, name in WEEKDAYS.items()
        for n, pair in enumerate(words)
        for part, word in zip(("from", "until"), pair, strict=True)
    }


def ranges_of(hours: Sequence[dict[str, Any]]) -> list[Range]:
    """The kept hours as (weekday, from, until); rows that cannot be read are left out."""
    found = []
    for row in hours:
        try:
            begins, ends = (dt.time.fromisoformat(row[name]) for name in ("opens", "closes"))
            found.append((int(row["day"]), begins, ends))
        except (KeyError, TypeError, ValueError):
            continue
    return sorted(found)


def week_of(hours: Sequence[dict[str, Any]]) -> list[tuple[int, str]]:
    """Weekday numbers with their hours in words, Monday first; an empty text is closed."""
    ranges = ranges_of(hours)
    return [
        (day, ", ".join(f"{a:%H:%M}–{b:%H:%M}" for number, a, b in ranges if number == day))
        for day in range(7)
    ]
