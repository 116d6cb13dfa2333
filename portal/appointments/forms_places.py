"""Locations, times off and files of appointments, checked and explained."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from portal.appointments.importing.reading import MAX_BYTES
from portal.appointments.wall_time import day_bounds
from portal.clock import zone
from portal.ui.forms import AccessibleForm, DayField, TimeOfDayField


class LocationForm(AccessibleForm):
    """A place where meetings take place."""

    name = forms.CharField(
        label=gettext_lazy("Name"),
        max_length=80,
        help_text=gettext_lazy("What people call it: the house, the branch, the floor."),
    )
    address = forms.CharField(
        label=gettext_lazy("Address"),
        max_length=300,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
    )
    directions = forms.CharField(
        label=gettext_lazy("How to get there"),
        max_length=600,
        required=False,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text=gettext_lazy("Patients read this: the entrance, the lift, where to park."),
    )


class TimeOffForm(AccessibleForm):
    """From when until when somebody is away, by the practice's clock. Empty times: whole days."""

    first_day = DayField(label=gettext_lazy("First day"))
    first_time = TimeOfDayField(label=gettext_lazy("From"), required=False)
    last_day = DayField(label=gettext_lazy("Last day"))
    last_time = TimeOfDayField(label=gettext_lazy("Until"), required=False)
    note = forms.CharField(
        label=gettext_lazy("Note"),
        max_length=120,
        required=False,
        help_text=gettext_lazy("For those who keep the schedule. Patients do not see it."),
    )

    def __init__(self, *args: Any, zone_name: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.zone_name = zone_name

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        if not self.errors and self._ends() <= self._begins():
            self.add_error("last_day", _("The end comes after the beginning."))
        return cleaned

    def period(self) -> dict[str, Any]:
        """What the service takes."""
        return {
            "starts_at": self._begins(),
            "ends_at": self._ends(),
            "note": self.cleaned_data["note"],
        }

    def _begins(self) -> dt.datetime:
        day, time = self.cleaned_data["first_day"], self.cleaned_data["first_time"]
        return self._at(day, time) if time else day_bounds(day, self.zone_name)[0]

    def _ends(self) -> dt.datetime:
        day, time = self.cleaned_data["last_day"], self.cleaned_data["last_time"]
        return self._at(day, time) if time else day_bounds(day, self.zone_name)[1]

    def _at(self, day: dt.date, time: dt.time) -> dt.datetime:
        return dt.datetime.combine(day, time, tzinfo=zone(self.zone_name)).astimezone(dt.UTC)


class ImportForm(AccessibleForm):
    """A file of a record system."""

    file = forms.FileField(
        label=gettext_lazy("The file"),
        help_text=gettext_lazy("CSV, up to 10 MB. Nothing is written before you have seen it."),
        widget=forms.FileInput(attrs={"accept": ".csv,.txt,text/csv"}),
    )

    def clean_file(self) -> bytes:
        upload = self.cleaned_data["file"]
        if upload.size > MAX_BYTES:
            raise forms.ValidationError(
                _("The file is larger than 10 MB. Export fewer days at once.")
            )
        return bytes(upload.read())
