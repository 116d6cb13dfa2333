"""`manage.py metrics`: the same numbers as the page, JSON and nothing else, one line when wrong."""

import io
import json

import pytest
from django.core.management import CommandError, call_command

from metrics.rollups.attendance import RATES
from tests.metrics.appointments import more_patients, weeks_of

pytestmark = pytest.mark.django_db
JUNE = ["--from", "2024-06-01", "--to", "2024-06-30"]


def run(*arguments: str) -> str:
    out = io.StringIO()
    call_command("metrics", *arguments, stdout=out)
    return out.getvalue()


@pytest.fixture
def june(cast):
    weeks_of(cast.cole, more_patients(cast.cole, 20), weeks=4, came=36, missed=4)
    weeks_of(cast.yan, [cast.patient("zoe")], weeks=1, came=3, missed=1)


def test_json_holds_every_computed_key_and_names_the_others(june):
    found = json.loads(run("--practice", "alder", *JUNE, "--json"))
    assert found["no_show_rate"] == {
        "value": 0.1,
        "numerator": 16,
        "denominator": 160,
        "low": pytest.approx(0.0625, abs=1e-4),
        "high": pytest.approx(0.1562, abs=1e-4),
        "enough": True,
    }
    assert RATES.keys() <= found.keys()
    assert found["unrecorded_count"] == 0
    assert not set(found["not_yet"]) & found.keys()
    assert "dropout" in found["not_yet"]


def test_the_other_practice_has_its_own_numbers(june):
    found = json.loads(run("--practice", "birch", *JUNE, "--json"))
    assert (found["no_show_rate"]["numerator"], found["no_show_rate"]["denominator"]) == (1, 4)
    assert found["no_show_rate"]["enough"] is False


def test_no_appointments_are_null_and_not_zero(cast):
    found = json.loads(run("--practice", "alder", *JUNE, "--json"))
    assert [found[key]["value"] for key in RATES] == [None] * len(RATES)


def test_the_page_and_the_command_agree(cast, june):
    figure = json.loads(run("--practice", "alder", *JUNE, "--json"))["no_show_rate"]
    page = cast.eve.client().get(
        "/alder/staff/metrics/no-shows/?from_on=2024-06-01&to_on=2024-06-30"
    )
    assert f"{figure['numerator']} of {figure['denominator']}" in page.content.decode()
    assert f"{100 * figure['value']:.1f}\N{NO-BREAK SPACE}%" in page.content.decode()


def test_a_person_gets_a_small_table(june):
    out = run("--practice", "alder", *JUNE)
    assert out.startswith("Alder Practice, 2024-06-01 to 2024-06-30 (Europe/London)")
    line = next(line for line in out.splitlines() if line.startswith("No-show rate"))
    assert line.split()[2:5] == ["16", "of", "160"]
    assert "not enough data yet" in run("--practice", "birch", *JUNE)


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["--practice", "elm", *JUNE], "There is no practice 'elm'."),
        (["--practice", "", *JUNE], "There is no practice ''."),
        (["--practice", "alder", "--from", "soon", "--to", "2024-06-30"], "'soon' is not a date"),
        (["--practice", "alder", "--from", "2024-02-30", "--to", "2024-06-30"], "is not a date"),
        (["--practice", "alder", "--from", "0001-01-01", "--to", "9999-12-31"], "is not a date"),
        (["--practice", "alder", "--from", "2024-06-30", "--to", "2024-06-01"], "is before"),
    ],
)
def test_what_is_wrong_is_said_in_one_line_with_code_2(cast, arguments, words):
    with pytest.raises(CommandError, match=words) as refused:
        run(*arguments)
    assert refused.value.returncode == 2
    assert "\n" not in str(refused.value)
