"""Care team, episode, carers and cover."""

from __future__ import annotations

import datetime as dt
from typing import Any, cast

from django import forms
from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from portal import clock
from portal.people.models import CareRole, CloseReason, JourneyStage, ProxyCategory
from portal.practices.models import Membership
from portal.practices.selectors import clinicians, staff_members
from portal.ui.forms import AccessibleForm, DayField, TimeOfDayField
from portal.ui.widgets import CheckChoices, RadioChoices

LONGEST_HELP_YEARS = 5


def _offer(field: forms.Field, rows: QuerySet[Membership]) -> None:
    """Let a select offer these people, by the names they go by."""
    choice = cast("forms.ModelChoiceField[Membership]", field)
    choice.queryset = rows
    choice.label_from_instance = _name_of  # type: ignore[method-assign,assignment]  # Django's own way


def _name_of(membership: Membership) -> str:
    return membership.display_name


class JoinForm(AccessibleForm):
    """Somebody joins the care team."""

    clinician: forms.ModelChoiceField[Membership] = forms.ModelChoiceField(
        queryset=None,
        label=gettext_lazy("Clinician"),
        empty_label=gettext_lazy("Choose a clinician"),
    )
    role = forms.TypedChoiceField(
        label=gettext_lazy("As"),
        choices=CareRole.choices,
        coerce=CareRole,
        widget=RadioChoices(
            notes={"lead": gettext_lazy("Takes the place of the lead there is now.")}
        ),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _offer(self.fields["clinician"], clinicians())


class StageForm(AccessibleForm):
    stage = forms.TypedChoiceField(
        label=gettext_lazy("Stage"),
        choices=JourneyStage.choices,
        coerce=JourneyStage,
        widget=RadioChoices(),
    )


class CloseForm(AccessibleForm):
    """The end of an episode, by a person's decision."""

    on = DayField(label=gettext_lazy("Last day"))
    reason = forms.TypedChoiceField(
        label=gettext_lazy("Why it ends"),
        choices=CloseReason.choices,
        coerce=CloseReason,
        widget=RadioChoices(),
    )


class OpenForm(AccessibleForm):
    on = DayField(label=gettext_lazy("First day"))


class CarerForm(AccessibleForm):
    """What a carer may see of one patient, and until when."""

    relation = forms.CharField(
        label=gettext_lazy("Who they are to the patient"),
        max_length=80,
        help_text=gettext_lazy("In the patient’s words: mother, friend, support worker."),
    )
    categories = forms.MultipleChoiceField(
        label=gettext_lazy("What the patient lets them see"),
        choices=ProxyCategory.choices,
        widget=CheckChoices(),
    )
    ends_on = DayField(label=gettext_lazy("Until"))
    agreed = forms.BooleanField(label=gettext_lazy("The patient has told me this themselves"))

    def __init__(self, *args: Any, today: dt.date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.today = today

    def clean_ends_on(self) -> dt.date:
        ends: dt.date = self.cleaned_data["ends_on"]
        if ends <= self.today:
            raise ValidationError(_("Choose a day that is still to come."))
        if ends.year > self.today.year + LONGEST_HELP_YEARS:
            raise ValidationError(
                _("Choose a day in the next %(years)d years; it can be made longer then.")
                % {"years": LONGEST_HELP_YEARS}
            )
        return ends

    def cleaned_categories(self) -> set[ProxyCategory]:
        return {ProxyCategory(each) for each in self.cleaned_data["categories"]}


class CoverForm(AccessibleForm):
    """Who is away, who covers, from when until when (local to the practice)."""

    absent: forms.ModelChoiceField[Membership] = forms.ModelChoiceField(
        queryset=None, label=gettext_lazy("Who is away"), empty_label=gettext_lazy("Choose")
    )
    cover: forms.ModelChoiceField[Membership] = forms.ModelChoiceField(
        queryset=None, label=gettext_lazy("Who covers"), empty_label=gettext_lazy("Choose")
    )
    first_day = DayField(label=gettext_lazy("From"))
    first_time = TimeOfDayField(label=gettext_lazy("At"))
    last_day = DayField(label=gettext_lazy("Until"))
    last_time = TimeOfDayField(label=gettext_lazy("At that day’s"))

    def __init__(
        self, *args: Any, zone_name: str, only_absent: Membership | None = None, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.zone = clock.zone(zone_name)
        _offer(self.fields["cover"], staff_members())
        if only_absent is None:
            _offer(self.fields["absent"], staff_members())
        else:  # people who are not managers arrange cover for themselves
            del self.fields["absent"]

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        if self.errors:
            return cleaned
        for end in ("first", "last"):
            local = dt.datetime.combine(cleaned[f"{end}_day"], cleaned[f"{end}_time"])
            cleaned[f"{end}_at"] = local.replace(tzinfo=self.zone).astimezone(dt.UTC)
        if cleaned["last_at"] <= cleaned["first_at"]:
            self.add_error("last_day", _("The end comes after the beginning."))
        elif cleaned["last_at"] <= clock.now():
            self.add_error("last_day", _("This time is over already."))
        return cleaned
