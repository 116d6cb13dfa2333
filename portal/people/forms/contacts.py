"""Numbers and addresses of a patient, and their consent."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from portal.people.models import ContactPoint, ContactSystem
from portal.ui.forms import AccessibleForm, PhoneField, TimeOfDayField
from portal.ui.widgets import RadioChoices

CONSENT_HOW = gettext_lazy("In which words, and where: “said yes on the phone”, “intake form”.")


class _SafeHours(AccessibleForm):
    """The hours in which it is safe to reach somebody; both or none."""

    discreet = forms.BooleanField(
        label=gettext_lazy("Say as little as possible: no name of the practice, no clinician"),
        required=False,
    )
    safe_from = TimeOfDayField(
        label=gettext_lazy("Safe from"),
        required=False,
        help_text=gettext_lazy("Only if somebody else may see the phone at other times."),
    )
    safe_until = TimeOfDayField(label=gettext_lazy("Safe until"), required=False)

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        begins, ends = cleaned.get("safe_from"), cleaned.get("safe_until")
        if not self.errors and (begins is None) != (ends is None):
            missing = "safe_from" if begins is None else "safe_until"
            self.add_error(missing, _("Write both times, or none."))
        elif begins is not None and begins == ends:
            self.add_error("safe_until", _("Choose two different times."))
        return cleaned


class AddContactForm(_SafeHours):
    """A new number or address."""

    system = forms.ChoiceField(
        label=gettext_lazy("What is it for?"),
        choices=ContactSystem.choices,
        widget=RadioChoices(),
    )
    value = forms.CharField(label=gettext_lazy("Number or address"), max_length=254)
    consent_how = forms.CharField(
        label=gettext_lazy("How they agreed to be reached there"),
        max_length=200,
        required=False,
        help_text=CONSENT_HOW,
    )
    field_order = ("system", "value", "consent_how", "discreet", "safe_from", "safe_until")

    def __init__(self, *args: Any, region: str, **kwargs: Any) -> None:
        kwargs.setdefault("initial", {"system": ContactSystem.SMS, "discreet": True})
        super().__init__(*args, **kwargs)
        self.region = region

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        system, value = cleaned.get("system"), cleaned.get("value")
        if system and value:
            try:
                cleaned["value"] = _reader(system, self.region).clean(value)
            except ValidationError as error:
                self.add_error("value", error)
        return cleaned

    @property
    def cleaned_system(self) -> ContactSystem:
        return ContactSystem(self.cleaned_data["system"])


class ReplaceContactForm(AccessibleForm):
    """Another number or address of the same kind, in the place of one."""

    value = forms.CharField(max_length=254)
    consent_how = forms.CharField(
        label=gettext_lazy("How they agreed to be reached there"),
        max_length=200,
        required=False,
        help_text=gettext_lazy("Until this is said, nothing is sent there by itself."),
    )

    def __init__(self, *args: Any, system: str, region: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.system, self.region = system, region
        by_mail = system == ContactSystem.EMAIL
        self.fields["value"].label = _("New address") if by_mail else _("New number")

    def clean_value(self) -> str:
        value: str = _reader(self.system, self.region).clean(self.cleaned_data["value"])
        return value


class ChangeContactForm(_SafeHours):
    """Discretion and safe hours of a number that is on the record."""

    @classmethod
    def of(cls, point: ContactPoint, data: Any = None) -> ChangeContactForm:
        initial = {name: getattr(point, name) for name in cls.base_fields}
        return cls(data, initial=initial)


class ConsentForm(AccessibleForm):
    how = forms.CharField(
        label=gettext_lazy("How they agreed to be reached there"),
        max_length=200,
        help_text=CONSENT_HOW,
    )


def _reader(system: str, region: str) -> forms.Field:
    """The field that reads a number or an address of that kind."""
    if system == ContactSystem.EMAIL:
        return forms.EmailField(error_messages={"invalid": _("This is not a whole address.")})
    return PhoneField(region=region)
