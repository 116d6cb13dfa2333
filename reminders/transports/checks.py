"""What a provider can say about an account before anything is kept. Plain, without its library."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Trouble(StrEnum):
    """What is wrong with an account, each with its own sentence next to a field."""

    CREDENTIAL = "credential"
    CLOSED = "closed"
    NOT_THEIRS = "not_theirs"
    NO_TEXTS = "no_texts"
    AWAY = "away"


@dataclass(frozen=True, slots=True)
class Checked:
    """What Twilio said: `trouble` is None where the account can send.

    `replies_to` is the address to which Twilio brings replies, empty where it has none.
    """

    trouble: Trouble | None = None
    replies_to: str = ""
