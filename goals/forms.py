"""What people fill in about goals and notes.

Every form of the staff names the patient it was opened for (`patient`), which is compared with the
patient in the address: a page of one patient writes nothing into another's record.
"""

from __future__ import annotations

import json
from typing import Any
from uuid import UUID

from django import forms
from django.core.validators import MaxLengthValidator
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from goals.models import Goal, GoalOrigin, GoalState, Note
from goals.note_templates import Section, Template
from portal.people.models import Patient
from portal.ui.forms import AccessibleForm, ScaleField
from portal.ui.widgets import RadioChoices

LONGEST_WORDING, LONGEST_COMMENT, LONGEST_STEP = 400, 1000, 200
LONGEST_SECTION, LONGEST_ADDENDUM = 8000, 4000


class OfPatient(AccessibleForm):
    """A form of the staff: says whose page it was written on."""

    patient = forms.CharField(widget=forms.HiddenInput, required=False, max_length=40)

    def __init__(self, *args: Any, about: Patient, **kwargs: Any) -> None:
        self.about = about
        initial = {"patient": str(about.pk), **(kwargs.pop("initial", None) or {})}
        super().__init__(*args, initial=initial, **kwargs)

    def clean_patient(self) -> UUID:
        """The id that the page named; anything but this patient's is refused."""
        if self.cleaned_data["patient"] != str(self.about.pk):
            raise forms.ValidationError(
                _("This page was opened for another patient. Nothing was saved.")
            )
        return self.about.pk


def _area(rows: int) -> forms.Textarea:
    return forms.Textarea(attrs={"rows": str(rows)})


def _no_longer_than(limit: int) -> MaxLengthValidator:
    """A limit that nobody meets by writing, so it is not said beside the field until it is met."""
    words = gettext_lazy(
        "This text has %(show_value)d characters. There is room for %(limit_value)d."
    )
    return MaxLengthValidator(limit, message=words)


class WordingField(forms.CharField):
    """A goal in somebody's words: some lines at most."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(max_length=LONGEST_WORDING, widget=_area(3), **kwargs)


class WriteGoalForm(AccessibleForm):
    """A patient writes a goal by themselves."""

    wording = WordingField(
        label=gettext_lazy("What do you want?"),
        help_text=gettext_lazy(
            "In your own words, one or two sentences. You can change them later."
        ),
    )


class AddGoalForm(OfPatient):
    """A clinician writes a goal down: together with the patient, or as a suggestion."""

    wording = WordingField(
        label=gettext_lazy("The goal, in the patient’s words"),
        help_text=gettext_lazy("Begin with “I”. Read it back before you save."),
    )
    origin = forms.ChoiceField(
        label=gettext_lazy("Whose idea is it?"),
        choices=[
            (GoalOrigin.TOGETHER, gettext_lazy("We agreed it together")),
            (GoalOrigin.SUGGESTED, gettext_lazy("I suggest it")),
        ],
        widget=RadioChoices(
            notes={
                GoalOrigin.TOGETHER: gettext_lazy("You have said it aloud to each other."),
                GoalOrigin.SUGGESTED: gettext_lazy("It waits until the patient says yes."),
            }
        ),
    )


class WordsForm(AccessibleForm):
    """New words for a goal, with the version and the words that the person saw."""

    wording = WordingField(label=gettext_lazy("The goal, in your own words"))
    version = forms.IntegerField(widget=forms.HiddenInput, min_value=0, max_value=2**31 - 1)

    @classmethod
    def of(cls, goal: Goal, data: Any = None) -> WordsForm:
        return cls(data, initial={"wording": goal.wording, "version": goal.version})

    def on_top_of(self, current: Goal) -> WordsForm:
        """The same words again, to be saved over the wording that stands now."""
        return type(self)(
            {"wording": self.cleaned_data["wording"], "version": str(current.version)}
        )


class RateForm(AccessibleForm):
    """The patient's number of today."""

    value = ScaleField(
        label=gettext_lazy("How close are you today?"),
        low=gettext_lazy("Not started"),
        high=gettext_lazy("I am there"),
    )
    comment = forms.CharField(
        label=gettext_lazy("What made it that number?"),
        required=False,
        validators=[_no_longer_than(LONGEST_COMMENT)],
        widget=_area(2),
    )


class StaffRateForm(OfPatient):
    """The clinician's number; one form for each goal on a page, told apart by their ids."""

    value = ScaleField(
        label=gettext_lazy("Your rating today"),
        low=gettext_lazy("Not started"),
        high=gettext_lazy("There"),
    )
    comment = forms.CharField(
        label=gettext_lazy("Why this number"),
        required=False,
        validators=[_no_longer_than(LONGEST_COMMENT)],
        help_text=gettext_lazy("The patient can read this."),
        widget=_area(2),
    )

    @classmethod
    def of(cls, goal: Goal, data: Any = None) -> StaffRateForm:
        return cls(data, about=goal.patient, auto_id=f"id_{goal.pk}_%s")


class TurnForm(AccessibleForm):
    """How a goal is to stand from now on."""

    state = forms.ChoiceField(choices=GoalState.choices)


class StaffTurnForm(OfPatient, TurnForm):
    """The same from a clinician's page."""


class BringForm(AccessibleForm):
    bring = forms.TypedChoiceField(
        choices=[("yes", "yes"), ("no", "no")], coerce=lambda value: value == "yes"
    )


class StaffBringForm(OfPatient, BringForm):
    """The same from a clinician's page."""


class StepForm(AccessibleForm):
    text = forms.CharField(
        label=gettext_lazy("A small step"),
        max_length=LONGEST_STEP,
        help_text=gettext_lazy("Small enough for one day."),
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )


class TickForm(AccessibleForm):
    done = forms.TypedChoiceField(
        choices=[("yes", "yes"), ("no", "no")], coerce=lambda value: value == "yes"
    )


class AddendumForm(AccessibleForm):
    """What is added to a signed note."""

    text = forms.CharField(
        label=gettext_lazy("Add your own words"), max_length=LONGEST_ADDENDUM, widget=_area(3)
    )


class StaffAddendumForm(OfPatient, AddendumForm):
    """The same for staff: a correction or something that was forgotten."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["text"].label = _("Add to this note")


class ShareForm(OfPatient):
    shared = forms.TypedChoiceField(
        choices=[("yes", "yes"), ("no", "no")], coerce=lambda value: value == "yes"
    )


class StartForm(OfPatient):
    """Beginning a note takes no words."""


class NoteForm(OfPatient):
    """A draft: a text for each section, with the version and the texts that the writer saw."""

    version = forms.IntegerField(widget=forms.HiddenInput, min_value=0, max_value=2**31 - 1)
    seen = forms.CharField(
        widget=forms.HiddenInput, required=False, max_length=16 * LONGEST_SECTION, strip=False
    )

    def __init__(self, *args: Any, template: Template, **kwargs: Any) -> None:
        self.template = template
        super().__init__(*args, **kwargs)
        for section in template.sections:
            self.fields[section.key] = forms.CharField(
                label=str(section.title),
                help_text=str(section.hint),
                required=False,
                validators=[_no_longer_than(LONGEST_SECTION)],
                widget=_area(3),
            )

    @classmethod
    def of(cls, note: Note, data: Any = None) -> NoteForm:
        sections = note.sections
        initial = {
            **sections,
            "version": note.version,
            "seen": json.dumps(sections, ensure_ascii=False),
        }
        return cls(data, about=note.patient, template=note.form, initial=initial)

    @property
    def content(self) -> dict[str, str]:
        """What was written, by section; line ends as everywhere, whatever the browser sends."""
        return {
            section.key: str(self.cleaned_data[section.key]).replace("\r\n", "\n")
            for section in self.template.sections
        }

    def differing(self, current: Note) -> list[tuple[Section, str]]:
        """Each section, with its saved text, that both have changed, each in their way."""
        seen, saved, written = self._seen(), current.sections, self.content
        return [
            (section, saved[section.key])
            for section in self.template.sections
            if saved[section.key] != written[section.key]
            and seen.get(section.key) != written[section.key]
        ]

    def on_top_of(self, current: Note) -> NoteForm:
        """The same words again, to be saved over the version that stands now.

        A section that the writer had not touched is taken over from the other.
        """
        seen, saved, written = self._seen(), current.sections, self.content
        data = {key: saved[key] if seen.get(key) == text else text for key, text in written.items()}
        data |= {
            "patient": str(self.about.pk),
            "version": str(current.version),
            "seen": json.dumps(saved, ensure_ascii=False),
        }
        return type(self)(data, about=self.about, template=self.template)

    def _seen(self) -> dict[str, str]:
        try:
            seen = json.loads(self.cleaned_data.get("seen") or "{}")
        except (ValueError, RecursionError):
            return {}
        return seen if isinstance(seen, dict) else {}
