"""What can be asked of the ledger."""

from __future__ import annotations

from typing import Any

from django import forms
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from portal.appointments.wall_time import day_bounds
from portal.ui.forms import AccessibleForm
from reminders.models import Reminder
from reminders.rules.states import State
from reminders.selectors import in_states

_TROUBLE = frozenset({State.UNDELIVERED, State.FAILED, State.AMBIGUOUS})
_STATES = {
    "waiting": frozenset({State.PLANNED, State.SENDING}),
    "gone": frozenset({State.SENT, State.DELIVERED}),
    "trouble": _TROUBLE,
    "not_sent": frozenset({State.SUPPRESSED, State.EXPIRED}),
}


class LedgerForm(AccessibleForm):
    """Which rows: a group of states, and a day."""

    GROUPS = {
        "": _("All"),
        "waiting": _("Planned"),
        "gone": _("Gone out"),
        "trouble": _("Trouble"),
        "not_sent": _("Not needed or too late"),
    }

    show = forms.ChoiceField(choices=list(GROUPS.items()), required=False, widget=forms.HiddenInput)
    day = forms.DateField(
        label=_("Day"),
        required=False,
        widget=forms.DateInput(attrs={"type": "date", "class": "input input-short"}),
    )

    @property
    def group(self) -> str:
        """The chosen group, `""` for all; nonsense in the address means all."""
        return str(self._value("show") or "")

    @property
    def is_filtered(self) -> bool:
        """Whether anything but everything was asked for."""
        return bool(self.group or self._value("day"))

    def apply(self, rows: QuerySet[Reminder], zone: str) -> QuerySet[Reminder]:
        """The rows asked for: planned ones the next first, all others the newest first."""
        if self.group:
            rows = in_states(rows, _STATES[self.group])
        day = self._value("day")
        if day is not None:
            begins, ends = day_bounds(day, zone)
            rows = rows.filter(due_at__gte=begins, due_at__lt=ends)
        return rows.order_by("due_at", "pk") if self.group == "waiting" else rows

    def _value(self, name: str) -> Any:
        if not self.is_bound:
            return None
        self.is_valid()
        return self.cleaned_data.get(name)
