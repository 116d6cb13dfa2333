"""What a mail server's refusal means: its three digits, and the finer ones of RFC 3463.

The same classes as for texts. A server that refuses has not taken the mail, so nothing here is
doubt.
"""

from __future__ import annotations

import re
from enum import StrEnum
from typing import Final

from reminders.rules.answers import Meaning


class Stage(StrEnum):
    """What the server was asked when it said no."""

    OPEN = "open"  # greeting, encryption, password
    SENDER = "sender"
    RECIPIENT = "recipient"
    WORDS = "words"


_FINER = re.compile(r"\b([245])\.(\d{1,3})\.(\d{1,3})\b")

_ADDRESS_IS_DEAD: Final = frozenset({"1.0", "1.1", "1.2", "1.3", "1.6", "1.10", "2.1"})
_SENDER_IS_WRONG: Final = frozenset({"1.7", "1.8", "7.8", "7.9", "7.11", "7.26", "7.27"})
_MAILBOX_IS_FULL: Final = "2.2"
_CLOSING: Final = 421


def meaning_of_refusal(stage: Stage, code: int, said: str = "") -> Meaning:
    """Classify a refusal at `stage` with reply `code` (400 to 599) and its words."""
    if 400 <= code < 500:
        return _for_now(stage, code)
    if stage in {Stage.OPEN, Stage.SENDER}:
        return Meaning.OUR_FAULT
    finer = _finer(said)
    if finer in _SENDER_IS_WRONG or code in {530, 535}:
        return Meaning.OUR_FAULT
    if finer in _ADDRESS_IS_DEAD:
        return Meaning.BAD_NUMBER
    if finer == _MAILBOX_IS_FULL or code == 552:
        return Meaning.LATER
    if finer.startswith("7.") or code == 554:
        return Meaning.FILTERED
    if finer:
        return Meaning.UNKNOWN
    return _without_finer(stage, code)


def _for_now(stage: Stage, code: int) -> Meaning:
    """A server that is busy with everybody is asked again soon; one mailbox, half an hour later."""
    about_us = code == _CLOSING or stage in {Stage.OPEN, Stage.SENDER}
    return Meaning.TOO_FAST if about_us else Meaning.LATER


def _without_finer(stage: Stage, code: int) -> Meaning:
    if stage is Stage.RECIPIENT and code in {501, 550, 551, 553}:
        return Meaning.BAD_NUMBER
    if stage is Stage.WORDS and code == 550:
        return Meaning.FILTERED
    return Meaning.UNKNOWN


def _finer(said: str) -> str:
    found = _FINER.search(said)
    return f"{found[2]}.{found[3]}" if found else ""
