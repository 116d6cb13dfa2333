"""What a manager may say about a text that goes out by itself, checked and explained."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any, cast

from django import forms
from django.forms.boundfield import BoundField
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from portal.appointments.models import AppointmentType
from portal.appointments.selectors import types_in_use
from portal.practices.models import Practice
from portal.tenancy.errors import DomainError
from portal.ui.forms import AccessibleForm, PhoneField, TimeOfDayField
from portal.ui.widgets import RadioChoices
from reminders.models import Channel, Fallback, LateRule, ReminderPolicy
from reminders.rules.languages import LANGUAGES, base_of
from reminders.rules.timing import AT_AN_HOUR, OffsetKind, Step
from reminders.services.word_checks import check_subject_line, check_template
from reminders.wordings import Words

_NUMBER = {"class": "input-short", "inputmode": "numeric"}
_KINDS = [
    (OffsetKind.DAYS_BEFORE.value, gettext_lazy("Days before a visit")),
    (OffsetKind.HOURS_BEFORE.value, gettext_lazy("Hours before a visit")),
    (OffsetKind.AFTER_NO_SHOW.value, gettext_lazy("Hours after somebody did not come")),
    (OffsetKind.FORM_DUE.value, gettext_lazy("Days before a form is wanted")),
    (OffsetKind.FORM_UNFINISHED.value, gettext_lazy("Days since a form was asked for")),
]
_TEMPLATES = ("template", "discreet_template")
_PARTS = (*_TEMPLATES, "subject_line")


def _template(label: Any, rows: int, *, required: bool = True) -> forms.CharField:
    return forms.CharField(
        label=label,
        max_length=600,
        required=required,
        widget=forms.Textarea(attrs={"rows": str(rows)}),
    )


def _subject_line(label: Any) -> forms.CharField:
    return forms.CharField(
        label=label,
        max_length=120,
        required=False,
        help_text=gettext_lazy("A locked screen shows it, so it is always discreet."),
    )


class PolicyForm(AccessibleForm):
    """When, to whom, by which way, and in which words.

    Fields that do not go with the chosen kind are out of sight and count for nothing. Words in more
    languages are `template_de` and so on, for each of `languages`; emptying both leaves one out.
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
        label=gettext_lazy("What you call it"),
        max_length=80,
        help_text=gettext_lazy("Staff see this name in the ledger; patients never do."),
    )
    kind = forms.ChoiceField(
        label=gettext_lazy("What it is counted from"), choices=_KINDS, widget=RadioChoices()
    )
    offset = forms.IntegerField(
        label=gettext_lazy("How many"),
        min_value=1,
        max_value=720,
        widget=forms.NumberInput(attrs=_NUMBER),
    )
    at = TimeOfDayField(
        label=gettext_lazy("At"),
        required=False,
        help_text=gettext_lazy(
            "Where the patient is. Empty: the hour of the visit; for a form 10:00, or the hour it "
            "was asked for."
        ),
    )
    appointment_type: forms.ModelChoiceField[AppointmentType] = forms.ModelChoiceField(
        queryset=None,
        label=gettext_lazy("For"),
        required=False,
        empty_label=gettext_lazy("Every type without a text of its own"),
        error_messages={
            "invalid_choice": gettext_lazy("This type is not offered any more. Choose again.")
        },
    )
    skip_when_confirmed = forms.BooleanField(
        label=gettext_lazy("Leave it out when the patient has confirmed already"), required=False
    )
    minimum_notice_hours = forms.IntegerField(
        label=gettext_lazy("Short notice means booked less than this many hours before the text"),
        min_value=0,
        max_value=720,
        widget=forms.NumberInput(attrs=_NUMBER),
    )
    late_rule = forms.ChoiceField(
        label=gettext_lazy("At short notice"), choices=LateRule.choices, widget=RadioChoices()
    )
    at_most = forms.IntegerField(
        label=gettext_lazy("Ask for one form at most this often"),
        min_value=1,
        max_value=5,
        widget=forms.NumberInput(attrs=_NUMBER),
    )
    channel = forms.ChoiceField(
        label=gettext_lazy("Sent as"), choices=Channel.choices, widget=RadioChoices()
    )
    fallback = forms.ChoiceField(
        label=gettext_lazy("If it does not arrive"),
        choices=Fallback.choices,
        widget=RadioChoices(),
    )
    subject_line = _subject_line(gettext_lazy("Subject of the mail"))
    template = _template(gettext_lazy("Full wording"), 5)
    discreet_template = _template(gettext_lazy("Discreet wording"), 4)
    discreet = forms.BooleanField(
        label=gettext_lazy("Send the discreet wording to everybody"), required=False
    )
    add_language = forms.ChoiceField(
        label=gettext_lazy("Write it in one more language"), required=False
    )

    def __init__(
        self,
        *args: Any,
        practice: Practice,
        policy: ReminderPolicy | None = None,
        languages: Iterable[str] | None = None,
        **kwargs: Any,
    ) -> None:
        self.language = policy.language if policy is not None else practice.language
        others = _others_of(policy) if policy is not None else {}
        kwargs.setdefault("initial", _values_of(policy) if policy is not None else self.FRESH)
        kwargs["initial"] = {**others, **kwargs["initial"]}
        super().__init__(*args, **kwargs)
        self.languages = self._known(_languages_of(self.data, policy, languages))
        for code in self.languages:
            self.fields.update(_fields_in(code))
        types = cast("forms.ModelChoiceField[AppointmentType]", self.fields["appointment_type"])
        types.queryset = types_in_use()
        types.label_from_instance = _name_of  # type: ignore[method-assign,assignment]  # Django's own way
        adding = cast(forms.ChoiceField, self.fields["add_language"])
        adding.choices = [("", _("None")), *self._not_yet()]
        adding.say_optional = False  # type: ignore[attr-defined]  # read by the field's template

    def in_languages(self) -> Iterator[tuple[str, str, list[BoundField]]]:
        """Code, name and fields of each further language, for the template."""
        for code in self.languages:
            yield code, LANGUAGES[code].name, [self[f"{part}_{code}"] for part in _PARTS]

    @property
    def kind_now(self) -> OffsetKind:
        """The kind as it is chosen in the form, sound or not."""
        return OffsetKind(self._chosen("kind", OffsetKind, OffsetKind.HOURS_BEFORE))

    @property
    def channel_now(self) -> Channel:
        """The channel as it is chosen in the form, sound or not."""
        return Channel(self._chosen("channel", Channel, Channel.SMS))

    @property
    def step_now(self) -> Step | None:
        """The moment as it is chosen in the form; None while it makes no sense."""
        at = self._sound("at")
        offset = self._sound("offset")
        if not isinstance(offset, int):
            return None
        return Step(self.kind_now, offset, at if self.kind_now in AT_AN_HOUR else None)

    @property
    def channels_now(self) -> list[Channel]:
        """The chosen channel, and the one that follows where it does not arrive."""
        first = self.channel_now
        if self["fallback"].value() != Fallback.OTHER_CHANNEL:
            return [first]
        return [first, *(channel for channel in Channel if channel is not first)]

    def words_now(self) -> list[Words]:
        """The words as they are typed, sound or not; the practice's language first."""
        return [
            self._words(self.language, ""),
            *(self._words(code, f"_{code}") for code in self.languages),
        ]

    def facts(self) -> dict[str, Any]:
        """What a sound form holds, as the service takes it."""
        names = set(self.base_fields) - {"add_language"}
        facts = {name: value for name, value in self.cleaned_data.items() if name in names}
        written = [self._words(code, f"_{code}") for code in self.languages]
        return {
            **facts,
            "kind": self.kind_now,
            "wordings": [words for words in written if words.template],
        }

    def clean(self) -> dict[str, Any]:
        """Look at the words as the kind and the channel want them."""
        cleaned = super().clean() or self.cleaned_data
        self._check_words(self.language, "")
        for code in self.languages:
            written = [bool(cleaned.get(f"{part}_{code}")) for part in _TEMPLATES]
            if any(written) and not all(written):
                missing = _TEMPLATES[written.index(False)]
                self.add_error(
                    f"{missing}_{code}", _("Write this wording as well, or empty them both.")
                )
            elif any(written):
                self._check_words(code, f"_{code}")
        return cleaned

    def _check_words(self, language: str, suffix: str) -> None:
        kind, by_mail = self.kind_now, self.channel_now is Channel.EMAIL
        for part in _TEMPLATES:
            if words := self.cleaned_data.get(part + suffix):
                self._check(
                    part + suffix,
                    check_template,
                    words,
                    discreet=part == "discreet_template",
                    kind=kind,
                    language=language,
                    by_mail=by_mail,
                )
        line = self.cleaned_data.get("subject_line" + suffix)
        if line and Channel.EMAIL in self.channels_now:
            field = "subject_line" + suffix
            self._check(field, check_subject_line, line, kind=kind, language=language)

    def _check(self, field: str, rule: Any, *args: Any, **kwargs: Any) -> None:
        try:
            rule(*args, **kwargs)
        except DomainError as error:
            self.add_error(field, str(error))

    def _words(self, language: str, suffix: str) -> Words:
        template, discreet, subject = (self._typed(part + suffix) for part in _PARTS)
        return Words(template, discreet, subject, language)

    def _typed(self, name: str) -> str:
        return str(self[name].value() or "").strip()

    def _chosen(self, name: str, among: Any, otherwise: Any) -> Any:
        value = self[name].value()
        return value if value in set(among) else otherwise

    def _sound(self, name: str) -> Any:
        """What a field holds, as its type; None where it holds nothing sound."""
        try:
            return self.fields[name].clean(self[name].value())
        except forms.ValidationError:
            return None

    def _known(self, codes: Iterable[str]) -> list[str]:
        own = base_of(self.language)
        return [code for code in dict.fromkeys(codes) if code in LANGUAGES and code != own]

    def _not_yet(self) -> list[tuple[str, str]]:
        taken = {base_of(self.language), *self.languages}
        return [(code, each.name) for code, each in LANGUAGES.items() if code not in taken]


class TestNumberForm(AccessibleForm):
    """Where a test goes. Mail goes to the address of one's own account."""

    __test__ = False  # for pytest: a form, not a test

    test_number = PhoneField(
        label=gettext_lazy("Your own mobile number"),
        required=False,
        help_text=gettext_lazy("Kept encrypted, for your next test."),
    )

    def __init__(self, *args: Any, practice: Practice, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        cast(PhoneField, self.fields["test_number"]).region = practice.country


def _languages_of(
    data: Any, policy: ReminderPolicy | None, wanted: Iterable[str] | None
) -> list[str]:
    """Those that were asked for; else those that were posted; else those that the policy has."""
    if wanted is not None:
        return list(wanted)
    if data:
        return [str(code) for code in data.getlist("language")] if hasattr(data, "getlist") else []
    return [base_of(each.language) for each in policy.wordings.all()] if policy is not None else []


def _fields_in(code: str) -> dict[str, forms.CharField]:
    name = {"language": LANGUAGES[code].name}
    return {
        f"template_{code}": _template(_("Full wording, %(language)s") % name, 5, required=False),
        f"discreet_template_{code}": _template(
            _("Discreet wording, %(language)s") % name, 4, required=False
        ),
        f"subject_line_{code}": _subject_line(_("Subject of the mail, %(language)s") % name),
    }


def _others_of(policy: ReminderPolicy) -> dict[str, Any]:
    return {
        f"{part}_{base_of(each.language)}": getattr(each, part)
        for each in policy.wordings.all()
        for part in _PARTS
    }


def _values_of(policy: ReminderPolicy) -> dict[str, Any]:
    names = set(PolicyForm.base_fields) - {"add_language"}
    return {name: getattr(policy, name) for name in names} | {
        "appointment_type": policy.appointment_type_id
    }


def _name_of(kind: AppointmentType) -> str:
    return kind.name
