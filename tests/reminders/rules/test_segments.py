"""What a text costs, by 3GPP TS 23.038."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reminders.rules.segments import GSM_BASIC, GSM_EXTENDED, Encoding, measure


@pytest.mark.parametrize(
    ("text", "encoding", "units", "segments"),
    [
        ("", Encoding.GSM7, 0, 0),
        ("a" * 160, Encoding.GSM7, 160, 1),
        ("a" * 161, Encoding.GSM7, 161, 2),
        ("a" * 306, Encoding.GSM7, 306, 2),
        ("a" * 307, Encoding.GSM7, 307, 3),
        ("€" * 80, Encoding.GSM7, 160, 1),
        ("€" * 81, Encoding.GSM7, 162, 2),
        ("é" * 160, Encoding.GSM7, 160, 1),
        ("\u2019" + "a" * 69, Encoding.UCS2, 70, 1),
        ("\u2019" + "a" * 70, Encoding.UCS2, 71, 2),
        ("ş" * 134, Encoding.UCS2, 134, 2),
        ("ş" * 135, Encoding.UCS2, 135, 3),
        ("🙂" * 35, Encoding.UCS2, 70, 1),
        ("🙂" * 36, Encoding.UCS2, 72, 2),
    ],
)
def test_a_text_is_counted_as_networks_count_it(text, encoding, units, segments):
    counted = measure(text)
    assert (counted.encoding, counted.units, counted.segments) == (encoding, units, segments)


def test_a_letter_of_two_units_is_never_cut_in_two():
    # 152 letters leave one septet in a joined segment: the escaped letter moves on whole.
    assert measure("a" * 152 + "€" + "a" * 152).segments == 3
    assert measure("a" * 153 + "€" + "a" * 151).segments == 2


def test_the_letters_that_make_a_text_dear_are_named_once_each():
    assert measure("Żaneta, Ż\u2019s text").odd == ("Ż", "\u2019")


def test_the_alphabet_has_128_places():
    assert len(GSM_BASIC) == 127  # and the escape to the extension table
    assert len(GSM_EXTENDED) == 10
    assert not GSM_BASIC & GSM_EXTENDED


@given(st.text(max_size=700))
def test_segments_are_never_fewer_than_the_room_needs(text):
    counted = measure(text)
    room = 153 if counted.encoding is Encoding.GSM7 else 67
    assert counted.segments >= counted.units / (room + 7)
    assert counted.segments <= counted.units / (room - 1) + 1
