"""Booking, moving and cancelling, one appointment or several, checked and explained."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Sequence
from contextlib import suppress
from typing import Any, cast

from django import forms
from django.db.models import QuerySet
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from portal import clock
from portal.appointments import away, openings, places, selectors, series
from portal.appointments.forms_cancelling import BY, offer_scope
from portal.appointments.models import Appointment, AppointmentType, Location
from portal.appointments.openings import next_free
from portal.appointments.series import MOST_TIMES, Occurrence
from portal.appointments.wall_time import happens_twice, has_passed, instant, wall_text
from portal.people.models import Patient
from portal.practices.models import Membership
from portal.practices.selectors import clinicians
from portal.ui.forms import AccessibleForm, DayField, TimeOfDayField
from portal.ui.widgets import RadioChoices


class WallTimesField(forms.MultipleChoiceField):
    """Ticked wall-clock times, whatever the list they were ticked on; what is none counts not."""

    def valid_value(self, value: Any) -> bool:
        return True


class _TimeForm(AccessibleForm):
    """Day and time, with what speaks against them; `all_the_same` goes on regardless.

    A subclass says with whom and how long in `_subject()`. Where the time will not do, `offers` has
    the next free ones; a button named `instead` takes one of them, and all else that was typed
    stays.
    """

    day = DayField(label=gettext_lazy("Day"))
    time = TimeOfDayField(label=gettext_lazy("Time"))
    run = forms.ChoiceField(
        label=gettext_lazy("The clock shows this time twice that night. Which one?"),
        required=False,
        widget=RadioChoices(),
        choices=[
            ("first", gettext_lazy("The first time, before the clock is set back")),
            ("second", gettext_lazy("The second time, after the clock is set back")),
        ],
    )
    all_the_same = forms.BooleanField(
        label=gettext_lazy("Use this time all the same"), required=False
    )
    though_passed = forms.BooleanField(
        label=gettext_lazy("This time has passed: book it anyway"), required=False
    )
    keep = WallTimesField(required=False)
    plan = forms.CharField(required=False, widget=forms.HiddenInput)
    warned = False
    has_passed = False
    twice = False

    def __init__(
        self, data: Any = None, *args: Any, patient: Patient, zone_name: str, **kwargs: Any
    ) -> None:
        super().__init__(_with_offer_taken(data), *args, **kwargs)
        self.patient, self.zone_name = patient, zone_name
        self.offers: list[dt.datetime] = []
        self.occurrences: list[Occurrence] = []
        self.wanted: list[Occurrence] = []
        self.ticked: set[str] = set()
        self.plan_now = ""

    def _subject(self) -> tuple[Membership, int, Appointment | None] | None:
        """Clinician, minutes and the appointment that moves; None while something is missing."""
        raise NotImplementedError

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        subject = self._subject() if not self.errors else None
        if subject is None:
            return cleaned
        self.twice = happens_twice(self.local_start, self.zone_name)
        if self.twice and not cleaned.get("run"):
            self.add_error("run", _("Choose which of the two times you mean."))
            return cleaned
        if self.is_several:
            self._weigh_all(*subject)
        else:
            self._weigh_one(*subject)
        return cleaned

    def _weigh_one(self, clinician: Membership, minutes: int, moving: Appointment | None) -> None:
        """What speaks against the one time, and has not been ticked."""
        local, found = self.local_start, []
        if not self.cleaned_data.get("though_passed") and has_passed(local, self.zone_name):
            self.has_passed = True
            found.append(_("This time has passed. Choose another, or tick the box below."))
        if not self.cleaned_data.get("all_the_same"):
            warnings = list(self._warnings(clinician, minutes, moving))
            self.warned = bool(warnings)
            found += warnings
        if found:
            self._offer_others(clinician, minutes, moving)
        for problem in found:  # an error takes the time away
            self.add_error("time", problem)

    @property
    def local_start(self) -> dt.datetime:
        """The wall-clock time that was chosen; `fold` says which, where there are two."""
        fold = 1 if self.twice and self.cleaned_data.get("run") == "second" else 0
        time = self.cleaned_data["time"].replace(second=0, microsecond=0, fold=fold)
        return dt.datetime.combine(self.cleaned_data["day"], time)

    @property
    def is_several(self) -> bool:
        """True when more than one time is asked for."""
        return False

    def _times(self) -> tuple[list[dt.datetime], Sequence[Appointment]]:
        """All times that are asked for, and the appointments that would move there."""
        raise NotImplementedError

    def _weigh_all(self, clinician: Membership, minutes: int, moving: Appointment | None) -> None:
        """All of several times, or those that somebody has chosen from the list of them.

        A list that was made for other times counts for nothing: the new one is shown.
        """
        locals_, rows = self._times()
        about = (self.local_start, len(locals_), locals_[-1], clinician.pk, minutes)
        self.plan_now = "|".join(str(each) for each in about)
        self.occurrences = series.weigh(
            locals_,
            patient=self.patient,
            clinician=clinician,
            minutes=minutes,
            zone_name=self.zone_name,
            moving=rows,
        )
        good = {each.value for each in self.occurrences if not each.problem}
        was_shown = self.cleaned_data.get("plan") == self.plan_now
        self.ticked = set(self.cleaned_data.get("keep") or ()) if was_shown else good
        self.wanted = [each for each in self.occurrences if each.value in self.ticked]
        bad = len(self.occurrences) - len(good)
        if bad and not was_shown:
            self.add_error("time", _not_all_fit(bad, len(self.occurrences)))
        elif not self.wanted:
            self.add_error("keep", _("Tick at least one time."))
        elif any(each.is_hard for each in self.wanted):
            self.add_error("keep", _("One of the ticked times has gone. Look at the list again."))

    def say_taken(self, message: str) -> None:
        """The slot is gone: say so at the time, and offer the next free ones."""
        subject = self._subject()
        if subject is not None and self.is_several:
            self._weigh_all(*subject)
            self.ticked = {each.value for each in self.wanted if not each.is_hard}
        elif subject is not None:
            self._offer_others(*subject)
        self.add_error("time", message)

    def _offer_others(
        self, clinician: Membership, minutes: int, moving: Appointment | None
    ) -> None:
        self.offers = next_free(
            clinician,
            first=max(self.cleaned_data["day"], clock.today(self.zone_name)),
            minutes=minutes,
            zone_name=self.zone_name,
            but=moving,
        )

    def _warnings(
        self, clinician: Membership, minutes: int, moving: Appointment | None
    ) -> Iterator[str]:
        off = away.time_off_at(clinician, self.local_start, minutes)
        if off is not None:
            yield _(
                "%(name)s is away until %(until)s. Choose another time, or tick the box below."
            ) % {"name": clinician.display_name, "until": _until(off.ends_at, self.zone_name)}
        elif not openings.is_bookable(clinician, self.local_start, minutes):
            yield _(
                "%(name)s cannot usually be booked at this time. "
                "Choose another, or tick the box below."
            ) % {"name": clinician.display_name}
        if openings.patient_is_busy(
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


def _with_offer_taken(data: Any) -> Any:
    """What was posted, with day and time of the offer that was pressed, if one was."""
    if data is None or "instead" not in data:
        return data
    with suppress(ValueError, TypeError):
        chosen = dt.datetime.fromisoformat(str(data["instead"]))
        values = data.copy()
        values["day"], values["time"] = chosen.date().isoformat(), f"{chosen:%H:%M}"
        return values
    return data


def _not_all_fit(bad: int, count: int) -> str:
    return ngettext(
        "%(bad)d of %(count)d times does not fit. Look at the list below: tick what you want, "
        "or choose another time.",
        "%(bad)d of %(count)d times do not fit. Look at the list below: tick what you want, "
        "or choose another time.",
        bad,
    ) % {"bad": bad, "count": count}


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
    repeat = forms.TypedChoiceField(
        label=gettext_lazy("Repeat"),
        choices=[
            (0, gettext_lazy("Only once")),
            (1, gettext_lazy("Every week")),
            (2, gettext_lazy("Every two weeks")),
            (3, gettext_lazy("Every three weeks")),
            (4, gettext_lazy("Every four weeks")),
        ],
        coerce=int,
        empty_value=None,
        required=False,
    )
    times = forms.IntegerField(
        label=gettext_lazy("How many times"),
        min_value=2,
        max_value=MOST_TIMES,
        required=False,
        help_text=gettext_lazy("The first one counts too."),
        widget=forms.NumberInput(attrs={"class": "input-short", "inputmode": "numeric"}),
    )
    field_order = (
        "type",
        "clinician",
        "day",
        "time",
        "run",
        "all_the_same",
        "though_passed",
        "repeat",
        "times",
        "place",
        "location",
        "video_url",
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in ("repeat", "times"):
            self.fields[name].say_optional = False  # type: ignore[attr-defined]  # read by the look
        _offer(self.fields["clinician"], clinicians(), "display_name")
        _offer(self.fields["type"], selectors.types_in_use(), "name")
        _offer(self.fields["place"], places.locations_in_use(), "name")

    def _subject(self) -> tuple[Membership, int, Appointment | None] | None:
        type_, clinician = self.cleaned_data.get("type"), self.cleaned_data.get("clinician")
        return (clinician, type_.minutes, None) if type_ and clinician else None

    @property
    def is_several(self) -> bool:
        return bool(self.cleaned_data.get("repeat"))

    def _times(self) -> tuple[list[dt.datetime], Sequence[Appointment]]:
        repeat, times = self.cleaned_data["repeat"], self.cleaned_data["times"]
        return series.times_of(self.local_start, every_weeks=repeat, times=times), ()

    def clean_times(self) -> int | None:
        times: int | None = self.cleaned_data["times"]
        if self.cleaned_data.get("repeat") and times is None:
            raise forms.ValidationError(_("Say how many times, the first one included."))
        return times


class MoveForm(_TimeForm):
    """Another time for an appointment, or for it and what follows; and whose wish it is."""

    scope = forms.ChoiceField(label=gettext_lazy("Which ones?"), widget=RadioChoices())
    wished_by = forms.ChoiceField(
        label=gettext_lazy("Who wants to move it?"), choices=BY, widget=RadioChoices()
    )
    version = forms.IntegerField(widget=forms.HiddenInput)
    field_order = (
        "scope",
        "day",
        "time",
        "run",
        "all_the_same",
        "though_passed",
        "wished_by",
        "version",
    )

    def __init__(
        self,
        *args: Any,
        appointment: Appointment,
        following: Sequence[Appointment] = (),
        **kwargs: Any,
    ) -> None:
        super().__init__(
            *args, patient=appointment.patient, zone_name=appointment.time_zone, **kwargs
        )
        self.appointment, self.following = appointment, following
        self.fields["though_passed"].label = _("This time has passed: move it there anyway")
        offer_scope(self, following)

    def _subject(self) -> tuple[Membership, int, Appointment | None] | None:
        row = self.appointment
        minutes = int((row.ends_at - row.starts_at).total_seconds() // 60)
        return row.clinician, minutes, row

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        if not self.errors and self._stays():
            self.add_error("time", _("This is the time it has now. Choose another one."))
        return cleaned

    def _stays(self) -> bool:
        if wall_text(self.local_start) != self.appointment.local_start:
            return False
        return instant(self.local_start, self.zone_name) == self.appointment.starts_at

    @property
    def is_several(self) -> bool:
        return self.cleaned_data.get("scope") == "following"

    def _times(self) -> tuple[list[dt.datetime], Sequence[Appointment]]:
        return series.shifted(self.following, self.local_start), self.following


def _offer(field: forms.Field, rows: QuerySet[Any], name: str) -> None:
    """Let a select offer these rows, shown by that attribute."""
    choice = cast("forms.ModelChoiceField[Any]", field)
    choice.queryset = rows
    choice.label_from_instance = lambda row: str(getattr(row, name))  # type: ignore[method-assign,assignment]  # Django's own way
