"""What a provider's answer means, and what to do next.

The provider says not to build logic on its error codes, because they change. So codes are data in
one table, and an unknown one means: no automatic second try, and a person looks.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from types import MappingProxyType
from typing import Final

from reminders.rules.states import Receipt


class Meaning(StrEnum):
    """Classes of answers, each with one action (see `docs/decisions`)."""

    ACCEPTED = "accepted"
    OPTED_OUT = "opted_out"  # STOP was said to the provider: stop here too
    BAD_NUMBER = "bad_number"  # this number cannot take texts: a person mends it
    LATER = "later"  # one more try after half an hour, if it still helps
    FILTERED = "filtered"  # a network blocks us: many of these stop the channel
    TOO_FAST = "too_fast"  # back off; not counted as an attempt
    OUR_FAULT = "our_fault"  # credentials or sender: stop the channel at once
    UNSENT = "unsent"  # nothing left this machine; not counted as an attempt
    DOUBT = "doubt"  # it may have left: look before trying again
    UNKNOWN = "unknown"  # a person looks


CODES: Final = MappingProxyType(
    {
        21610: Meaning.OPTED_OUT,
        21211: Meaning.BAD_NUMBER,
        21614: Meaning.BAD_NUMBER,
        21217: Meaning.BAD_NUMBER,
        21265: Meaning.BAD_NUMBER,  # a short code
        21266: Meaning.BAD_NUMBER,  # our own number
        21635: Meaning.BAD_NUMBER,  # a landline
        30005: Meaning.BAD_NUMBER,
        30006: Meaning.BAD_NUMBER,
        30003: Meaning.LATER,
        30008: Meaning.LATER,
        30001: Meaning.LATER,
        30017: Meaning.LATER,
        30009: Meaning.LATER,
        30022: Meaning.LATER,
        30410: Meaning.LATER,
        30007: Meaning.FILTERED,
        30004: Meaning.FILTERED,
        30034: Meaning.FILTERED,
        21408: Meaning.FILTERED,
        30032: Meaning.FILTERED,
        30018: Meaning.FILTERED,  # the sender is not registered with that network
        30023: Meaning.FILTERED,
        30024: Meaning.FILTERED,
        20429: Meaning.TOO_FAST,
        21611: Meaning.TOO_FAST,  # the sender's queue is full
        20003: Meaning.OUR_FAULT,
        21606: Meaning.OUR_FAULT,
        21212: Meaning.OUR_FAULT,
        21617: Meaning.OUR_FAULT,
        20005: Meaning.OUR_FAULT,  # the account is not active
        20008: Meaning.OUR_FAULT,  # test credentials
        21601: Meaning.OUR_FAULT,  # the sender cannot send texts
        21603: Meaning.OUR_FAULT,
        21608: Meaning.OUR_FAULT,  # a trial account
        21659: Meaning.OUR_FAULT,
        21660: Meaning.OUR_FAULT,  # the sender belongs to another account
        21703: Meaning.OUR_FAULT,  # a messaging service without numbers
        30002: Meaning.OUR_FAULT,
        30010: Meaning.OUR_FAULT,
    }
)

RETRY_LATER: Final = timedelta(minutes=30)
GRACE: Final = timedelta(minutes=15)
"""How long an attempt in doubt is looked for. Longer than the provider's own list may lag."""
MAX_ATTEMPTS: Final = 2
_BACK_OFF_FIRST: Final = timedelta(seconds=5)
BACK_OFF_MOST: Final = timedelta(minutes=5)


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back from one call: `sid` only when accepted, `code` as the provider gave it.

    `receipt` is news that came with the answer, where a transport knows the end at once.
    """

    meaning: Meaning
    sid: str = ""
    code: int | None = None
    receipt: Receipt | None = None


def meaning_of(status: int, code: int | None) -> Meaning:
    """Classify an HTTP answer of the message-create call.

    The code decides where the table knows it; else the HTTP status. 5xx is doubt, not failure: the
    message may have been taken before the error.
    """
    if 200 <= status < 300:
        return Meaning.ACCEPTED
    if code is not None and code in CODES:
        return CODES[code]
    if status == 429:
        return Meaning.TOO_FAST
    if status >= 500 or status == 408:
        return Meaning.DOUBT
    if status in {401, 403}:
        return Meaning.OUR_FAULT
    return Meaning.UNKNOWN


def meaning_of_code(code: int | None) -> Meaning:
    """Classify the error code of a receipt, where there is no HTTP status."""
    if code is None:
        return Meaning.UNKNOWN
    return CODES.get(code, Meaning.UNKNOWN)


def back_off(times: int, jitter: float) -> timedelta:
    """How long to wait after `times` (from 1) answers of "too fast" in a row.

    Doubles from 5 s to 5 min; `jitter` in [0, 1) takes away up to half, so that waiting rows do
    not come back in one wave.
    """
    doublings = max(0, min(times, 12) - 1)
    wait = min(_BACK_OFF_FIRST * (1 << doublings), BACK_OFF_MOST)
    return wait * (1 - jitter / 2)


def waited_at_least(waits: int) -> timedelta:
    """How long a row has waited, at the least, that is put off for the `waits`-th time in a row.

    Its last wait may just have begun.
    """
    return sum((back_off(times, 1.0) for times in range(1, waits)), timedelta())
