"""What a mail server's refusal means."""

from __future__ import annotations

import pytest

from reminders.rules.answers import Meaning
from reminders.rules.mail_replies import Stage, meaning_of_refusal


@pytest.mark.parametrize(
    ("stage", "code", "said", "meaning"),
    [
        (Stage.OPEN, 535, "5.7.8 Authentication failed", Meaning.OUR_FAULT),
        (Stage.OPEN, 454, "4.7.0 Temporary failure", Meaning.TOO_FAST),
        (Stage.OPEN, 421, "", Meaning.TOO_FAST),
        (Stage.SENDER, 553, "5.1.8 Sender address rejected", Meaning.OUR_FAULT),
        (Stage.SENDER, 452, "4.3.1 Insufficient storage", Meaning.TOO_FAST),
        (Stage.RECIPIENT, 550, "5.1.1 User unknown", Meaning.BAD_NUMBER),
        (Stage.RECIPIENT, 550, "No such user here", Meaning.BAD_NUMBER),
        (Stage.RECIPIENT, 550, "5.7.1 Blocked by policy", Meaning.FILTERED),
        (Stage.RECIPIENT, 552, "5.2.2 Mailbox full", Meaning.LATER),
        (Stage.RECIPIENT, 450, "4.2.0 Greylisted", Meaning.LATER),
        (Stage.RECIPIENT, 421, "4.7.0 Slow down", Meaning.TOO_FAST),
        (Stage.RECIPIENT, 530, "Authentication required", Meaning.OUR_FAULT),
        (Stage.RECIPIENT, 550, "5.7.26 DMARC", Meaning.OUR_FAULT),
        (Stage.RECIPIENT, 571, "", Meaning.UNKNOWN),
        (Stage.WORDS, 554, "5.7.1 Looks like spam", Meaning.FILTERED),
        (Stage.WORDS, 550, "no thanks", Meaning.FILTERED),
        (Stage.WORDS, 451, "4.3.0 Try again", Meaning.LATER),
        (Stage.WORDS, 554, "5.6.0 Malformed", Meaning.FILTERED),
        (Stage.WORDS, 599, "5.6.0 Malformed", Meaning.UNKNOWN),
    ],
)
def test_every_refusal_has_a_class(stage: Stage, code: int, said: str, meaning: Meaning):
    assert meaning_of_refusal(stage, code, said) is meaning


@pytest.mark.parametrize("stage", Stage)
@pytest.mark.parametrize("code", range(400, 600))
def test_no_refusal_is_doubt_or_a_yes(stage: Stage, code: int):
    assert meaning_of_refusal(stage, code) not in {Meaning.DOUBT, Meaning.ACCEPTED}
