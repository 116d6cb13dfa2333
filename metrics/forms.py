"""What a manager asks the No-shows page."""

from datetime import date, timedelta
from typing import Any

from django import forms
from django.http import QueryDict
from django.utils.formats import date_format
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from metrics.reports import Question, usual_period
from metrics.rollups.outcomes import Outcome
from metrics.rollups.periods import Period, Step
from portal.ui.forms import AccessibleForm, DayField

LONGEST = timedelta(days=5 * 366)
LISTED = tuple(outcome for outcome in Outcome if outcome is not Outcome.UPCOMING)
"""What has a list of people behind it: figures look back, the schedule looks ahead."""


class QuestionForm(AccessibleForm):
    """A period up to today, the length of one point, and a day to compare before and since.

    Fields that the address leaves out take their usual value; an emptied one is an error.
    """

    from_on = DayField(label=_("From"))
    to_on = DayField(label=_("To"))
    step = forms.ChoiceField(
        label=_("One point is"), choices=[(Step.WEEK, _("a week")), (Step.MONTH, _("a month"))]
    )
    change_on = DayField(label=_("Compare before and since"), required=False)

    def __init__(self, asked: QueryDict, *, today: date) -> None:
        self.today = today
        usual = usual_period(today)
        initial = {
            "from_on": usual.first.isoformat(),
            "to_on": usual.last.isoformat(),
            "step": Step.WEEK.value,
            "change_on": "",
        }
        super().__init__({name: asked.get(name, value) for name, value in initial.items()})

    def clean(self) -> dict[str, Any]:
        """Check the dates against one another and against today; each problem at its own field."""
        cleaned = super().clean() or {}
        first, last = cleaned.get("from_on"), cleaned.get("to_on")
        if last and last > self.today:
            today = _said(self.today)
            self.add_error(
                "to_on",
                gettext("That day has not come yet. Choose %(today)s or earlier.")
                % {"today": today},
            )
        elif first and last and last < first:
            self.add_error(
                "to_on",
                gettext("This is before the first day. Choose %(first)s or later.")
                % {"first": _said(first)},
            )
        elif first and last and last - first > LONGEST:
            self.add_error(
                "from_on", gettext("That is more than five years. Choose a later first day.")
            )
        change = cleaned.get("change_on")
        if change and first and last and not self.errors and not first < change <= last:
            self.add_error(
                "change_on",
                gettext("Choose a day inside the period, after %(first)s.")
                % {"first": _said(first)},
            )
        return cleaned

    def question(self) -> Question:
        """What was asked. Call it on a valid form."""
        asked = self.cleaned_data
        return Question(
            period=Period(asked["from_on"], asked["to_on"]),
            step=Step(asked["step"]),
            change_on=asked["change_on"],
        )


class PeopleForm(forms.Form):
    """What the address of a list of people must say; the pages write it, nobody types it."""

    from_on = DayField()
    to_on = DayField()
    outcome = forms.ChoiceField(choices=[(outcome.value, outcome.value) for outcome in LISTED])

    def clean(self) -> dict[str, Any]:
        """Refuse a period that ends before it begins or is longer than the pages offer."""
        cleaned = super().clean() or {}
        first, last = cleaned.get("from_on"), cleaned.get("to_on")
        if first and last and not timedelta(0) <= last - first <= LONGEST:
            raise forms.ValidationError("no such period")
        return cleaned

    def period(self) -> Period:
        """The period. Call it on a valid form."""
        return Period(self.cleaned_data["from_on"], self.cleaned_data["to_on"])

    def outcome_asked(self) -> Outcome:
        """The outcome. Call it on a valid form."""
        return Outcome(self.cleaned_data["outcome"])


def _said(day: date) -> str:
    return date_format(day, "j F Y")
