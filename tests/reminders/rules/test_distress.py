"""Words that a clinician should see now: a wide net, on purpose."""

from __future__ import annotations

import pytest

from reminders.rules.distress import sounds_in_distress


@pytest.mark.parametrize(
    "text",
    [
        "I want to die",
        "i wanna die",
        "thinking about suicide",
        "I feel suicidal",
        "I'm going to kill myself",
        "hurt myself last night",
        "self-harm again",
        "can't go on",
        "I cannot cope anymore",
        "going to end it all",
        "took all my pills",
        "I don't want to be here anymore",
        "don't want to wake up",
        "they'd be better off without me",
        "there is no point living",
        "not safe at home",
        "he is hitting me",
        "help me",
        "someone help",
        "kms",
        "S U I C I D E",
        "I wish I was dead",
        "sorry for everything",
        "STOP. I can't do this. I want to die",
        "Who is this?? I feel really low",
        "I've been so very alone",
        "in a really dark place",
        "not coping at all",
    ],
)
def test_words_of_distress_are_seen(text):
    assert sounds_in_distress(text)
    assert sounds_in_distress(text.upper())


@pytest.mark.parametrize(
    "text",
    [
        "C",
        "is there parking",
        "I can't come",
        "can't do Thursday",
        "HELP",
        "running late, sorry",
        "I am down the road",
        "I'm feeling better, thanks",
        "",
    ],
)
def test_ordinary_replies_raise_no_alert(text):
    assert not sounds_in_distress(text)
