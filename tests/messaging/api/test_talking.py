"""Two people talk through the API, each believing only what is signed."""

from __future__ import annotations

import pytest

from tests.messaging.people import AT, Writers

pytestmark = pytest.mark.django_db


def test_a_message_goes_both_ways_and_is_sent_delivered_and_read(writers: Writers) -> None:
    ana, cole, thread = writers.ana, writers.cole, writers.thread
    first = ana.send(thread, "Can we move Thursday?")
    assert [one.text for one in cole.read(thread)] == ["Can we move Thursday?"]
    assert ana.read(thread)[0].state == "sent"
    assert cole.confirm(thread, "delivered", AT) == 1
    assert ana.read(thread)[0].state == "delivered"
    assert cole.confirm(thread, "read", AT) == 1
    cole.send(thread, "Yes: Friday at ten?")
    assert [one.text for one in ana.news(thread)] == ["Yes: Friday at ten?"]
    assert {one.id: one.state for one in ana.read(thread)}[first] == "read"
