"""Widgets that Django does not have: a scale, a date in three boxes, choices with notes.

Each also renders on its own with Django's plain templates; `{% field %}` draws the full part.
"""

import datetime as dt
from collections.abc import Mapping
from typing import Any

from django import forms
from django.utils.functional import Promise

Text = str | Promise


class ScaleWidget(forms.NumberInput):
    """A number box; a slider joins it where script runs, and both stay in step.

    Without an answer the box is empty: a slider alone always has a value, so it could never say
    "not answered". `low` and `high` are the words at the ends.
    """

    def __init__(
        self,
        *,
        low: Text,
        high: Text,
        minimum: int = 0,
        maximum: int = 10,
        attrs: dict[str, Any] | None = None,
    ) -> None:
        self.low, self.high, self.minimum, self.maximum = low, high, minimum, maximum
        limits = {"min": str(minimum), "max": str(maximum), "step": "1", "inputmode": "numeric"}
        super().__init__({**limits, "autocomplete": "off", **(attrs or {})})


class DatePartsWidget(forms.MultiWidget):
    """Day, month and year in three boxes, posted as `<name>_day`, `<name>_month`, `<name>_year`.

    The value is a list of three texts. A single `<name>` in ISO form is understood as well, so
    that an import or an API can post the same form.
    """

    use_fieldset = True

    def __init__(self, attrs: dict[str, Any] | None = None, *, birth_date: bool = False) -> None:
        boxes: dict[str, forms.Widget | type[forms.Widget]] = {
            part: forms.TextInput({"autocomplete": f"bday-{part}" if birth_date else "off"})
            for part in ("day", "month", "year")
        }
        super().__init__(boxes, attrs)

    def decompress(self, value: Any) -> list[str]:
        """Split a date or an ISO text into the three boxes; leave what cannot be split in the
        first box.
        """
        if isinstance(value, dt.date):
            return [str(value.day), str(value.month), str(value.year)]
        if not value:
            return ["", "", ""]
        try:
            return self.decompress(dt.date.fromisoformat(str(value)))
        except ValueError:
            return [str(value), "", ""]

    def value_from_datadict(self, data: Mapping[str, Any], files: Any, name: str) -> list[str]:
        """Read the three boxes, or one ISO date under the field's own name."""
        if name in data:
            return self.decompress(data[name])
        return [str(data.get(f"{name}_{part}") or "").strip() for part in ("day", "month", "year")]

    def value_omitted_from_data(self, data: Mapping[str, Any], files: Any, name: str) -> bool:
        """Say whether neither the boxes nor the single date were posted."""
        return name not in data and super().value_omitted_from_data(data, files, name)


class _Notes:
    """Choices may carry a line of explanation, and one may stand apart ("I'd rather not answer").

    `notes` maps a choice's value (as text) to its line; `apart` names the values set off by a
    dashed edge.
    """

    notes: Mapping[str, Text]
    apart: frozenset[str]

    def _take_notes(self, notes: Mapping[str, Text] | None, apart: tuple[str, ...]) -> None:
        self.notes = notes or {}
        self.apart = frozenset(apart)


class RadioChoices(_Notes, forms.RadioSelect):
    """One of several, each a whole row to press."""

    def __init__(
        self,
        attrs: dict[str, Any] | None = None,
        *,
        notes: Mapping[str, Text] | None = None,
        apart: tuple[str, ...] = (),
    ) -> None:
        super().__init__(attrs)
        self._take_notes(notes, apart)


class CheckChoices(_Notes, forms.CheckboxSelectMultiple):
    """Any of several, each a whole row to press."""

    def __init__(
        self,
        attrs: dict[str, Any] | None = None,
        *,
        notes: Mapping[str, Text] | None = None,
        apart: tuple[str, ...] = (),
    ) -> None:
        super().__init__(attrs)
        self._take_notes(notes, apart)
