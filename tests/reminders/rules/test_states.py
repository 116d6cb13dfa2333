"""The machine, exhaustively; and receipts in any order (T-REM-09 without a database)."""

from __future__ import annotations

from itertools import permutations, product

import pytest

from reminders.rules.states import (
    ACTIVE,
    ALLOWED,
    TERMINAL,
    Outcome,
    Receipt,
    State,
    WrongMoveError,
    check_move,
    outcome_after,
    outranks,
    parse_receipt,
)

PICTURE = """
planned: sending suppressed expired sent delivered
sending: sent delivered undelivered planned failed ambiguous suppressed
ambiguous: sent delivered undelivered failed planned
sent: delivered undelivered failed planned
delivered:
undelivered:
failed:
suppressed:
expired:
"""


def _drawn() -> dict[State, set[State]]:
    lines = (line.partition(":") for line in PICTURE.strip().splitlines())
    return {State(name): {State(word) for word in after.split()} for name, _, after in lines}


@pytest.mark.parametrize(("before", "after"), list(product(State, State)))
def test_every_pair_of_states_is_allowed_or_refused_as_drawn(before, after):
    if after in _drawn()[before]:
        check_move(before, after)
    else:
        with pytest.raises(WrongMoveError):
            check_move(before, after)


def test_every_state_is_in_the_table_and_every_end_is_an_end():
    assert set(ALLOWED) == set(State)
    assert set(TERMINAL) == {
        State.DELIVERED,
        State.UNDELIVERED,
        State.FAILED,
        State.SUPPRESSED,
        State.EXPIRED,
    }
    assert not ACTIVE & TERMINAL


def test_a_text_leaves_only_through_a_lease():
    assert [s for s in State if State.SENDING in ALLOWED[s]] == [State.PLANNED]


def test_every_state_can_be_reached_from_planned():
    seen, todo = {State.PLANNED}, [State.PLANNED]
    while todo:
        for after in ALLOWED[todo.pop()] - seen:
            seen.add(after)
            todo.append(after)
    assert seen == set(State)


ARRIVED = [Receipt.QUEUED, Receipt.SENDING, Receipt.SENT, Receipt.DELIVERED]
LOST = [Receipt.QUEUED, Receipt.SENT, Receipt.UNDELIVERED]


@pytest.mark.parametrize("story", [ARRIVED, LOST])
def test_receipts_in_any_order_and_twice_end_the_same(story):
    for shuffled in permutations(story):
        known: Receipt | None = None
        for news in shuffled * 2:
            if outranks(news, known):
                known = news
        assert known is story[-1]


def test_the_first_end_stays():
    assert not outranks(Receipt.DELIVERED, Receipt.UNDELIVERED)
    assert not outranks(Receipt.SENT, Receipt.FAILED)
    assert outranks(Receipt.READ, Receipt.DELIVERED)


def test_an_unknown_word_is_no_receipt():
    assert parse_receipt("teleported") is None
    assert parse_receipt(" Delivered ") is Receipt.DELIVERED


@pytest.mark.parametrize(
    ("receipt", "outcome"),
    [
        (Receipt.QUEUED, Outcome.ACCEPTED),
        (Receipt.SENT, Outcome.ACCEPTED),
        (Receipt.DELIVERED, Outcome.DELIVERED),
        (Receipt.READ, Outcome.DELIVERED),
        (Receipt.UNDELIVERED, Outcome.UNDELIVERED),
        (Receipt.FAILED, Outcome.FAILED),
        (Receipt.CANCELED, Outcome.FAILED),
    ],
)
def test_a_receipt_names_the_attempts_outcome(receipt, outcome):
    assert outcome_after(receipt) is outcome
