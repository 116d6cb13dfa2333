"""The lanes of the drill hold each test once, and what they found is put together."""

from pathlib import Path
from typing import Any, cast

import pytest

from tests.drill import lanes, programme
from tests.drill.drill import Size
from tests.drill.report import Line


@pytest.mark.parametrize("size", [Size.USUAL, Size.FULL])
def test_each_test_runs_in_one_lane(size: Size):
    drill = cast(Any, type("Drill", (), {"size": size}))
    numbers = {number for number, _ in programme.tests(drill, cast(Any, None), "")}
    assert sorted(numbers) == sorted(number for lane in lanes.LANES for number in lane)


def test_what_the_lanes_found_is_one_table(tmp_path: Path):
    found = Line("T-REM-01", "0 lost", "0 lost", met=True)
    facts = {"seed": "1", lanes.KILLS: "300", lanes.MOVES: "7"}
    lanes.write(tmp_path / "0", [found], facts, "")
    lanes.write(tmp_path / "1", [found], facts, "it was stopped")
    lines, together, stopped = lanes.read([tmp_path / "0", tmp_path / "1"])
    assert lines == [found, found]
    assert together == {"seed": "1", lanes.KILLS: "600", lanes.MOVES: "14"}
    assert stopped == "it was stopped"


def test_a_lane_that_left_nothing_is_no_success(tmp_path: Path):
    lanes.write(tmp_path / "0", [], {}, "")
    assert lanes.read([tmp_path / "0", tmp_path / "1"])[2] == "a lane ended without a word"
