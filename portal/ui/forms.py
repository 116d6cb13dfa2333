"""Forms that say what to do in plain words, and fields that Django does not have.

Every form of the product derives from `AccessibleForm` or `AccessibleModelForm` and is shown with
`{% error_summary form %}` and `{% field form.name %}`. The browser's own checks are off
(`novalidate` on the form element, no `required` attribute): they cannot be styled, translated by
us, or read out reliably.
"""

import datetime as dt
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, cast

import phonenumbers
from django import forms
from django.forms.boundfield import BoundField
from django.utils.dates import MONTHS
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from portal.ui import kept
from portal.ui.fields import Kind, first_control_id, kind_of
from portal.ui.phones import DRAMA, shown
from portal.ui.widgets import DatePartsWidget, ScaleWidget, Text

REQUIRED: dict[Kind, Text] = {
    "text": _("Write something for “%(label)s”."),
    "area": _("Write something for “%(label)s”."),
    "select": _("Choose something for “%(label)s”."),
    "choices": _("Choose an answer for “%(label)s”."),
    "check": _("Tick “%(label)s” to go on."),
    "date": _("Give a date for “%(label)s”."),
    "scale": _("Choose a number for “%(label)s”."),
    "file": _("Choose a file for “%(label)s”."),
}
PLAIN_WORDS: dict[type[forms.Field], dict[str, Text]] = {
    forms.CharField: {
        "max_length": _(
            "This text has %(show_value)d characters. There is room for %(limit_value)d."
        ),
        "min_length": _("Write at least %(limit_value)d characters. There are %(show_value)d."),
    },
    forms.EmailField: {
        "invalid": _("This is not a whole e-mail address. It looks like name@example.org.")
    },
    forms.IntegerField: {
        "invalid": _("Write a whole number, in digits."),
        "min_value": _("The number must be %(limit_value)s or more."),
        "max_value": _("The number must be %(limit_value)s or less."),
    },
    forms.DateField: {"invalid": _("This is not a date. It looks like 27/03/2026.")},
    forms.TimeField: {"invalid": _("This is not a time. It looks like 14:30.")},
    forms.URLField: {"invalid": _("This is not a whole web address. It begins with https://.")},
    forms.ChoiceField: {
        "invalid_choice": _("That answer is not one of the choices any more. Choose again.")
    },
    forms.MultipleChoiceField: {
        "invalid_choice": _("One of those answers is not among the choices any more. Choose again.")
    },
    forms.ModelChoiceField: {
        "invalid_choice": _("That answer is not one of the choices any more. Choose again.")
    },
}
NO_ID = frozenset({"invalid", "null_characters_not_allowed"})  # what Django says of such a value


@dataclass(frozen=True, slots=True)
class Problem:
    """One line of an error summary. `href` is empty for a problem of the whole form."""

    message: str
    href: str


class _Accessible(forms.BaseForm):
    """Plain words for errors, and the list that the error summary shows."""

    use_required_attribute = False

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("label_suffix", "")
        super().__init__(*args, **kwargs)
        kept.fill(self)

    def full_clean(self) -> None:
        """Clean with our own words, those of fields that the form's author added late as well."""
        for name, each in self.fields.items():
            _speak_plainly(name, each)
        super().full_clean()

    def add_error(self, field: str | None, error: Any) -> None:
        """Note an error. An id that is none is a choice that is not there: the column's own words
        for it ("is not a valid UUID") are for nobody.
        """
        each = self.fields.get(field) if field else None
        if isinstance(each, forms.ModelChoiceField) and getattr(error, "code", "") in NO_ID:
            error = forms.ValidationError(
                each.error_messages["invalid_choice"], code="invalid_choice", params=error.params
            )
        super().add_error(field, error)

    def problems(self) -> list[Problem]:
        """Return what to look at, in the order of the page: the form's own first, then field by
        field.
        """
        return list(_problems(self))


class AccessibleForm(_Accessible, forms.Form):
    """A form whose errors are said in plain words and tied to their fields."""


if TYPE_CHECKING:
    _ModelForm = forms.ModelForm[Any]
else:  # Django's class takes no type argument at run time
    _ModelForm = forms.ModelForm


class AccessibleModelForm(_Accessible, _ModelForm):
    """The same for a model. Saving goes through a service; `save()` is for nobody."""

    def save(self, commit: bool = True) -> Any:
        """Refuse: what a form cleaned is written by a service, which audits it."""
        raise NotImplementedError("Pass cleaned_data to a service; a form does not save.")


def problems_of(form: forms.BaseForm) -> list[Problem]:
    """Return the lines of the error summary for any form, ours or a library's."""
    return list(_problems(form))


def problems_title(count: int) -> str:
    """Say how many things there are to look at, and that nothing is lost."""
    small = {
        2: gettext("Two things to look at. Nothing is lost."),
        3: gettext("Three things to look at. Nothing is lost."),
        4: gettext("Four things to look at. Nothing is lost."),
        5: gettext("Five things to look at. Nothing is lost."),
    }
    several = ngettext(
        "One thing to look at. Nothing is lost.",
        "%(count)d things to look at. Nothing is lost.",
        count,
    )
    return small.get(count) or several % {"count": count}


def _problems(form: forms.BaseForm) -> Iterator[Problem]:
    for message in form.non_field_errors():
        yield Problem(str(message), "")
    for bound in form:
        for message in bound.errors:
            hidden = kind_of(bound.field.widget) == "hidden"
            yield Problem(
                _naming(bound, str(message)), "" if hidden else f"#{first_control_id(bound)}"
            )


def _naming(bound: BoundField, message: str) -> str:
    """The summary stands away from the field, so a message that does not name it gets its label in
    front.
    """
    label = str(bound.label or "")
    return message if not label or label in message else f"{label}: {message}"


def _speak_plainly(name: str, each: forms.Field) -> None:
    """Replace Django's default messages; keep any that the form's author wrote."""
    defaults: dict[str, Any] = {}
    for klass in reversed(type(each).__mro__):
        defaults.update(getattr(klass, "default_error_messages", {}))
    ours: dict[str, Any] = {}
    for klass, words in PLAIN_WORDS.items():
        if isinstance(each, klass):
            ours |= words
    label = str(each.label or name.replace("_", " ").capitalize())
    if wording := REQUIRED.get(kind_of(each.widget)):
        ours["required"] = wording % {"label": label}
    for code, words in ours.items():
        if str(each.error_messages.get(code, "")) == str(defaults.get(code, "")):
            each.error_messages[code] = cast(str, words)


class ScaleField(forms.IntegerField):
    """A whole number on a scale, 0 to 10 unless said otherwise, with words at both ends."""

    def __init__(
        self, *, low: Text, high: Text, minimum: int = 0, maximum: int = 10, **kwargs: Any
    ) -> None:
        kwargs.setdefault(
            "widget", ScaleWidget(low=low, high=high, minimum=minimum, maximum=maximum)
        )
        words = _("Choose a whole number from %(minimum)d to %(maximum)d.") % {
            "minimum": minimum,
            "maximum": maximum,
        }
        kwargs["error_messages"] = {
            "invalid": words,
            "min_value": words,
            "max_value": words,
            **kwargs.get("error_messages", {}),
        }
        super().__init__(min_value=minimum, max_value=maximum, **kwargs)


class DatePartsField(forms.Field):
    """A date that a person knows by heart (a birth date): three boxes, no calendar to page
    through.

    Cleans to a `datetime.date` or None. The month may be a number or its name in the page's
    language.
    """

    def __init__(self, *, birth_date: bool = False, **kwargs: Any) -> None:
        kwargs.setdefault("widget", DatePartsWidget(birth_date=birth_date))
        super().__init__(**kwargs)

    def to_python(self, value: Any) -> dt.date | None:
        """Turn three texts into a date; say which one is missing or cannot be."""
        if isinstance(value, dt.date) or value in self.empty_values:
            return value or None
        day, month, year = value
        if not (day or month or year):
            return None
        names = {gettext("the day"): day, gettext("the month"): month, gettext("the year"): year}
        missing = [name for name, text in names.items() if not text]
        if missing:
            raise forms.ValidationError(
                gettext("The date needs %(missing)s too.")
                % {"missing": gettext(" and ").join(missing)},
                code="incomplete",
            )
        return _date(day, month, year)

    def has_changed(self, initial: Any, data: Any) -> bool:
        """Compare dates, not texts."""
        try:
            return bool(self.to_python(initial) != self.to_python(data))
        except forms.ValidationError:
            return True


def _date(day: str, month: str, year: str) -> dt.date:
    if len(year) != 4 or not year.isdecimal():
        raise forms.ValidationError(
            gettext("Write the year with four digits, like 1994."), code="year"
        )
    try:
        return dt.date(int(year), _month(month), int(day))
    except ValueError as error:
        raise forms.ValidationError(
            gettext("There is no such date. Check the day and the month."), code="impossible"
        ) from error


def _month(text: str) -> int:
    """Read `3`, `03`, `Mar` or `March` (in the page's language)."""
    if text.isdecimal():
        return int(text)
    start = text.casefold().rstrip(".")
    found = [
        n
        for n, name in MONTHS.items()
        if len(start) >= 3 and str(name).casefold().startswith(start)
    ]
    if len(found) != 1:
        raise ValueError(text)
    return found[0]


class DayField(forms.DateField):
    """A day near today (an appointment): the browser's own date picker, and typing it works as
    well.
    """

    def __init__(self, **kwargs: Any) -> None:
        widget = forms.DateInput(format="%Y-%m-%d", attrs={"type": "date", "class": "input-short"})
        kwargs.setdefault("widget", widget)
        kwargs.setdefault(
            "input_formats", ["%Y-%m-%d", "%d/%m/%Y", "%d.%m.%Y", "%d %B %Y", "%d %b %Y"]
        )
        super().__init__(**kwargs)

    def validate(self, value: dt.date | None) -> None:
        """Refuse a slip in the year: in another zone, the year 9999 has no UTC time."""
        super().validate(value)
        if value is not None and not 1900 <= value.year <= 2199:
            raise forms.ValidationError(gettext("Check the year."), code="year")


TIME = re.compile(
    r"(?P<hour>\d{1,2})(?:[:.h ]?(?P<minute>\d{2}))?\s*(?P<half>[ap]\.?m\.?)?", re.IGNORECASE
)


class TimeOfDayField(forms.TimeField):
    """A time of day; understands 14:30, 14.30, 1430, 2.30 pm and 9."""

    def __init__(self, **kwargs: Any) -> None:
        widget = forms.TimeInput(format="%H:%M", attrs={"type": "time", "class": "input-short"})
        kwargs.setdefault("widget", widget)
        super().__init__(**kwargs)

    def to_python(self, value: Any) -> dt.time | None:
        """Return a `datetime.time` without zone, or None."""
        if isinstance(value, str) and (match := TIME.fullmatch(value.strip())):
            hour, minute = int(match["hour"]), int(match["minute"] or 0)
            if half := (match["half"] or "").lower():
                hour = hour % 12 + (12 if half.startswith("p") else 0) if 1 <= hour <= 12 else 24
            if hour < 24 and minute < 60:
                return dt.time(hour, minute)
        return super().to_python(value)


class PhoneField(forms.CharField):
    """A phone number as people write it; cleans to E.164 (`+441134960142`).

    `region` is the two-letter country whose numbers may be written without a country code. A form
    that knows its practice sets it: `self.fields["phone"].region = practice.country`.
    """

    def __init__(self, *, region: str | None = None, **kwargs: Any) -> None:
        self.region = region
        attrs = {"type": "tel", "autocomplete": "tel", "class": "input-short"}
        kwargs.setdefault("widget", forms.TextInput(attrs=attrs))
        super().__init__(**kwargs)

    def to_python(self, value: Any) -> str:
        """Return the number in E.164, or an empty text."""
        text = super().to_python(value) or ""
        if not text:
            return ""
        try:
            number = phonenumbers.parse(text, self.region)
        except phonenumbers.NumberParseException as error:
            raise forms.ValidationError(self._unreadable(), code="unreadable") from error
        written = phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)
        if not (phonenumbers.is_valid_number(number) or DRAMA.fullmatch(written)):
            reason = phonenumbers.is_possible_number_with_reason(number)
            raise forms.ValidationError(_wrong_length(text, reason), code="invalid")
        return written

    def _unreadable(self) -> str:
        if self.region:
            return gettext("This is not a phone number. Write it in digits.")
        return gettext("Begin with + and the country, like +44.")

    def prepare_value(self, value: Any) -> Any:
        """Show a stored number the way people of that country read it."""
        return shown(value, self.region) if isinstance(value, str) else value


def _wrong_length(text: str, reason: int) -> str:
    digits = sum(character.isdecimal() for character in text)
    possible = phonenumbers.ValidationResult
    if reason in {possible.TOO_SHORT, possible.IS_POSSIBLE_LOCAL_ONLY}:
        words = gettext("This number has %(digits)d digits. It needs more.")
    elif reason == possible.TOO_LONG:
        words = gettext("This number has %(digits)d digits. That is too many.")
    else:
        words = gettext("No phone has a number like this. Check each digit.")
    return words % {"digits": digits}
