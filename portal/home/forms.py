"""What a manager asks the audit."""

from __future__ import annotations

from typing import Any, cast
from uuid import UUID

from django import forms
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from portal.audit.forms import DaysForm
from portal.audit.presenters import event_words
from portal.audit.selectors import actions_of_practice

BY_PORTAL = "portal"


class AuditFilter(DaysForm):
    """Who, what, when and about whom; everything may stay open.

    A patient is chosen by a search on a page of its own, so `patient` is hidden here.
    """

    person = forms.ChoiceField(label=gettext_lazy("Person"), required=False)
    action = forms.ChoiceField(label=gettext_lazy("What"), required=False)
    refused = forms.BooleanField(label=gettext_lazy("Only what was refused"), required=False)
    patient = forms.UUIDField(widget=forms.HiddenInput, required=False)
    field_order = ("person", "action", "first", "last", "refused", "patient")

    def __init__(self, *args: Any, people: list[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        portal = (BY_PORTAL, _("The portal, by itself"))
        cast(forms.ChoiceField, self.fields["person"]).choices = [
            ("", _("Everybody")),
            *people,
            portal,
        ]
        kinds = sorted((str(capfirst(event_words(name))), name) for name in actions_of_practice())
        cast(forms.ChoiceField, self.fields["action"]).choices = [
            ("", _("Everything")),
            *((name, words) for words, name in kinds),
        ]

    def query(self, zone_name: str) -> dict[str, Any]:
        """What the selector takes."""
        cleaned = self.cleaned_data
        person = cleaned["person"]
        begins, ends = self.bounds(zone_name)
        return {
            "actor_id": UUID(person) if person and person != BY_PORTAL else None,
            "by_portal": person == BY_PORTAL,
            "patient_id": cleaned["patient"],
            "action": cleaned["action"],
            "begins": begins,
            "ends": ends,
            "refused_only": cleaned["refused"],
        }
