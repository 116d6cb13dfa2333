"""A figure says met, over, or nothing at all; and a broken variant has to stand out."""

from __future__ import annotations

import pytest

from benchmarks.verdicts import Figure, caught, stray


def figure(ours: list[float], theirs: list[float], goal: float | None = 1.5) -> Figure:
    return Figure("a page", goal, "", ours, theirs)


def test_the_ratio_is_the_median_of_the_rounds_and_not_of_each_side() -> None:
    assert figure([10, 20, 90, 30, 12], [10, 10, 10, 10, 10]).ratio == 2


@pytest.mark.parametrize(
    ("ours", "verdict"), [([14.0] * 5, "met"), ([15.0] * 5, "met"), ([16.0] * 5, "OVER")]
)
def test_a_figure_is_held_against_its_goal(ours: list[float], verdict: str) -> None:
    assert figure(ours, [10.0] * 5).verdict == verdict


def test_nothing_is_said_when_the_reference_itself_strays() -> None:
    assert figure([10.0] * 5, [10, 10, 12, 13, 14]).verdict == "no verdict"
    assert figure([99.0] * 5, [10, 10, 12, 13, 14]).verdict == "no verdict"


def test_one_disturbed_round_in_five_does_not_take_the_verdict_away() -> None:
    assert stray([10, 10.2, 10.1, 10, 30]) < 0.15
    assert stray([10, 10.2, 13, 10, 30]) > 0.15


def test_what_has_no_goal_is_only_reported() -> None:
    assert figure([1.0] * 5, [], goal=None).verdict == "report"


def test_a_broken_variant_must_be_over_the_goal_and_clearly_worse_than_the_healthy_one() -> None:
    healthy = figure([20.0] * 5, [10.0] * 5)  # over its goal already
    assert not caught(figure([21.0] * 5, [10.0] * 5), healthy)
    assert caught(figure([26.0] * 5, [10.0] * 5), healthy)
    assert not caught(figure([14.0] * 5, [10.0] * 5), figure([10.0] * 5, [10.0] * 5))
