"""Forms in plain words: what people may write, what is said back, and how it is tied together."""

from __future__ import annotations

import datetime as dt
import re
from typing import Any

import pytest
from django import forms
from django.http import QueryDict
from django.template import Context, Template

from portal.practices.models import Practice
from portal.ui.forms import (
    AccessibleForm,
    AccessibleModelForm,
    DatePartsField,
    DayField,
    PhoneField,
    ScaleField,
    TimeOfDayField,
    problems_of,
    problems_title,
)
from portal.ui.widgets import CheckChoices, RadioChoices


class Visit(AccessibleForm):
    name = forms.CharField(label="Name", max_length=5)
    note = forms.CharField(label="Note", widget=forms.Textarea, max_length=10, required=False)
    mail = forms.EmailField(label="E-mail", help_text="Only for codes.", required=False)
    often = forms.ChoiceField(
        label="How often?",
        choices=[("0", "Never"), ("1", "Often"), ("x", "I’d rather not say")],
        widget=RadioChoices(notes={"1": "Most days"}, apart=("x",)),
    )
    ring = forms.MultipleChoiceField(
        label="When?", choices=[("a", "Mornings")], widget=CheckChoices(), required=False
    )
    agree = forms.BooleanField(label="I agree")


def rendered(form: forms.BaseForm, name: str, options: str = "", **values: str) -> str:
    template = Template("{% load ui %}{% field bound OPTIONS %}".replace("OPTIONS", options))
    return template.render(Context({"bound": form[name], **values}))


def test_the_errors_say_what_to_do() -> None:
    form = Visit({"name": "Maximiliane", "mail": "bo at home", "often": "9", "note": "x" * 11})
    assert not form.is_valid()
    assert form.errors["name"] == ["This text has 11 characters. There is room for 5."]
    assert form.errors["mail"] == [
        "This is not a whole e-mail address. It looks like name@example.org."
    ]
    assert form.errors["often"] == ["That answer is not one of the choices any more. Choose again."]
    assert form.errors["agree"] == ["Tick “I agree” to go on."]


@pytest.mark.parametrize("value", ["nobody", "\x00", "9" * 300])
def test_an_id_that_is_none_is_a_choice_that_is_not_there(value: str) -> None:
    class Chooses(AccessibleForm):
        one: forms.ModelChoiceField[Practice] = forms.ModelChoiceField(Practice.objects.none())
        some: forms.ModelMultipleChoiceField[Practice] = forms.ModelMultipleChoiceField(
            Practice.objects.none()
        )

    data = QueryDict(mutable=True)
    data.update({"one": value, "some": value})
    form = Chooses(data)
    words = "That answer is not one of the choices any more. Choose again."
    assert form.errors["one"] == [words]
    assert form.errors["some"] == [words]


def test_a_field_that_comes_late_speaks_plainly_too() -> None:
    form = Visit({"name": "Bo", "often": "1", "agree": "on"})
    form.fields["late"] = forms.ChoiceField(label="Mail", choices=[], widget=RadioChoices)
    assert form.errors == {"late": ["Choose an answer for “Mail”."]}


def test_a_message_that_the_author_wrote_stays() -> None:
    class Own(AccessibleForm):
        name = forms.CharField(error_messages={"required": "Which name is on the letter?"})

    form = Own({})
    assert form.errors["name"] == ["Which name is on the letter?"]


def test_label_hint_error_and_control_are_tied_together() -> None:
    html = rendered(Visit({"mail": "bo at home"}), "mail")
    assert '<label class="label" for="id_mail">' in html
    assert 'aria-describedby="id_mail-hint id_mail-error"' in html
    assert 'aria-invalid="true"' in html
    assert 'value="bo at home"' in html  # a rejected form keeps what was written
    order = [
        html.index(part) for part in ("<label", 'id="id_mail-hint"', 'id="id_mail-error"', "<input")
    ]
    assert order == sorted(order)


def test_a_field_without_hint_or_error_points_nowhere() -> None:
    html = rendered(Visit(), "name")
    assert "aria-describedby" not in html
    assert "aria-invalid" not in html
    assert "required" not in html


def test_optional_fields_say_so_and_required_ones_are_silent() -> None:
    assert "You can leave this empty" in rendered(Visit(), "mail")
    assert "You can leave this empty" not in rendered(Visit(), "name")


def test_choices_stand_in_a_fieldset_with_the_question_as_its_legend() -> None:
    html = rendered(Visit({}), "often")
    assert re.search(r'<fieldset class="field is-wrong" aria-describedby="id_often-error">', html)
    assert "<legend" in html
    assert html.count('type="radio"') == 3
    assert '<span class="choice-note">Most days</span>' in html
    assert html.count("choice-apart") == 1
    assert "checked" not in html


def test_a_long_text_is_counted_and_never_cut_off() -> None:
    html = rendered(Visit({"note": "x" * 11}), "note")
    assert "maxlength" not in html
    assert 'data-limit="10"' in html
    assert "Up to 10 characters." in html
    assert "x" * 11 in html


def test_what_people_write_is_escaped_everywhere() -> None:
    attack = '"><script>alert(1)</script>'
    form = Visit({"name": attack, "note": attack, "often": attack, "mail": attack})
    for name in form.fields:
        assert "<script>" not in rendered(form, name)
    summary = Template("{% load ui %}{% error_summary form %}").render(Context({"form": form}))
    assert "<script>" not in summary


def test_the_summary_links_to_the_first_control_of_each_field() -> None:
    form = Visit({"name": "Bo"})
    assert [(each.href, each.message) for each in problems_of(form)] == [
        ("#id_often_0", "Choose an answer for “How often?”."),
        ("#id_agree", "Tick “I agree” to go on."),
    ]
    html = Template("{% load ui %}{% error_summary form %}").render(Context({"form": form}))
    assert "Two things to look at. Nothing is lost." in html
    assert 'tabindex="-1"' in html
    assert 'id="id_often_0"' in rendered(form, "often")
    assert 'id="id_agree"' in rendered(form, "agree")


def test_the_summary_is_silent_for_a_form_that_is_new_or_good() -> None:
    template = Template("{% load ui %}{% error_summary form %}")
    assert template.render(Context({"form": Visit()})).strip() == ""
    good = Visit({"name": "Bo", "often": "0", "agree": "on"})
    assert template.render(Context({"form": good})).strip() == ""


def test_a_problem_of_the_whole_form_stands_first_and_links_nowhere() -> None:
    form = Visit({"name": "Bo", "often": "0", "agree": "on"})
    form.add_error(None, "The two times overlap.")
    assert [(each.message, each.href) for each in problems_of(form)] == [
        ("The two times overlap.", "")
    ]


@pytest.mark.parametrize(
    ("count", "words"),
    [(1, "One thing to look at"), (2, "Two things to look at"), (7, "7 things to look at")],
)
def test_the_title_counts_and_says_that_nothing_is_lost(count: int, words: str) -> None:
    assert problems_title(count) == f"{words}. Nothing is lost."


def test_a_form_of_a_library_is_shown_the_same_way() -> None:
    class Foreign(forms.Form):
        login = forms.CharField(label="Login", help_text="Your name here.")

    html = rendered(Foreign({}), "login")
    assert 'aria-describedby="id_login-hint id_login-error"' in html
    assert 'class="input"' in html


def test_label_and_hint_can_be_said_in_the_template() -> None:
    html = rendered(
        Visit(),
        "name",
        'label=label hint="As on the letter" css="input-short"',
        label="Your <name>",
    )
    assert "Your &lt;name&gt;" in html
    assert 'id="id_name-hint">As on the letter' in html
    assert 'class="input input-short"' in html


def clean(field: forms.Field, **data: str) -> Any:
    form = type("One", (AccessibleForm,), {"it": field})(data)
    assert form.is_valid(), form.errors
    return form.cleaned_data["it"]


def refusal(field: forms.Field, **data: str) -> str:
    form = type("One", (AccessibleForm,), {"it": field})(data)
    assert not form.is_valid()
    return str(form.errors["it"][0])


@pytest.mark.parametrize("month", ["3", "03", "Mar", "march", "Mar."])
def test_a_remembered_date_is_three_boxes_and_the_month_may_be_a_word(month: str) -> None:
    date = clean(DatePartsField(), it_day="27", it_month=month, it_year="1994")
    assert date == dt.date(1994, 3, 27)


def test_a_remembered_date_may_come_as_one_iso_date_from_an_import() -> None:
    assert clean(DatePartsField(), it="1994-03-27") == dt.date(1994, 3, 27)


@pytest.mark.parametrize(
    ("day", "month", "year", "words"),
    [
        ("", "", "", "Give a date"),
        ("31", "2", "1994", "no such date"),
        ("27", "", "", "needs the month and the year too"),
        ("27", "3", "94", "four digits"),
        ("x", "3", "1994", "no such date"),
        ("1", "Ma", "1994", "no such date"),
        ("1", "ju", "1994", "no such date"),
    ],
)
def test_a_date_that_cannot_be_is_refused_in_words(
    day: str, month: str, year: str, words: str
) -> None:
    assert words in refusal(DatePartsField(label="Born"), it_day=day, it_month=month, it_year=year)


def test_an_optional_date_may_stay_empty() -> None:
    assert clean(DatePartsField(required=False), it_day="", it_month="", it_year="") is None


def test_a_rejected_date_keeps_its_three_boxes() -> None:
    form = type("One", (AccessibleForm,), {"it": DatePartsField(label="Born")})(
        {"it_day": "31", "it_month": "2", "it_year": "1994"}
    )
    html = rendered(form, "it")
    assert [value for value in ("31", "2", "1994") if f'value="{value}"' in html] == [
        "31",
        "2",
        "1994",
    ]
    assert html.count('aria-invalid="true"') == 3
    assert html.count("<label") == 3


@pytest.mark.parametrize("text", ["14:30", "14.30", "1430", "2.30 pm", "2:30PM", "2.30 p.m."])
def test_a_time_is_understood_as_people_write_it(text: str) -> None:
    assert clean(TimeOfDayField(), it=text) == dt.time(14, 30)


@pytest.mark.parametrize(("text", "hour"), [("9", 9), ("12 am", 0), ("12 pm", 12), ("9h", 9)])
def test_a_whole_hour_is_understood(text: str, hour: int) -> None:
    if text == "9h":
        assert "not a time" in refusal(TimeOfDayField(), it=text)
    else:
        assert clean(TimeOfDayField(), it=text) == dt.time(hour)


@pytest.mark.parametrize("text", ["25:00", "14:75", "soon", "13 pm"])
def test_a_time_that_cannot_be_is_refused(text: str) -> None:
    assert refusal(TimeOfDayField(), it=text) == "This is not a time. It looks like 14:30."


@pytest.mark.parametrize("text", ["2026-11-26", "26/11/2026", "26.11.2026", "26 Nov 2026"])
def test_a_day_is_understood_from_the_picker_and_from_typing(text: str) -> None:
    assert clean(DayField(), it=text) == dt.date(2026, 11, 26)


@pytest.mark.parametrize("text", ["07700 900142", "+44 7700 900142", "(07700) 900-142"])
def test_a_phone_number_becomes_one_form(text: str) -> None:
    assert clean(PhoneField(region="GB"), it=text) == "+447700900142"


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("call me", "not a phone number"),
        ("0770", "has 4 digits"),
        ("077009001421234", "too many"),
        ("0770090014", "Check each digit"),
    ],
)
def test_a_phone_number_that_cannot_be_is_refused_with_its_reason(text: str, words: str) -> None:
    assert words in refusal(PhoneField(region="GB"), it=text)


def test_without_a_country_a_number_begins_with_plus() -> None:
    assert "Begin with +" in refusal(PhoneField(), it="07700 900142")


def test_a_stored_number_is_shown_the_way_its_country_writes_it() -> None:
    assert PhoneField(region="GB").prepare_value("+447700900142") == "07700 900142"
    assert PhoneField(region="DE").prepare_value("+447700900142") == "+44 7700 900142"
    assert PhoneField(region="GB").prepare_value("ring me") == "ring me"


def scale() -> ScaleField:
    return ScaleField(label="Today", low="Very hard", high="Good")


def test_a_scale_without_an_answer_shows_no_number() -> None:
    form = type("One", (AccessibleForm,), {"it": scale()})()
    html = rendered(form, "it")
    assert "data-value" not in html
    assert 'class="scale-range" type="range"' in html
    assert " hidden>" in html  # only script can keep two controls in step, so only script shows it
    assert "Very hard" in html
    assert html.count('name="it"') == 1


@pytest.mark.parametrize("value", ["0", "7", "10"])
def test_a_scale_takes_its_whole_numbers(value: str) -> None:
    assert clean(scale(), it=value) == int(value)


@pytest.mark.parametrize("value", ["11", "-1", "3.5", "high"])
def test_a_scale_refuses_the_rest_with_its_range(value: str) -> None:
    assert refusal(scale(), it=value) == "Choose a whole number from 0 to 10."


def test_a_model_form_does_not_save_because_services_do() -> None:
    from portal.practices.models import Practice

    class Name(AccessibleModelForm):
        class Meta:
            model = Practice
            fields = ["name"]

    with pytest.raises(NotImplementedError):
        Name({"name": "Alder"}).save()
