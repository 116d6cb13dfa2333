"""Shapes of input: one page of a form, asking a form of a patient, bringing a form in."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from typing import Any, Final

from django import forms
from django.http import QueryDict
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, gettext_noop

from intake.catalogue import Form
from intake.fhir.answers import Answer, Answers, Reason
from intake.fhir.documents import MAX_BYTES
from intake.fhir.entry import OTHER, EntryError, Fault, read_entry, shown_entry
from intake.fhir.form import Item, ItemType
from intake.fhir.pages import Kind, Page, Row
from intake.fhir.validation import answer_faults
from intake.models import QuestionnaireVersion
from intake.services.assignments import WHY_LENGTH
from intake.words import said
from portal.ui.forms import AccessibleForm, DayField
from portal.ui.widgets import CheckChoices, RadioChoices

DECLINED: Final = "declined"
DECLINE_WORDS: Final = gettext_lazy("I’d rather not answer this")
SHOWN: Final = "shown"
BOTH: Final = gettext_noop(
    "Give an answer, or choose “I’d rather not answer this”. Both at once do not fit."
)


class _WatchedRadios(RadioChoices):
    """Radios of which some open the help panel in the browser, before the server has answered."""

    def __init__(self, *, risky: frozenset[str], **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.risky = risky

    def create_option(self, *args: Any, **kwargs: Any) -> dict[str, Any]:
        option = super().create_option(*args, **kwargs)
        if str(option["value"]) in self.risky:
            option["attrs"]["data-opens-help"] = True
        return option


class PageForm(AccessibleForm):
    """The questions of one page.

    Fields are named by their place in the form (`q4`), an own answer `q4-other`, "I'd rather not
    answer" of a written question `q4-declined`. The hidden `shown` lists what the person could see,
    so that nothing else is read or cleared. After `is_valid()`, whatever it said, `given` has the
    answers that can be kept, by linkId.
    """

    def __init__(
        self,
        data: QueryDict | None = None,
        *,
        form: Form,
        page: Page,
        drafts: Answers,
        zone: dt.tzinfo,
    ) -> None:
        self.form, self.page, self.drafts, self.zone = form, page, drafts, zone
        self.given: dict[str, Answer] = {}
        super().__init__(data, initial=self._initial())
        for row in page.rows:
            if row.kind == Kind.QUESTION:
                self._add(row)

    def name_of(self, item: Item) -> str:
        """The name of the field of a question."""
        return self.form.names[item.link_id]

    @cached_property
    def enabled_before(self) -> frozenset[str]:
        return self.form.enabled(self.drafts)

    @cached_property
    def shown(self) -> frozenset[str]:
        """The linkIds that stood on the page as it was posted."""
        names = set(self.data.getlist(SHOWN)) if isinstance(self.data, QueryDict) else set()
        by_link = {item.link_id: self.name_of(item) for item in self.page.questions}
        return frozenset(link_id for link_id, name in by_link.items() if name in names)

    def clean(self) -> dict[str, Any]:
        for item in self.page.questions:
            if item.link_id in self.shown:
                self._read(item)
        return self.cleaned_data

    def unanswered(self, enabled: frozenset[str]) -> list[Item]:
        """The questions shown, still asked, and given neither an answer nor a reason."""
        return [
            item
            for item in self.page.questions
            if item.link_id in self.shown & enabled
            and not _is_settled(self.given.get(item.link_id))
        ]

    def _read(self, item: Item) -> None:
        name = self.name_of(item)
        entered = [text for text in self.data.getlist(name) if text != DECLINED]  # type: ignore[attr-defined]  # a QueryDict
        other = str(self.data.get(f"{name}-other", ""))
        declined = DECLINED in self.data.getlist(name) or f"{name}-declined" in self.data  # type: ignore[attr-defined]
        if item.consent:
            entered = ["yes" for _text in entered]
        try:
            answer = read_entry(item, entered, other, self.zone)
        except EntryError as error:
            self.add_error(name, said(error.fault))
            return
        faults = answer_faults(item, answer)
        if declined and answer.is_given:
            faults = [Fault(BOTH)]
        if faults:
            self.add_error(name, said(faults[0]))
            return
        self.given[item.link_id] = self._settled(item, answer, declined)

    def _settled(self, item: Item, answer: Answer, declined: bool) -> Answer:
        """An empty question that was left out before stays left out: it was asked about once."""
        if declined and not item.is_blocking:
            return Answer(reason=Reason.DECLINED)
        before = self.drafts.get(item.link_id)
        if not answer.is_given and before is not None and before.reason == Reason.LEFT_OUT:
            return before
        return answer

    def _initial(self) -> dict[str, Any]:
        initial: dict[str, Any] = {}
        for item in self.page.questions:
            answer = self.drafts.get(item.link_id)
            if answer is None:
                continue
            name = self.name_of(item)
            entered, other = shown_entry(item, answer, self.zone)
            if answer.reason == Reason.DECLINED:
                entered, initial[f"{name}-declined"] = [DECLINED], True
            initial[f"{name}-other"] = other
            initial[name] = entered if item.is_many else (entered[0] if entered else "")
        return initial

    def _add(self, row: Row) -> None:
        item, name = row.item, self.name_of(row.item)
        field = forms.Field(
            label=f"{item.prefix} {item.text}".strip() or item.link_id,
            help_text=" ".join(_hints(row)),
            required=False,
            widget=_widget(item, _risky(self.form, item)),
        )
        field.say_optional = False  # type: ignore[attr-defined]  # read by portal.ui.fields
        self.fields[name] = field
        if item.type == ItemType.OPEN_CHOICE:
            own = forms.CharField(label=_("In your own words"), required=False)
            own.say_optional = False  # type: ignore[attr-defined]
            self.fields[f"{name}-other"] = own
        if not _is_choice(item) and not item.is_blocking:
            self.fields[f"{name}-declined"] = forms.BooleanField(
                label=DECLINE_WORDS, required=False
            )


def _is_settled(answer: Answer | None) -> bool:
    return answer is not None and (answer.is_given or answer.reason is not None)


def _is_choice(item: Item) -> bool:
    return bool(item.options) or item.type in (ItemType.OPEN_CHOICE, ItemType.BOOLEAN)


def _risky(form: Form, item: Item) -> frozenset[str]:
    return frozenset(str(place) for place in form.rules.risky_places(item.link_id))


def _hints(row: Row) -> list[str]:
    item = row.item
    hints = [note for note in row.notes if note]
    if item.hint and not _is_choice(item):
        hints.append(_("Like %(example)s.") % {"example": item.hint})
    if item.unit:
        hints.append(_("In %(unit)s.") % {"unit": item.unit})
    return hints


def _widget(item: Item, risky: frozenset[str]) -> forms.Widget:
    if item.consent:
        return forms.CheckboxInput()
    if _is_choice(item):
        return _choices(item, risky)
    typed: Mapping[ItemType, forms.Widget] = {
        ItemType.TEXT: forms.Textarea(attrs={"rows": "5"}),
        ItemType.INTEGER: _short("text", inputmode="numeric"),
        ItemType.DECIMAL: _short("text", inputmode="decimal"),
        ItemType.DATE: _short("date"),
        ItemType.TIME: _short("time"),
        ItemType.DATE_TIME: _short("datetime-local"),
        ItemType.URL: forms.TextInput(attrs={"type": "url", "autocomplete": "off"}),
    }
    return typed.get(item.type, forms.TextInput(attrs={"autocomplete": "off"}))


def _short(kind: str, **attrs: str) -> forms.Widget:
    return forms.TextInput(
        attrs={"type": kind, "class": "input-short", "autocomplete": "off", **attrs}
    )


def _choices(item: Item, risky: frozenset[str]) -> forms.Widget:
    if item.options or item.type == ItemType.OPEN_CHOICE:
        choices = [
            (str(place), f"{option.prefix} {option.words}".strip())
            for place, option in enumerate(item.options)
        ]
    else:
        choices = [("yes", _("Yes")), ("no", _("No"))]
    if item.type == ItemType.OPEN_CHOICE:
        choices.append((OTHER, item.open_label or _("Something else")))
    if not item.is_blocking:
        choices.append((DECLINED, str(DECLINE_WORDS)))
    apart = (DECLINED,)
    widget: RadioChoices | CheckChoices | forms.Select
    if item.is_many:
        widget = CheckChoices(apart=apart)
    elif item.control == "drop-down":
        widget = forms.Select()
        choices.insert(0, ("", _("Choose an answer")))
    else:
        widget = _WatchedRadios(risky=risky, apart=apart)
    widget.choices = choices
    return widget


class AssignForm(AccessibleForm):
    """Ask a form of a patient: one of `versions`, by a day that is not past."""

    due_on = DayField(
        label=gettext_lazy("By which day?"),
        help_text=gettext_lazy("The day of the next appointment, if there is one."),
        required=False,
    )
    why = forms.CharField(
        label=gettext_lazy("A line to the patient"),
        help_text=gettext_lazy("Why you ask, in your own words. It stands above the questions."),
        widget=forms.Textarea(attrs={"rows": "3"}),
        max_length=WHY_LENGTH,
        required=False,
    )

    def __init__(
        self, *args: Any, versions: Iterable[QuestionnaireVersion], today: dt.date, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.today = today
        self.versions = {str(version.pk): version for version in versions}
        choices = [(key, version.title) for key, version in self.versions.items()]
        self.fields["version"] = forms.ChoiceField(
            label=gettext_lazy("Which form?"), choices=choices, widget=RadioChoices()
        )
        self.order_fields(["version", "due_on", "why"])

    def clean_due_on(self) -> dt.date | None:
        day: dt.date | None = self.cleaned_data["due_on"]
        if day is not None and day < self.today:
            raise forms.ValidationError(_("This day is past. Choose today or a later one."))
        return day

    @property
    def chosen(self) -> QuestionnaireVersion:
        """The version that was chosen in a valid form."""
        return self.versions[self.cleaned_data["version"]]


class ImportForm(AccessibleForm):
    """A file with a questionnaire."""

    file = forms.FileField(
        label=gettext_lazy("The file"),
        help_text=gettext_lazy("A FHIR R4 Questionnaire, or a Bundle of them: JSON, up to 10 MB."),
    )

    def clean_file(self) -> bytes:
        upload = self.cleaned_data["file"]
        if upload.size > MAX_BYTES:
            raise forms.ValidationError(_("The file is larger than 10 MB."))
        return bytes(upload.read())
