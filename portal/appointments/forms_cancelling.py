"""Cancelling, one appointment or several; and what moving several has in common with it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, cast

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from portal.appointments.models import Appointment
from portal.ui.forms import AccessibleForm
from portal.ui.widgets import RadioChoices

BY = [
    ("patient", gettext_lazy("The patient")),
    ("practice", gettext_lazy("The practice")),
]


class CancelForm(AccessibleForm):
    """Who cancels, and why; the one, or it and what follows in its series."""

    scope = forms.ChoiceField(label=gettext_lazy("Which ones?"), widget=RadioChoices())
    cancelled_by = forms.ChoiceField(
        label=gettext_lazy("Who cancels?"), choices=BY, widget=RadioChoices()
    )
    reason = forms.CharField(
        label=gettext_lazy("Reason"),
        max_length=200,
        required=False,
        help_text=gettext_lazy("A few plain words; nothing clinical. The patient does not see it."),
    )

    def __init__(self, *args: Any, following: Sequence[Appointment] = (), **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offer_scope(self, following)


def offer_scope(form: forms.Form, following: Sequence[Appointment]) -> None:
    """This one, or this and what follows; nothing to choose where it stands alone."""
    if not following:
        del form.fields["scope"]
        return
    more = len(following) - 1
    field = cast("forms.ChoiceField", form.fields["scope"])
    field.choices = [
        ("one", _("This one only")),
        (
            "following",
            ngettext("This and the one that follows", "This and the %(n)d that follow", more)
            % {"n": more},
        ),
    ]
    field.initial = "one"
