"""What staff may do."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy

from portal.access.roles import DESCRIPTIONS, STAFF_ROLES, Role
from portal.ui.forms import AccessibleForm
from portal.ui.widgets import CheckChoices

_IN_ORDER = (Role.CLINICIAN, Role.FRONT_DESK, Role.MANAGER, Role.NAVIGATOR)


class RolesForm(AccessibleForm):
    """One or more roles of the staff, each with what it is for."""

    roles = forms.MultipleChoiceField(
        label=gettext_lazy("What may they do?"),
        choices=[(role.value, role.label) for role in _IN_ORDER if role in STAFF_ROLES],
        widget=CheckChoices(notes={role.value: DESCRIPTIONS[role] for role in _IN_ORDER}),
    )

    def cleaned_roles(self) -> set[Role]:
        return {Role(each) for each in self.cleaned_data["roles"]}
