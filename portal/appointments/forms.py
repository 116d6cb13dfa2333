"""Outcomes, types and availability, and what patients say, checked and explained."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from portal.appointments.asking import WISHES
from portal.appointments.models import OUTCOMES, Status
from portal.practices.week import WeekForm
from portal.ui.forms import AccessibleForm
from portal.ui.widgets import RadioChoices


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
