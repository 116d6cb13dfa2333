"""Which state may follow which, and what a receipt does to them.

One reminder is one wish to say one thing once. It may need two attempts; each attempt has its own
outcome. The table below is the whole machine: `services` moves rows only along it.
"""

from __future__ import annotations

from enum import StrEnum
from types import MappingProxyType
from typing import Final


class State(StrEnum):
    """Where a reminder stands."""

    PLANNED = "planned"
    SENDING = "sending"  # an attempt holds a lease; nobody else may touch the row
    SENT = "sent"  # the provider has it
    DELIVERED = "delivered"
    UNDELIVERED = "undelivered"
    FAILED = "failed"
    AMBIGUOUS = "ambiguous"  # it may have left: ask the provider before anything else
    SUPPRESSED = "suppressed"  # not wanted any more, or not allowed
    EXPIRED = "expired"  # its time passed before it could leave


class Outcome(StrEnum):
    """What became of one attempt."""

    OPEN = "open"  # written before the call: all that is known if the sender dies
    ACCEPTED = "accepted"
    REFUSED = "refused"  # the provider said no: certainly not sent
    UNSENT = "unsent"  # nothing left this machine, or the provider asked to wait
    DOUBT = "doubt"  # no clear answer
    LOST = "lost"  # looked for after the grace time and not found
    DELIVERED = "delivered"
    UNDELIVERED = "undelivered"
    FAILED = "failed"


class Receipt(StrEnum):
    """A provider's news about a message, in its own words (Twilio's MessageStatus)."""

    ACCEPTED = "accepted"
    SCHEDULED = "scheduled"
    QUEUED = "queued"
    SENDING = "sending"
    SENT = "sent"
    DELIVERED = "delivered"
    READ = "read"
    UNDELIVERED = "undelivered"
    FAILED = "failed"
    CANCELED = "canceled"


_S = State

ALLOWED: Final[MappingProxyType[State, frozenset[State]]] = MappingProxyType(
    {
        # A receipt for a lost attempt may reach a row that already waits for its second one.
        _S.PLANNED: frozenset({_S.SENDING, _S.SUPPRESSED, _S.EXPIRED, _S.SENT, _S.DELIVERED}),
        _S.SENDING: frozenset(
            {
                _S.SENT,
                _S.DELIVERED,
                _S.UNDELIVERED,
                _S.PLANNED,
                _S.FAILED,
                _S.AMBIGUOUS,
                _S.SUPPRESSED,
            }
        ),
        _S.AMBIGUOUS: frozenset({_S.SENT, _S.DELIVERED, _S.UNDELIVERED, _S.FAILED, _S.PLANNED}),
        # Back to planned: the network may manage it half an hour later.
        _S.SENT: frozenset({_S.DELIVERED, _S.UNDELIVERED, _S.FAILED, _S.PLANNED}),
        _S.DELIVERED: frozenset(),
        _S.UNDELIVERED: frozenset(),
        _S.FAILED: frozenset(),
        _S.SUPPRESSED: frozenset(),
        _S.EXPIRED: frozenset(),
    }
)

TERMINAL: Final = frozenset(state for state, following in ALLOWED.items() if not following)

# Rows in these states have a next moment at which somebody must look at them.
ACTIVE: Final = frozenset({_S.PLANNED, _S.SENDING, _S.AMBIGUOUS})

_RANK: Final = MappingProxyType(
    {
        Receipt.ACCEPTED: 1,
        Receipt.SCHEDULED: 1,
        Receipt.QUEUED: 1,
        Receipt.SENDING: 2,
        Receipt.SENT: 3,
        Receipt.UNDELIVERED: 4,
        Receipt.FAILED: 4,
        Receipt.CANCELED: 4,
        Receipt.DELIVERED: 4,
        Receipt.READ: 5,
    }
)


class WrongMoveError(Exception):
    """A step that the table does not have: a slip in the code, never a person's mistake."""


def check_move(before: State, after: State) -> None:
    """Raise `WrongMoveError` unless `after` may follow `before`."""
    if after not in ALLOWED[before]:
        message = f"a reminder cannot go from {before} to {after}"
        raise WrongMoveError(message)


def parse_receipt(word: str) -> Receipt | None:
    """The receipt that `word` names, or None for a word not known yet: stored, and not acted on."""
    try:
        return Receipt(word.strip().lower())
    except ValueError:
        return None


def outranks(news: Receipt, known: Receipt | None) -> bool:
    """Whether `news` says more than what is known. Receipts arrive twice and in any order.

    Ends share a rank: the first one stays, and a late "sent" never takes it back.
    """
    return known is None or _RANK[news] > _RANK[known]


def outcome_after(receipt: Receipt) -> Outcome:
    """An attempt's outcome once `receipt` is the most that is known."""
    if receipt in {Receipt.DELIVERED, Receipt.READ}:
        return Outcome.DELIVERED
    if receipt is Receipt.UNDELIVERED:
        return Outcome.UNDELIVERED
    if receipt in {Receipt.FAILED, Receipt.CANCELED}:
        return Outcome.FAILED
    return Outcome.ACCEPTED
