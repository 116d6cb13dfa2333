"""That something is new stands on the first pages: for whom, and never what."""

import pytest

from tests.cast import Cast
from tests.messaging.people import AT, Writers, with_keys

pytestmark = pytest.mark.django_db


def test_today_says_that_somebody_wrote_until_it_is_read(cast: Cast, writers: Writers) -> None:
    ana = cast.ana.client()
    assert 'id="new-messages-title"' not in ana.get("/alder/me/").text
    writers.cole.send(writers.thread, "Shall we try Thursday?")
    page = ana.get("/alder/me/").text
    assert "1 new message" in page
    assert "Cole" in page
    assert "Thursday?" not in page
    writers.ana.read(writers.thread)
    writers.ana.confirm(writers.thread, "read", AT)
    assert 'id="new-messages-title"' not in ana.get("/alder/me/").text


def test_the_day_names_who_wrote_to_their_clinician_alone(cast: Cast, writers: Writers) -> None:
    writers.ana.send(writers.thread, "I cannot come.")
    assert 'id="new-messages-title"' in cast.cole.client().get("/alder/staff/").text
    for name in ("cleo", "dee", "eve", "nat"):
        page = getattr(cast, name).client().get("/alder/staff/").text
        assert 'id="new-messages-title"' not in page, name


def test_a_manager_sees_that_keys_wait_until_they_are_confirmed(
    cast: Cast, writers: Writers
) -> None:
    assert "Message keys" in cast.eve.client().get("/alder/staff/").text  # the navigation
    with_keys(cast.ben)
    assert "1 waits for you" in cast.eve.client().get("/alder/staff/").text
    assert 'id="waiting-keys-title"' not in cast.cole.client().get("/alder/staff/").text
    writers.eve.confirm_waiting()
    assert 'id="waiting-keys-title"' not in cast.eve.client().get("/alder/staff/").text
