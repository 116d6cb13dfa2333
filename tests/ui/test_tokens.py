"""The colours of the product: both dark lists agree, and every pair in use has its contrast."""

import pytest

from portal.ui.contrast import contrast, from_oklch, to_oklch
from portal.ui.tokens import themes

SURFACES = ["ground", "ground-deep", "surface", "surface-sunk", "surface-raised"]
AAA, AA, PART = 7, 4.5, 3
PAIRS: list[tuple[str, str, float]] = [
    *(
        ("ink", back, AAA)
        for back in [
            *SURFACES,
            *["own", "team", "accent-soft", "good-soft", "attention-soft", "urgent-soft"],
        ]
    ),
    *(("ink-soft", back, AAA) for back in [*SURFACES, "own", "team", "accent-soft"]),
    *(
        (front, back, AA)
        for front in ["ink-faint", "accent-text", "urgent", "attention", "good"]
        for back in SURFACES
    ),
    *((edge, back, PART) for edge in ["line-strong", "focus"] for back in SURFACES),
    *(
        (edge, back, PART)
        for edge in ["accent-line", "own-line", "team-line", "attention-line", "urgent-line"]
        for back in ["surface", "ground"]
    ),
    ("on-accent", "accent", AAA),
    ("on-accent", "accent-hover", AAA),
    ("on-strip", "strip", AAA),
    ("on-urgent", "urgent-line", AA),
    ("own-ink", "own", AAA),
    ("team-ink", "team", AAA),
    ("auto-ink", "auto", AAA),
    ("accent-text", "accent-soft", AA),
    ("good", "good-soft", AA),
    ("attention", "attention-soft", AA),
    ("urgent", "urgent-soft", AA),
    ("focus-on-strip", "strip", PART),
    *((line, "surface", PART) for line in ["chart-1", "chart-2", "chart-3", "chart-axis"]),
    ("chart-literature", "surface", AA),
    ("chart-1", "chart-1-band", PART),
    ("chart-2", "chart-2-band", PART),
    *(("heat-ink-lo", f"heat-{step}", AA) for step in range(4)),
    *(("heat-ink-hi", f"heat-{step}", AA) for step in (4, 5)),
]


def test_the_two_dark_lists_are_the_same() -> None:
    assert themes()["dark"] == themes()["dark chosen"]


def test_light_and_dark_name_the_same_colours() -> None:
    assert themes()["light"].keys() == themes()["dark"].keys()


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_every_pair_in_use_has_its_contrast(theme: str) -> None:
    colours = themes()[theme]
    too_faint = [
        f"{front} on {back}: {contrast(colours[front], colours[back]):.2f}, needs {least}"
        for front, back, least in PAIRS
        if contrast(colours[front], colours[back]) < least
    ]
    assert too_faint == []


def test_contrast_is_that_of_the_published_formula() -> None:
    assert contrast("#000000", "#ffffff") == pytest.approx(21)
    assert contrast("#777777", "#ffffff") == pytest.approx(4.478, abs=0.001)


def test_a_colour_survives_the_way_to_oklch_and_back() -> None:
    for colour in themes()["light"].values():
        assert from_oklch(to_oklch(colour)) == colour


def test_what_is_not_a_colour_is_refused() -> None:
    with pytest.raises(ValueError, match="not a colour"):
        contrast("red", "#ffffff")
