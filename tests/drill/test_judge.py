"""The verdict sees each kind of slip; a drill whose judge cannot say no proves nothing."""

from uuid import UUID, uuid4

import pytest

from tests.drill.judge import Taken, Verdict, Wanted, compare
from tests.drill.report import Line, table, verdict

VISIT = Wanted("+447700000001", uuid4(), "14:07")
TEXT = Taken("+447700000001", "Hello Pat1, Wed 25 Nov at 14:07")


def judged(*book: Taken, state: str = "sent", marked: bool = False) -> Verdict:
    states: dict[UUID, tuple[str, bool]] = {VISIT.appointment: (state, marked)}
    return compare([VISIT], book, states)


def test_one_message_and_a_row_that_says_so_is_clean():
    assert judged(TEXT).clean
    assert judged(TEXT, state="delivered").clean


@pytest.mark.parametrize(
    ("found", "slip"),
    [
        (judged(state="planned"), "lost"),
        (judged(TEXT, TEXT, marked=True), "doubled"),
        (judged(TEXT, TEXT), "unmarked"),
        (judged(Taken(VISIT.number, "at 15:07")), "wrong_words"),
        (judged(TEXT, Taken("+447700000002", "who?")), "strangers"),
        (judged(state="sent"), "rows_say_otherwise"),
        (judged(TEXT, state="failed"), "rows_say_otherwise"),
        (judged(TEXT, state="missing"), "rows_say_otherwise"),
    ],
)
def test_each_slip_is_seen(found: Verdict, slip: str):
    assert getattr(found, slip)
    assert not found.clean
    assert slip.replace("_", " ") in found.words()


def test_the_last_line_is_the_verdict():
    met, missed = Line("T-REM-01", "0", "0", met=True), Line("T-REM-12", "0", "3", met=False)
    assert table([met], {"seed": "1"}).splitlines()[-1] == "PASS"
    assert table([met, missed], {}).splitlines()[-1] == "FAIL T-REM-12"
    assert verdict([]).startswith("FAIL")


def test_a_text_that_was_handed_to_a_person_is_neither_lost_nor_sent():
    found = compare([VISIT], [], {VISIT.appointment: ("failed", False)}, {VISIT.appointment})
    assert found.clean
    assert found.handed_to_a_person == [VISIT.number]
    assert compare([VISIT], [], {VISIT.appointment: ("planned", False)}, {VISIT.appointment}).lost
    assert compare([VISIT], [], {VISIT.appointment: ("failed", False)}, ()).lost
