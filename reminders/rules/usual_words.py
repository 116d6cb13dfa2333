"""The words that a practice is offered for each kind of text, in English.

Each passes `wording.check` for its kind, in both wordings and on both channels.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from reminders.rules.timing import ABOUT_A_FORM, OffsetKind
from reminders.rules.wording import DISCREET_TEMPLATE, FULL_TEMPLATE


@dataclass(frozen=True, slots=True)
class Usual:
    """A full and a discreet wording; `subject_line` is for mail and is discreet as well."""

    template: str
    discreet_template: str
    subject_line: str


_VISIT: Final = Usual(FULL_TEMPLATE, DISCREET_TEMPLATE, "A reminder for {day}, {time}")
_VISIT_BY_MAIL: Final = Usual(
    "Hello {first_name}. You are booked with {clinician} on {day} at {time}. To confirm, to change "
    "the time, or if you can't come: {link} To talk to us: {phone}. Sent automatically by "
    "{practice}.",
    "Hello {first_name}. A reminder for {day}, {time}. To change it, ring {phone}. "
    "Sent automatically.",
    "A reminder for {day}, {time}",
)
_MISSED: Final = Usual(
    "Hello {first_name}. We missed you on {day} at {time}. {clinician} would be glad to see you. "
    "To find another time, reply R or ring {phone}. Automatic text from {practice}.",
    "Hello {first_name}. About {day}, {time}: to find another time, reply R or ring {phone}. "
    "Automatic text.",
    "About {day}, {time}",
)
_FORM: Final = Usual(
    "Hello {first_name}. There is something to fill in before your visit: {link} "
    "To talk to us: {phone}. Sent automatically by {practice}.",
    "Hello {first_name}. Something is waiting for you to fill in. To talk to somebody, ring "
    "{phone}. Sent automatically.",
    "Something is waiting for you",
)


def usual(kind: OffsetKind, *, by_mail: bool = False) -> Usual:
    """The usual words of a text of that kind."""
    if kind in ABOUT_A_FORM:
        return _FORM
    if kind is OffsetKind.AFTER_NO_SHOW:
        return _MISSED
    return _VISIT_BY_MAIL if by_mail else _VISIT
