"""From when to when somebody wants to read what happened."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from portal import clock
from portal.ui.forms import AccessibleForm, DayField


class DaysForm(AccessibleForm):
    """A first and a last day; either may stay open."""

    first = DayField(label=gettext_lazy("From"), required=False)
    last = DayField(label=gettext_lazy("To"), required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for each in self.fields.values():
            each.say_optional = False  # type: ignore[attr-defined]  # read by the field's template

    def clean(self) -> dict[str, Any]:
        """The last day is not before the first."""
        cleaned = super().clean() or self.cleaned_data
        first, last = cleaned.get("first"), cleaned.get("last")
        if first and last and last < first:
            self.add_error("last", _("This day is before the first one."))
        return cleaned

    def bounds(self, zone_name: str) -> tuple[dt.datetime | None, dt.datetime | None]:
        """The instants at which the first day begins and the last one has ended, on that wall."""
        first, last = self.cleaned_data["first"], self.cleaned_data["last"]
        zone, day = clock.zone(zone_name), dt.timedelta(days=1)
        return (
            dt.datetime.combine(first, dt.time(), tzinfo=zone) if first else None,
            dt.datetime.combine(last + day, dt.time(), tzinfo=zone) if last else None,
        )
