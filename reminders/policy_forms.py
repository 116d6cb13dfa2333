"""What a manager may say about a text that goes out by itself, checked and explained."""

from __future__ import annotations

from typing import Any, cast

from django import forms
from django.utils.translation import gettext_lazy as _

from portal.appointments.models import AppointmentType
from portal.appointments.selectors import types_in_use
from portal.practices.models import Practice
from portal.tenancy.errors import DomainError
from portal.ui.forms import AccessibleForm, TimeOfDayField
from portal.ui.widgets import RadioChoices
from reminders.models import Channel, Fallback, LateRule, ReminderPolicy
from reminders.rules.timing import OffsetKind
from reminders.services.word_checks import check_subject_line, check_template

_NUMBER = {"class": "input-short", "inputmode": "numeric"}
_KINDS = [
    (OffsetKind.DAYS_BEFORE.value, _("Days before a visit")),
    (OffsetKind.HOURS_BEFORE.value, _("Hours before a visit")),
    (OffsetKind.AFTER_NO_SHOW.value, _("Hours after somebody did not come")),
    (OffsetKind.FORM_DUE.value, _("Days before a form is wanted")),
    (OffsetKind.FORM_UNFINISHED.value, _("Days since a form was asked for")),
]


class PolicyForm(AccessibleForm):
    """When, to whom, by which way, and in which words.

    Fields that do not go with the chosen kind are out of sight and count for nothing.
    """

    FRESH = {
        "kind": OffsetKind.DAYS_BEFORE.value,
        "offset": 1,
        "channel": Channel.SMS.value,
        "fallback": Fallback.NONE.value,
        "minimum_notice_hours": 0,
        "late_rule": LateRule.SEND.value,
        "at_most": 1,
    }

    name = forms.CharField(
        label=_("What you call it"),
        max_length=80,
        help_text=_("Staff see this name in the ledger; patients never do."),
    )
    kind = forms.ChoiceField(label=_("When"), choices=_KINDS, widget=RadioChoices())
    offset = forms.IntegerField(
        label=_("How many"),
        min_value=1,
        max_value=720,
        widget=forms.NumberInput(attrs=_NUMBER),
    )
    at = TimeOfDayField(
        label=_("At"),
        required=False,
        help_text=_("The time where the patient is. Empty: the hour of the visit."),
    )
    appointment_type: forms.ModelChoiceField[AppointmentType] = forms.ModelChoiceField(
        queryset=None,
        label=_("For"),
        required=False,
        empty_label=_("Every type without a text of its own"),
        error_messages={"invalid_choice": _("This type is not offered any more. Choose again.")},
    )
    channel = forms.ChoiceField(label=_("Sent as"), choices=Channel.choices, widget=RadioChoices())
    fallback = forms.ChoiceField(
        label=_("If it does not arrive"), choices=Fallback.choices, widget=RadioChoices()
    )
    minimum_notice_hours = forms.IntegerField(
        label=_("Short notice means booked less than this many hours before the text"),
        min_value=0,
        max_value=720,
        widget=forms.NumberInput(attrs=_NUMBER),
    )
    late_rule = forms.ChoiceField(
        label=_("At short notice"), choices=LateRule.choices, widget=RadioChoices()
    )
    at_most = forms.IntegerField(
        label=_("Ask for one form at most this often"),
        min_value=1,
        max_value=5,
        widget=forms.NumberInput(attrs=_NUMBER),
    )
    skip_when_confirmed = forms.BooleanField(
        label=_("Leave it out when the patient has confirmed already"), required=False
    )
    discreet = forms.BooleanField(label=_("Discreet wording for everybody"), required=False)
    template = forms.CharField(
        label=_("Full wording"),
        max_length=600,
        widget=forms.Textarea(attrs={"rows": "5"}),
    )
    discreet_template = forms.CharField(
        label=_("Discreet wording"),
        max_length=600,
        widget=forms.Textarea(attrs={"rows": "4"}),
    )
    subject_line = forms.CharField(
        label=_("Subject of the mail"),
        max_length=120,
        required=False,
        help_text=_("Shows on a locked screen, so it is always discreet."),
    )

    def __init__(
        self, *args: Any, practice: Practice, policy: ReminderPolicy | None = None, **kwargs: Any
    ) -> None:
        self.language = policy.language if policy is not None else practice.language
        kwargs.setdefault("initial", _values_of(policy) if policy is not None else self.FRESH)
        super().__init__(*args, **kwargs)
        types = cast("forms.ModelChoiceField[AppointmentType]", self.fields["appointment_type"])
        types.queryset = types_in_use()
        types.label_from_instance = _name_of  # type: ignore[method-assign,assignment]  # Django's own way

    @property
    def kind_now(self) -> OffsetKind:
        """The kind as it is chosen in the form, sound or not."""
        return OffsetKind(self._chosen("kind", OffsetKind, OffsetKind.HOURS_BEFORE))

    @property
    def by_mail_now(self) -> bool:
        """Whether mail is chosen in the form."""
        return bool(self._chosen("channel", Channel, Channel.SMS) == Channel.EMAIL)

    def clean(self) -> dict[str, Any]:
        """Look at the words as the kind and the channel want them."""
        cleaned = super().clean() or self.cleaned_data
        for field, discreet in (("template", False), ("discreet_template", True)):
            if words := cleaned.get(field):
                self._check(
                    field,
                    check_template,
                    words,
                    discreet=discreet,
                    kind=self.kind_now,
                    language=self.language,
                    by_mail=self.by_mail_now,
                )
        if self.by_mail_now and (line := cleaned.get("subject_line")):
            self._check(
                "subject_line",
                check_subject_line,
                line,
                kind=self.kind_now,
                language=self.language,
            )
        return cleaned

    def _check(self, field: str, rule: Any, *args: Any, **kwargs: Any) -> None:
        try:
            rule(*args, **kwargs)
        except DomainError as error:
            self.add_error(field, str(error))

    def _chosen(self, name: str, among: Any, otherwise: Any) -> Any:
        value = self[name].value()
        return value if value in set(among) else otherwise


def _values_of(policy: ReminderPolicy) -> dict[str, Any]:
    names = PolicyForm.base_fields
    return {name: getattr(policy, name) for name in names} | {
        "appointment_type": policy.appointment_type_id
    }


def _name_of(kind: AppointmentType) -> str:
    return kind.name
