"""A practice's accent: what is taken, what is refused, and what the stylesheet says."""

import contextlib
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.ui.brand import PAIRS, AccentError, check_accent, css_for, values_for
from portal.ui.contrast import contrast
from portal.ui.tokens import themes

OURS = "#17594f"
GOOD = [OURS, "#6d3461", "#1f3d6e", "#4b4a12", "#2b2b2b", "#000000", "#0b4f6c", "#5a3a00"]


@pytest.mark.parametrize("accent", GOOD)
def test_a_strong_colour_gives_six_readable_values_in_each_theme(accent: str) -> None:
    for theme, values in values_for(check_accent(accent)).items():
        assert len(values) == 6
        colours = themes()[theme] | values
        for front, back, least in PAIRS:
            assert contrast(colours[front], colours[back]) >= least, (theme, front, back)


@pytest.mark.parametrize("accent", GOOD)
def test_hovering_can_be_seen(accent: str) -> None:
    for values in values_for(accent).values():
        assert values["accent"] != values["accent-hover"]


@pytest.mark.parametrize("accent", ["#ffd84d", "#8bc34a", "#4a90d9", "#ffffff"])
def test_a_pale_colour_is_refused_and_a_near_one_that_works_is_named(accent: str) -> None:
    with pytest.raises(AccentError) as refusal:
        check_accent(accent)
    [nearest] = re.findall(r"#[0-9a-f]{6}", str(refusal.value))
    assert check_accent(nearest) == nearest


@pytest.mark.parametrize("accent", ["#9b1c2f", "#8b0000", "#7a1020"])
def test_red_is_refused_because_it_means_risk(accent: str) -> None:
    with pytest.raises(AccentError, match="risk"):
        check_accent(accent)


@pytest.mark.parametrize(
    "accent", ["green", "#12345", "17594f", "#17594g", "#fff}body{display:none", "url(//x)"]
)
def test_what_is_not_a_colour_is_refused(accent: str) -> None:
    with pytest.raises(AccentError):
        css_for(accent)


def test_a_practice_without_an_accent_gets_ours() -> None:
    assert "--accent" not in css_for(None)
    assert "--accent" not in css_for("")


def test_the_stylesheet_sets_the_accent_group_only() -> None:
    css = css_for("#6D3461 ")
    assert set(re.findall(r"--([a-z-]+):", css)) == set(values_for(OURS)["light"])
    assert "--accent: #6d3461;" in css
    assert css.count("{") == css.count("}") == 5


@given(st.integers(0, 0xFFFFFF))
def test_whatever_is_picked_is_readable_or_refused(number: int) -> None:
    accent = f"#{number:06x}"
    with contextlib.suppress(AccentError):
        assert accent in css_for(accent)
