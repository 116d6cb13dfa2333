"""Booking, moving, cancelling, types and availability, checked and explained."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from typing import Any, cast

from django import forms
from django.db.models import QuerySet
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from portal import clock
from portal.appointments import away, places, selectors
from portal.appointments.asking import WISHES
from portal.appointments.models import OUTCOMES, Appointment, AppointmentType, Location, Status
from portal.appointments.words import clock_times
from portal.people.models import Patient
from portal.practices.models import Membership
from portal.practices.selectors import clinicians
from portal.practices.week import WeekForm
from portal.ui.forms import AccessibleForm, DayField, TimeOfDayField
from portal.ui.widgets import RadioChoices

_BY = [
    ("patient", gettext_lazy("The patient")),
    ("practice", gettext_lazy("The practice")),
]


class _TimeForm(AccessibleForm):
    """Day and time, with what speaks against them; `all_the_same` goes on regardless.

    A subclass says with whom and how long in `_subject()`.
    """

    day = DayField(label=gettext_lazy("Day"))
    time = TimeOfDayField(label=gettext_lazy("Time"))
    all_the_same = forms.BooleanField(
        label=gettext_lazy("Use this time all the same"), required=False
    )
    warned = False

    def __init__(self, *args: Any, patient: Patient, zone_name: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.patient, self.zone_name = patient, zone_name

    def _subject(self) -> tuple[Membership, int, Appointment | None] | None:
        """Clinician, minutes and the appointment that moves; None while something is missing."""
        raise NotImplementedError

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        subject = self._subject() if not self.errors else None
        if subject and not cleaned.get("all_the_same"):
            for warning in list(self._warnings(*subject)):  # an error takes the time away
                self.warned = True
                self.add_error("time", warning)
        return cleaned

    @property
    def local_start(self) -> dt.datetime:
        """The wall-clock time that was chosen."""
        return dt.datetime.combine(
            self.cleaned_data["day"], self.cleaned_data["time"].replace(second=0, microsecond=0)
        )

    def say_taken(self, message: str) -> None:
        """The slot is gone: say so at the time, with what is free on that day."""
        subject = self._subject()
        if subject is None:
            self.add_error("time", message)
            return
        clinician, minutes, moving = subject
        free = selectors.free_times(
            clinician,
            day=self.cleaned_data["day"],
            minutes=minutes,
            zone_name=self.zone_name,
            but=moving,
        )
        self.add_error("time", f"{message} {_free_words(free)}")

    def _warnings(
        self, clinician: Membership, minutes: int, moving: Appointment | None
    ) -> Iterator[str]:
        off = away.time_off_at(clinician, self.local_start, minutes)
        if off is not None:
            yield _(
                "%(name)s is away until %(until)s. Choose another time, or tick the box below."
            ) % {"name": clinician.display_name, "until": _until(off.ends_at, self.zone_name)}
        elif not selectors.is_bookable(clinician, self.local_start, minutes):
            yield _(
                "%(name)s cannot usually be booked at this time. "
                "Choose another, or tick the box below."
            ) % {"name": clinician.display_name}
        if selectors.patient_is_busy(
            self.patient, self.local_start, minutes, zone_name=self.zone_name, but=moving
        ):
            yield _(
                "The patient has another appointment then. Choose another time, or tick the box."
            )


def _until(ends_at: dt.datetime, zone_name: str) -> str:
    """ "Friday 5 December" for the end of a day, else with the time."""
    ends = clock.local_time(ends_at, zone_name)
    if ends.time() == dt.time():
        return date_format(ends - dt.timedelta(days=1), "l j F")
    return date_format(ends, "l j F, H:i")


def _free_words(free: list[dt.time]) -> str:
    if not free:
        return _("Nothing else is free on that day.")
    return _("Free on that day: %(times)s.") % {"times": clock_times(free[:8])}


class BookForm(_TimeForm):
    """A new appointment for a patient who has been chosen."""

    type: forms.ModelChoiceField[AppointmentType] = forms.ModelChoiceField(
        queryset=None, label=gettext_lazy("Type"), empty_label=gettext_lazy("Choose a type")
    )
    clinician: forms.ModelChoiceField[Membership] = forms.ModelChoiceField(
        queryset=None, label=gettext_lazy("With"), empty_label=gettext_lazy("Choose a clinician")
    )
    place: forms.ModelChoiceField[Location] = forms.ModelChoiceField(
        queryset=None,
        label=gettext_lazy("Location"),
        required=False,
        empty_label=gettext_lazy("None of these"),
    )
    location = forms.CharField(label=gettext_lazy("Room or place"), max_length=160, required=False)
    video_url = forms.URLField(
        label=gettext_lazy("Video link"),
        max_length=300,
        required=False,
        assume_scheme="https",
        help_text=gettext_lazy("Empty: the link of the type, where it has one."),
    )
    field_order = (
        "type",
        "clinician",
        "day",
        "time",
        "all_the_same",
        "place",
        "location",
        "video_url",
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _offer(self.fields["clinician"], clinicians(), "display_name")
        _offer(self.fields["type"], selectors.types_in_use(), "name")
        _offer(self.fields["place"], places.locations_in_use(), "name")

    def _subject(self) -> tuple[Membership, int, Appointment | None] | None:
        type_, clinician = self.cleaned_data.get("type"), self.cleaned_data.get("clinician")
        return (clinician, type_.minutes, None) if type_ and clinician else None


class MoveForm(_TimeForm):
    """Another time for an appointment, and whose wish it is."""

    wished_by = forms.ChoiceField(
        label=gettext_lazy("Who wants to move it?"), choices=_BY, widget=RadioChoices()
    )
    version = forms.IntegerField(widget=forms.HiddenInput)
    field_order = ("day", "time", "all_the_same", "wished_by", "version")

    def __init__(self, *args: Any, appointment: Appointment, **kwargs: Any) -> None:
        super().__init__(
            *args, patient=appointment.patient, zone_name=appointment.time_zone, **kwargs
        )
        self.appointment = appointment

    def _subject(self) -> tuple[Membership, int, Appointment | None] | None:
        row = self.appointment
        minutes = int((row.ends_at - row.starts_at).total_seconds() // 60)
        return row.clinician, minutes, row


class CancelForm(AccessibleForm):
    cancelled_by = forms.ChoiceField(
        label=gettext_lazy("Who cancels?"), choices=_BY, widget=RadioChoices()
    )
    reason = forms.CharField(
        label=gettext_lazy("Reason"),
        max_length=200,
        required=False,
        help_text=gettext_lazy("A few plain words; nothing clinical. The patient does not see it."),
    )


class OutcomeForm(AccessibleForm):
    outcome = forms.TypedChoiceField(
        choices=[
            (each.value, each.label) for each in Status if each in OUTCOMES | {Status.ARRIVED}
        ],
        coerce=Status,
    )


class TypeForm(AccessibleForm):
    """A kind of meeting."""

    name = forms.CharField(label=gettext_lazy("Name"), max_length=80)
    minutes = forms.IntegerField(
        label=gettext_lazy("Minutes"),
        min_value=5,
        max_value=480,
        initial=50,
        widget=forms.NumberInput(attrs={"class": "input-short", "inputmode": "numeric"}),
    )
    discreet_title = forms.CharField(
        label=gettext_lazy("What a calendar entry says"),
        max_length=80,
        initial="Appointment",
        help_text=gettext_lazy("Others may see the patient’s calendar: say nothing of what it is."),
    )
    is_video = forms.BooleanField(label=gettext_lazy("It takes place by video"), required=False)
    video_url = forms.URLField(
        label=gettext_lazy("Video link"),
        max_length=300,
        required=False,
        assume_scheme="https",
        help_text=gettext_lazy("Where all its meetings take place, if there is one such room."),
    )

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        if cleaned.get("video_url") and not cleaned.get("is_video"):
            self.add_error("is_video", _("Tick this too: a link is for meetings by video."))
        return cleaned


class TypeChangeForm(TypeForm):
    """The same, without what booked meetings rest on."""

    name = None  # type: ignore[assignment]  # Django's way to leave a field out
    minutes = None  # type: ignore[assignment]


class AvailabilityForm(WeekForm):
    """A clinician's bookable week."""


class PatientCancelForm(AccessibleForm):
    """The patient cannot come. Why is theirs to say."""

    reason = forms.ChoiceField(
        label=gettext_lazy("May we ask why?"),
        choices=[
            ("ill", gettext_lazy("I am not well")),
            ("time", gettext_lazy("The time does not work")),
            ("travel", gettext_lazy("I cannot get there")),
            ("none", gettext_lazy("I’d rather not say")),
        ],
        required=False,
        widget=RadioChoices(apart=("none",)),
    )

    def reason_words(self) -> str:
        """In words from the code, for the history."""
        return {
            "ill": _("not well"),
            "time": _("the time does not work"),
            "travel": _("cannot get there"),
        }.get(self.cleaned_data["reason"], "")


class SlotForm(AccessibleForm):
    """One of the free times; whether it still is one, the database says."""

    slot = forms.CharField(
        label=gettext_lazy("Free times"),
        max_length=16,
        error_messages={"required": gettext_lazy("Choose one of the times.")},
    )


class OtherTimeForm(AccessibleForm):
    wish = forms.ChoiceField(
        label=gettext_lazy("What would suit you?"),
        choices=list(WISHES.items()),
        widget=RadioChoices(),
    )


def _offer(field: forms.Field, rows: QuerySet[Any], name: str) -> None:
    """Let a select offer these rows, shown by that attribute."""
    choice = cast("forms.ModelChoiceField[Any]", field)
    choice.queryset = rows
    choice.label_from_instance = lambda row: str(getattr(row, name))  # type: ignore[method-assign,assignment]  # Django's own way
