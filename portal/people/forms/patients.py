"""Finding a patient, and the facts of a record."""

from __future__ import annotations

import datetime as dt
import json
from typing import Any, cast

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from portal import clock
from portal.people.models import Patient
from portal.practices.models import Membership, Practice
from portal.practices.selectors import clinicians
from portal.practices.zones import zone_names
from portal.ui import languages
from portal.ui.forms import AccessibleForm, DatePartsField, PhoneField
from portal.ui.widgets import RadioChoices

FIRST_YEAR = 1900
FACTS = (
    "given_name",
    "family_name",
    "preferred_name",
    "birth_date",
    "pronouns",
    "record_number",
    "language",
    "time_zone",
)


class FindForm(AccessibleForm):
    """Words to look for; they are posted, so that no name stands in an address."""

    words = forms.CharField(
        label=gettext_lazy("Name, phone or record number"),
        max_length=80,
        min_length=2,
        widget=forms.TextInput(attrs={"type": "search", "autocomplete": "off"}),
        error_messages={"min_length": gettext_lazy("Write at least two letters or digits.")},
    )


class FactsForm(AccessibleForm):
    """The facts of a record."""

    given_name = forms.CharField(label=gettext_lazy("First name"), max_length=100)
    family_name = forms.CharField(label=gettext_lazy("Family name"), max_length=100, required=False)
    preferred_name = forms.CharField(
        label=gettext_lazy("What they want to be called"), max_length=100, required=False
    )
    birth_date = DatePartsField(label=gettext_lazy("Date of birth"), required=False)
    pronouns = forms.CharField(label=gettext_lazy("Pronouns"), max_length=40, required=False)
    record_number = forms.CharField(
        label=gettext_lazy("Record number"),
        max_length=40,
        required=False,
        help_text=gettext_lazy("The number in your other system, if there is one."),
    )
    language = forms.ChoiceField(
        label=gettext_lazy("Language"),
        choices=languages.choices,
        help_text=gettext_lazy(
            "Texts go out in it where the practice has written them. Pages are in English so far."
        ),
    )
    time_zone = forms.ChoiceField(
        label=gettext_lazy("Time zone"),
        required=False,
        help_text=gettext_lazy("Only for somebody who lives in another zone than the practice."),
    )

    def __init__(self, *args: Any, practice: Practice, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.practice = practice
        zone = cast(forms.ChoiceField, self.fields["time_zone"])
        zone.choices = [("", _("The same as the practice"))] + [
            (name, name.replace("_", " ")) for name in zone_names()
        ]

    def clean_birth_date(self) -> dt.date | None:
        born: dt.date | None = self.cleaned_data["birth_date"]
        if born is None:
            return None
        if born > clock.today(self.practice.time_zone):
            raise ValidationError(_("This day is still to come."))
        if born.year < FIRST_YEAR:
            raise ValidationError(_("Check the year: nobody is that old."))
        return born

    def facts(self) -> dict[str, Any]:
        """What the services take."""
        return {name: self.cleaned_data[name] for name in FACTS}


class AddForm(FactsForm):
    """A new record: the facts, one number, and who leads."""

    mobile = PhoneField(
        label=gettext_lazy("Mobile number"),
        required=False,
        help_text=gettext_lazy("You can add more numbers and an e-mail address afterwards."),
    )
    consent_how = forms.CharField(
        label=gettext_lazy("How they agreed to get texts"),
        max_length=200,
        required=False,
        help_text=gettext_lazy(
            "For example: said so on the phone. Leave it empty if you have not asked; then no "
            "text is sent."
        ),
    )
    lead: forms.ModelChoiceField[Membership] = forms.ModelChoiceField(
        queryset=None,
        label=gettext_lazy("Lead clinician"),
        required=False,
        empty_label=gettext_lazy("Decide later"),
    )
    someone_else = forms.BooleanField(
        label=gettext_lazy("This is another person. Add the record."), required=False
    )

    def __init__(self, *args: Any, practice: Practice, **kwargs: Any) -> None:
        super().__init__(*args, practice=practice, **kwargs)
        cast(PhoneField, self.fields["mobile"]).region = practice.country
        lead = cast("forms.ModelChoiceField[Membership]", self.fields["lead"])
        lead.queryset = clinicians()
        lead.label_from_instance = _name_of  # type: ignore[method-assign,assignment]  # Django's own way

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        if cleaned.get("consent_how") and not cleaned.get("mobile") and "mobile" not in self.errors:
            self.add_error("mobile", _("Write the number that they agreed to."))
        return cleaned


class EditForm(FactsForm):
    """The facts, with the version and the values that the person saw when the page was opened."""

    version = forms.IntegerField(widget=forms.HiddenInput)
    seen = forms.CharField(widget=forms.HiddenInput, required=False, max_length=4000)

    @classmethod
    def of(cls, patient: Patient, practice: Practice, data: Any = None) -> EditForm:
        initial = {name: getattr(patient, name) for name in FACTS}
        initial |= {"version": patient.version, "seen": json.dumps(_texts(patient))}
        return cls(data, practice=practice, initial=initial)

    def differing(self, current: Patient) -> list[tuple[str, str]]:
        """Label and saved value of each fact that now stands otherwise than what was written."""
        saved = _texts(current)
        return [
            (str(self[name].label), saved[name] or _("empty"))
            for name in FACTS
            if saved[name] != self._written(name)
        ]

    def on_top_of(self, current: Patient) -> EditForm:
        """The same words again, to be saved over the version that stands now.

        Where the person had changed nothing, what the other one saved is taken over.
        """
        seen, saved = self._seen(), _texts(current)
        data = {name: self.data.get(name) for name in self.data}
        for name in FACTS:
            if name in seen and self._written(name) == seen[name]:
                data[name] = saved[name]
        data |= {"version": str(current.version), "seen": json.dumps(saved)}
        return type(self)(data, practice=self.practice, initial=self.initial)

    def _written(self, name: str) -> str:
        return _text(self.cleaned_data[name])

    def _seen(self) -> dict[str, str]:
        try:
            seen = json.loads(self.cleaned_data.get("seen") or "{}")
        except (ValueError, RecursionError):
            return {}
        return seen if isinstance(seen, dict) else {}


def _text(value: Any) -> str:
    return value.isoformat() if isinstance(value, dt.date) else str(value or "")


def _texts(patient: Patient) -> dict[str, str]:
    """Each fact as text, to be compared with what was seen and what was written."""
    return {name: _text(getattr(patient, name)) for name in FACTS}


class AutomationForm(AccessibleForm):
    paused = forms.TypedChoiceField(
        choices=[("yes", "yes"), ("no", "no")], coerce=lambda value: value == "yes"
    )


class ConfirmForm(AccessibleForm):
    """A page that asks once more; the button is the answer."""


class NewLeadForm(AccessibleForm):
    """Who takes over the patients of somebody who leaves."""

    new_lead = forms.ChoiceField(
        label=gettext_lazy("Who leads them from now on?"), widget=RadioChoices(apart=("nobody",))
    )

    def __init__(self, *args: Any, leaving: Membership, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.others = {str(each.pk): each for each in clinicians().exclude(pk=leaving.pk)}
        choice = cast(forms.ChoiceField, self.fields["new_lead"])
        choice.choices = [
            *((pk, each.display_name) for pk, each in self.others.items()),
            ("nobody", _("Nobody yet. Managers see them as patients without a lead.")),
        ]

    def chosen(self) -> Membership | None:
        return self.others.get(self.cleaned_data["new_lead"])


def _name_of(membership: Membership) -> str:
    return membership.display_name
