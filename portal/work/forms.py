"""Passing work on."""

from __future__ import annotations

from typing import Any, cast

from django import forms
from django.utils.translation import gettext_lazy

from portal.practices.models import Membership
from portal.practices.selectors import clinicians, staff_members
from portal.ui.forms import AccessibleForm
from portal.ui.widgets import RadioChoices
from portal.work.models import Mail, NoticeKind, WorkItem, WorkKind
from portal.work.preferences import CHOICES
from portal.work.selectors import HAS_WORK_LIST


class PassOnForm(AccessibleForm):
    """To whom. An alert goes to a clinician only."""

    to: forms.ModelChoiceField[Membership] = forms.ModelChoiceField(
        queryset=None, label=gettext_lazy("Pass it on to"), empty_label=gettext_lazy("Choose")
    )

    def __init__(self, *args: Any, item: WorkItem, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        people = (
            clinicians()
            if item.kind == WorkKind.ALERT
            else staff_members().filter(roles__overlap=sorted(HAS_WORK_LIST))
        )
        to = cast("forms.ModelChoiceField[Membership]", self.fields["to"])
        if item.assigned_to_id is not None:
            people = people.exclude(pk=item.assigned_to_id)
        to.queryset = people
        to.label_from_instance = _name_and_roles  # type: ignore[method-assign,assignment]  # Django's own way


class NoticeMailForm(AccessibleForm):
    """What is mailed: one question for each kind of news."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for kind, choices in CHOICES.items():
            self.fields[kind.value] = forms.ChoiceField(
                label=kind.label,
                choices=[(choice.value, choice.label) for choice in choices],
                widget=RadioChoices,
            )

    def chosen(self) -> dict[NoticeKind, Mail]:
        """The answers of a form that is valid."""
        return {kind: Mail(self.cleaned_data[kind.value]) for kind in CHOICES}


class DoneForm(AccessibleForm):
    outcome = forms.CharField(
        label=gettext_lazy("What was done"),
        max_length=1000,
        required=False,
        help_text=gettext_lazy("A manager may read this: nothing clinical."),
        widget=forms.Textarea(attrs={"rows": "2"}),
    )


def _name_and_roles(membership: Membership) -> str:
    return f"{membership.display_name} ({membership.role_labels})"
