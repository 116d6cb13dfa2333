"""How an invitation reaches somebody, and whom it is for."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from portal.people.forms.care import CarerForm
from portal.people.forms.staff import RolesForm
from portal.ui.forms import AccessibleForm
from portal.ui.widgets import RadioChoices

MAIL, PAPER = "mail", "paper"


class WayForm(AccessibleForm):
    """By mail to an address, or on a sheet of paper."""

    way = forms.ChoiceField(
        label=gettext_lazy("How does it reach them?"),
        choices=[(MAIL, gettext_lazy("By e-mail")), (PAPER, gettext_lazy("On a printed sheet"))],
        widget=RadioChoices(
            notes={PAPER: gettext_lazy("For people without e-mail: to hand over or to post.")}
        ),
    )
    email = forms.EmailField(
        label=gettext_lazy("E-mail address"),
        required=False,
        help_text=gettext_lazy(
            "With a sheet you can leave it empty. They add and confirm theirs after signing in."
        ),
        widget=forms.EmailInput(attrs={"autocomplete": "off"}),
    )

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        if cleaned.get("way") == MAIL and not cleaned.get("email") and "email" not in self.errors:
            self.add_error("email", _("Write the address that the mail goes to."))
        return cleaned

    def way_of(self) -> dict[str, Any]:
        """What the services take."""
        return {
            "email": self.cleaned_data["email"],
            "on_paper": self.cleaned_data["way"] == PAPER,
        }


class InvitePatientForm(WayForm):
    """A patient, to their own record."""


class InviteStaffForm(RolesForm, WayForm):
    """A new member of staff."""

    display_name = forms.CharField(
        label=gettext_lazy("Name, as patients will see it"), max_length=120
    )
    field_order = ("display_name", "way", "email", "roles")


class InviteCarerForm(CarerForm, WayForm):
    """A carer, for one patient, with what the patient lets them see."""

    display_name = forms.CharField(label=gettext_lazy("Name of the carer"), max_length=120)
    field_order = (
        "display_name",
        "relation",
        "categories",
        "ends_on",
        "way",
        "email",
        "agreed",
    )
