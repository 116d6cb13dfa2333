"""What can be asked of the ledger."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from typing import Any, cast
from uuid import UUID

from django import forms
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from portal.appointments.days import FIRST, LAST
from portal.appointments.wall_time import day_bounds
from portal.ui.forms import AccessibleForm
from reminders.models import Channel, Reminder
from reminders.models.ledger import STATE_LABELS
from reminders.rules.states import State
from reminders.selectors import about_visits_with, shown_as

_STATES = {
    "waiting": (State.PLANNED, State.SENDING),
    "gone": (State.SENT, State.DELIVERED),
    "trouble": (State.UNDELIVERED, State.FAILED, State.AMBIGUOUS),
    "not_sent": (State.SUPPRESSED, State.EXPIRED),
}


class LedgerForm(AccessibleForm):
    """Which rows: states (a group, or one), a channel, the visits of a clinician, a day, a patient.

    Nonsense in the address is as nothing asked. `people` are id and name of the clinicians. The
    patient is an id: a name never stands in an address.
    """

    GROUPS = {
        "": _("All"),
        "waiting": _("Planned"),
        "gone": _("Gone out"),
        "trouble": _("Trouble"),
        "not_sent": _("Not needed or too late"),
    }

    show = forms.ChoiceField(label=_("State"), required=False)
    patient = forms.UUIDField(required=False, widget=forms.HiddenInput)
    channel = forms.ChoiceField(
        label=_("Channel"), choices=[("", _("All")), *Channel.choices], required=False
    )
    clinician = forms.ChoiceField(label=_("Visits with"), required=False)
    day = forms.DateField(
        label=_("Day"),
        required=False,
        widget=forms.DateInput(attrs={"type": "date", "class": "input input-short"}),
    )

    def __init__(self, *args: Any, people: list[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choice = cast("forms.ChoiceField", self.fields["clinician"])
        choice.choices = [("", _("All")), *people]
        choice = cast("forms.ChoiceField", self.fields["show"])
        choice.choices = [("", _("All")), *self._states()]

    def _states(self) -> Iterator[tuple[str, list[tuple[str, str]]]]:
        """Each group of states: the whole of it, then each state."""
        for group, states in _STATES.items():
            label = str(self.GROUPS[group])
            whole = str(_("All of “%(group)s”")) % {"group": label}
            yield label, [(group, whole), *((each, str(STATE_LABELS[each])) for each in states)]

    def clean_day(self) -> dt.date | None:
        """A day within reach: in another zone, the year 9999 has no UTC time."""
        day: dt.date | None = self.cleaned_data["day"]
        if day is not None and not FIRST <= day <= LAST:
            raise forms.ValidationError(_("Check the year."))
        return day

    @property
    def group(self) -> str:
        """The chosen group, or that of the chosen state; `""` for all, as for nonsense."""
        show = self._value("show") or ""
        return next((group for group, states in _STATES.items() if show in states), show)

    @property
    def states(self) -> frozenset[State]:
        """The states asked for; empty for all."""
        show = self._value("show")
        if not show:
            return frozenset()
        return frozenset(_STATES[show] if show in _STATES else [State(show)])

    @property
    def patient_id(self) -> UUID | None:
        """Whose rows alone."""
        found: UUID | None = self._value("patient")
        return found

    @property
    def is_filtered(self) -> bool:
        """Whether anything but everything was asked for."""
        return bool(self.asked())

    def asked(self) -> dict[str, str]:
        """What was asked for, as ids, dates and codes: for a line of the audit."""
        return {name: str(value) for name in self.fields if (value := self._value(name))}

    def apply(self, rows: QuerySet[Reminder], zone: str) -> QuerySet[Reminder]:
        """The rows asked for: planned ones the next first, all others the newest first."""
        if self.states:
            rows = shown_as(rows, self.states)
        if self.patient_id is not None:
            rows = rows.filter(patient_id=self.patient_id)
        if channel := self._value("channel"):
            rows = rows.filter(channel=channel)
        if clinician := self._value("clinician"):
            rows = about_visits_with(rows, UUID(clinician))
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
