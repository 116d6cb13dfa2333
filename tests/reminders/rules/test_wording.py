"""What a text says: T-SMS-05."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.ui.languages import SPOKEN
from reminders.rules.languages import LANGUAGES
from reminders.rules.segments import Encoding, measure
from reminders.rules.wording import (
    DISCREET_TEMPLATE,
    FULL_TEMPLATE,
    BadTemplateError,
    Part,
    check,
    fill,
    first_name,
    flatten,
    gaps_of,
    telling_words,
    without_replies,
)

VALUES = {
    "first_name": "Nadia",
    "clinician": "Tom Brennan",
    "day": "Thu 26 Nov",
    "time": "14:30",
    "phone": "0113 496 0142",
    "practice": "Harbour Lane",
    "link": "https://portal.example/harbour/a/0123456789012345678901/",
}


def test_the_full_text_names_all_four_parts_and_says_that_it_is_automatic():
    found = check(FULL_TEMPLATE, discreet=False)
    assert found.present == set(Part)
    assert not found.missing
    assert not found.telling


def test_the_discreet_text_leaves_out_the_clinician_and_says_so():
    found = check(DISCREET_TEMPLATE, discreet=True)
    assert found.hidden == {Part.CLINICIAN}
    assert not found.missing


def test_a_full_template_without_a_part_is_found_out():
    found = check("Hello {first_name}. Reply C, ring {phone}. Automatic.", discreet=False)
    assert found.missing == {Part.TIME, Part.CLINICIAN}


def test_a_filled_text_reads_as_it_should():
    assert fill(DISCREET_TEMPLATE, VALUES) == (
        "Hello Nadia. A reminder for Thu 26 Nov, 14:30. Reply C, R or X, or ring 0113 496 0142. "
        "Automatic text."
    )


@pytest.mark.parametrize(
    "template",
    [
        "{first_name.__class__}",
        "{first_name[0]}",
        "{first_name!r}",
        "{first_name:>30}",
        "{0}",
        "{}",
        "{diagnosis}",
        "{first_name",
        "first_name}",
    ],
)
def test_a_template_reaches_nothing_but_its_gaps(template):
    with pytest.raises(BadTemplateError) as refused:
        gaps_of(template)
    assert str(refused.value).endswith(".")


def test_a_name_cannot_smuggle_a_gap_or_a_line():
    values = {**VALUES, "first_name": "{clinician}\nSTOP\u202e"}
    assert fill("Hello {first_name}.", values) == "Hello {clinician} STOP."


def test_a_long_name_is_cut_at_a_words_end():
    assert first_name("Maximiliane Friederike Charlotte") == "Maximiliane Friederike"
    assert first_name("Bo") == "Bo"
    assert len(first_name("X" * 200)) == 30


@pytest.mark.parametrize(
    "text", ["your therapy", "Psychology", "the anxiety group", "PHQ-9", "Clinic letter"]
)
def test_words_that_tell_a_stranger_too_much_are_found(text):
    assert telling_words(text)


def test_ordinary_words_tell_nothing():
    assert telling_words(FULL_TEMPLATE.format_map(VALUES)) == ()


@given(st.text(min_size=1, max_size=60))
def test_any_name_gives_one_line_and_a_counted_length(name):
    text = fill(FULL_TEMPLATE, {**VALUES, "first_name": first_name(name)})
    assert "\n" not in text
    counted = measure(text)
    assert counted.segments <= (2 if counted.encoding is Encoding.GSM7 else 5)


@given(st.text(max_size=100))
def test_flattening_twice_changes_nothing(text):
    assert flatten(flatten(text)) == flatten(text)


def test_every_language_that_a_person_may_have_can_be_written_and_checked():
    assert {code: each.name for code, each in LANGUAGES.items()} == dict(SPOKEN)


@pytest.mark.parametrize(
    ("template", "language", "shorter"),
    [
        (
            FULL_TEMPLATE,
            "en-gb",
            (
                "Hello {first_name}. You are booked with {clinician} on {day} at {time}. To talk "
                "to us: {phone}. Automatic text from {practice}. {link}"
            ),
        ),
        (
            DISCREET_TEMPLATE,
            "en",
            "Hello {first_name}. A reminder for {day}, {time}. Automatic text.",
        ),
        (
            "Hola {first_name}. Cita: {day}, {time}. ¡Responda C! Mensaje automático.",
            "es",
            "Hola {first_name}. Cita: {day}, {time}. Mensaje automático.",
        ),
        # The link is not lost with its sentence, and neither is what else a sentence says.
        ("At {time}. Reply C or open {link}. Automatic.", "en", "At {time}. Automatic. {link}"),
        (
            "Reply C for {day} at {time}. Automatic.",
            "en",
            "Reply C for {day} at {time}. Automatic.",
        ),
        ("Reply C. Ring {phone}.", "xx", "Reply C. Ring {phone}."),
    ],
)
def test_a_mail_in_place_of_a_text_asks_for_no_answer(template: str, language: str, shorter: str):
    assert without_replies(template, language) == shorter
