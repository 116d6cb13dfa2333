"""What a manager may say about the practice, checked and explained."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any, cast

import phonenumbers
from django import forms
from django.core.exceptions import ValidationError
from django.forms.boundfield import BoundField
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from portal.practices.models import Membership, Practice, PracticeSettings
from portal.practices.selectors import clinicians
from portal.practices.week import WeekForm, ranges_of
from portal.practices.zones import zone_names
from portal.ui.brand import AccentError, check_accent
from portal.ui.forms import AccessibleForm, PhoneField, TimeOfDayField
from portal.ui.widgets import RadioChoices

SHORT_NUMBER = re.compile(r"[0-9+][0-9 ()\-]{1,22}")
LINE_PARTS = ("name", "phone", "text", "hours")
MOST_LINES = 12
EMPTY_LINES = 2


class FactsForm(AccessibleForm):
    """Public facts: what everybody may know about the practice."""

    name = forms.CharField(label=gettext_lazy("Name of the practice"), max_length=120)
    town = forms.CharField(label=gettext_lazy("Town"), max_length=80, required=False)
    address = forms.CharField(
        label=gettext_lazy("Address"),
        max_length=300,
        required=False,
        help_text=gettext_lazy("As on a letter. Patients see it with each appointment."),
        widget=forms.Textarea(attrs={"rows": "3"}),
    )
    country = forms.CharField(
        label=gettext_lazy("Country"),
        max_length=2,
        help_text=gettext_lazy("Two letters, like GB. Phone numbers are read as of this country."),
        widget=forms.TextInput(attrs={"class": "input-short"}),
    )
    phone = PhoneField(label=gettext_lazy("Phone that patients may ring"), required=False)
    email = forms.EmailField(label=gettext_lazy("E-mail for questions"), required=False)
    about = forms.CharField(
        label=gettext_lazy("About the practice"),
        max_length=2000,
        required=False,
        help_text=gettext_lazy("Stands on your public page. Plain words work best."),
        widget=forms.Textarea(attrs={"rows": "6"}),
    )

    def __init__(self, *args: Any, practice: Practice, **kwargs: Any) -> None:
        kwargs.setdefault(
            "initial", {name: getattr(practice, name) for name in self.declared_fields}
        )
        super().__init__(*args, **kwargs)
        phone = cast(PhoneField, self.fields["phone"])
        # The country that is being saved decides how the number is read.
        phone.region = str(self.data.get("country") or practice.country).strip().upper()[:2]

    def clean_country(self) -> str:
        country = str(self.cleaned_data["country"]).strip().upper()
        if country not in phonenumbers.SUPPORTED_REGIONS:
            raise ValidationError(_("There is no country with this code. It looks like GB or DE."))
        return country


class HoursForm(WeekForm):
    """Opening hours, the zone that they are in, and the hours in which nothing is sent."""

    time_zone = forms.ChoiceField(label=gettext_lazy("Time zone"))
    quiet_from = TimeOfDayField(label=gettext_lazy("Quiet from"))
    quiet_until = TimeOfDayField(label=gettext_lazy("Quiet until"))

    def __init__(
        self, *args: Any, practice: Practice, settings: PracticeSettings, **kwargs: Any
    ) -> None:
        super().__init__(
            *args,
            ranges=ranges_of(settings.hours),
            initial={
                "time_zone": practice.time_zone,
                "quiet_from": settings.quiet_from,
                "quiet_until": settings.quiet_until,
            },
            **kwargs,
        )
        zone = cast(forms.ChoiceField, self.fields["time_zone"])
        zone.choices = [(name, name.replace("_", " ")) for name in zone_names()]

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        begins, ends = cleaned.get("quiet_from"), cleaned.get("quiet_until")
        if begins is not None and begins == ends:
            self.add_error(
                "quiet_until", _("The quiet time would last all day. Choose two different times.")
            )
        if not self.errors and not self.cleaned_ranges():
            self.add_error(
                None, _("The practice would never be open. Write the hours of at least one day.")
            )
        return cleaned

    def cleaned_hours(self) -> list[dict[str, Any]]:
        """The hours as the settings keep them."""
        return [
            {"day": day, "opens": f"{begins:%H:%M}", "closes": f"{ends:%H:%M}"}
            for day, begins, ends in self.cleaned_ranges()
        ]


@dataclass(frozen=True, slots=True)
class Line:
    """One row of the crisis lines as the template shows it."""

    number: int
    name: BoundField
    phone: BoundField
    text: BoundField
    hours: BoundField


class CrisisLinesForm(AccessibleForm):
    """The emergency number, and the crisis lines as rows `line0_name`, `line0_phone` …

    An empty row is left out, so emptying a row removes it. There are always some empty ones.
    """

    emergency_number = forms.CharField(
        label=gettext_lazy("Emergency number"),
        max_length=16,
        help_text=gettext_lazy("For danger right now: 999 in the United Kingdom."),
        widget=forms.TextInput(attrs={"class": "input-short", "inputmode": "tel"}),
    )

    def __init__(self, *args: Any, settings: PracticeSettings, **kwargs: Any) -> None:
        initial = {"emergency_number": settings.emergency_number}
        for number, line in enumerate(settings.crisis_lines):
            initial |= {f"line{number}_{part}": line.get(part, "") for part in LINE_PARTS}
        self.rows = min(len(settings.crisis_lines) + EMPTY_LINES, MOST_LINES)
        super().__init__(*args, initial=initial, **kwargs)
        # A page that was opened before somebody else shortened the list still has its rows.
        sent = [n for n in range(MOST_LINES) if f"line{n}_name" in self.data]
        self.rows = max([self.rows, *(n + 1 for n in sent)])
        self.fields.update(_line_fields(self.rows))

    def lines(self) -> list[Line]:
        """The rows for the template."""
        return [
            Line(n + 1, *(self[f"line{n}_{part}"] for part in LINE_PARTS)) for n in range(self.rows)
        ]

    def cleaned_lines(self) -> list[dict[str, str]]:
        rows = [
            {part: str(self.cleaned_data.get(f"line{n}_{part}", "")) for part in LINE_PARTS}
            for n in range(self.rows)
        ]
        return [row for row in rows if any(row.values())]

    def clean_emergency_number(self) -> str:
        number = str(self.cleaned_data["emergency_number"]).strip()
        if not SHORT_NUMBER.fullmatch(number):
            raise ValidationError(_("Write the number in digits, like 999."))
        return number

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        for n in range(self.rows):
            name, phone, text, hours = (cleaned.get(f"line{n}_{part}") for part in LINE_PARTS)
            if phone and not SHORT_NUMBER.fullmatch(phone):
                self.add_error(f"line{n}_phone", _("Write the number in digits, like 116 123."))
            elif not (phone or text) and (name or hours) and not self.errors.get(f"line{n}_phone"):
                self.add_error(f"line{n}_phone", _("Write a number, or how to write to them."))
            if not name and (phone or text or hours) and not self.errors.get(f"line{n}_name"):
                self.add_error(f"line{n}_name", _("Say who answers there."))
        return cleaned


def _line_fields(rows: int) -> dict[str, forms.CharField]:
    labels = {
        "name": (_("Who answers"), 80),
        "phone": (_("Phone"), 24),
        "text": (_("How to write to them"), 80),
        "hours": (_("When"), 80),
    }
    fields = {
        f"line{n}_{part}": forms.CharField(label=label, max_length=longest, required=False)
        for n in range(rows)
        for part, (label, longest) in labels.items()
    }
    for each in fields.values():
        each.say_optional = False  # type: ignore[attr-defined]  # read by the field's template
    return fields


class LookForm(AccessibleForm):
    """The practice's one colour."""

    accent = forms.CharField(
        label=gettext_lazy("Your colour"),
        max_length=7,
        required=False,
        help_text=gettext_lazy(
            "A hash and six digits or letters, like #17594f. Empty: the product’s own green."
        ),
        widget=forms.TextInput(attrs={"class": "input-short", "spellcheck": "false"}),
    )

    def clean_accent(self) -> str:
        accent = str(self.cleaned_data["accent"]).strip()
        if not accent:
            return ""
        try:
            return check_accent(accent)
        except AccentError as error:
            raise ValidationError(str(error)) from error


class SafetyForm(AccessibleForm):
    """Who answers for a risk, whether texts are sent, and the notice that patients need."""

    duty_clinician: forms.ModelChoiceField[Membership] = forms.ModelChoiceField(
        queryset=None,
        label=gettext_lazy("Duty clinician"),
        required=False,
        empty_label=gettext_lazy("Nobody yet"),
        help_text=gettext_lazy(
            "Sees a risk when the patient’s own clinician is away and nobody covers."
        ),
    )
    texts_enabled = forms.TypedChoiceField(
        label=gettext_lazy("Texts about appointments"),
        choices=[("yes", gettext_lazy("Send them")), ("no", gettext_lazy("Do not send any"))],
        coerce=lambda value: value == "yes",
        widget=RadioChoices(
            notes={"yes": gettext_lazy("Only to people who have agreed, and who can stop them.")}
        ),
    )
    segment_price = forms.DecimalField(
        label=gettext_lazy("What one segment of a text costs you"),
        min_value=0,
        max_digits=7,
        decimal_places=4,
        required=False,
        help_text=gettext_lazy(
            "As on your provider’s bill, like 0.04. Then the price of each text is shown."
        ),
        widget=forms.NumberInput(
            attrs={"class": "input-short", "inputmode": "decimal", "step": "0.0001"}
        ),
        error_messages={
            "invalid": gettext_lazy("Write an amount, like 0.04."),
            "max_digits": gettext_lazy("Write an amount below 1,000, like 0.04."),
            "max_decimal_places": gettext_lazy("Four digits after the point are enough."),
            "max_whole_digits": gettext_lazy("Write an amount below 1,000, like 0.04."),
        },
    )
    currency = forms.CharField(
        label=gettext_lazy("Currency of your bill"),
        max_length=3,
        help_text=gettext_lazy("Three letters, like GBP."),
        widget=forms.TextInput(attrs={"class": "input-short"}),
    )
    late_cancel_hours = forms.IntegerField(
        label=gettext_lazy("A cancellation is late within this many hours"),
        min_value=0,
        max_value=336,
        widget=forms.NumberInput(attrs={"class": "input-short", "inputmode": "numeric"}),
    )
    reschedule_notice_hours = forms.IntegerField(
        label=gettext_lazy("Patients can ask for another time until this many hours before"),
        help_text=gettext_lazy(
            "They choose it from the text before their visit: leave them time to read that."
        ),
        min_value=0,
        max_value=336,
        widget=forms.NumberInput(attrs={"class": "input-short", "inputmode": "numeric"}),
    )

    def __init__(self, *args: Any, settings: PracticeSettings, **kwargs: Any) -> None:
        initial = {name: getattr(settings, name) for name in self.declared_fields}
        decided = settings.texts_confirmed_at is not None
        initial["texts_enabled"] = ("yes" if settings.texts_enabled else "no") if decided else ""
        if settings.segment_price is not None:  # 0.04 as it was typed, and not 0.0400
            initial["segment_price"] = f"{settings.segment_price.normalize():f}"
        super().__init__(*args, initial=initial, **kwargs)
        duty = cast("forms.ModelChoiceField[Membership]", self.fields["duty_clinician"])
        duty.queryset = clinicians()
        duty.label_from_instance = _name_of  # type: ignore[method-assign,assignment]  # Django's own way

    def clean_currency(self) -> str:
        code = str(self.cleaned_data["currency"]).strip().upper()
        if not re.fullmatch(r"[A-Z]{3}", code):
            raise ValidationError(_("Write the three letters of the currency, like GBP."))
        return code


def _name_of(membership: Membership) -> str:
    return membership.display_name
