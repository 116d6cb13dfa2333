"""The stage itself: what no page may do is noticed, and goes nowhere."""

import pytest
from playwright.sync_api import Error

from tests.journeys.stage import Stage


def test_a_request_to_another_host_is_noted_and_finds_nobody(stage: Stage) -> None:
    stranger = stage.open()
    # Any name below localhost is this machine, where somebody listens: it is found, unless kept.
    other = stage.url.replace("localhost", "elsewhere.localhost") + "/"
    with pytest.raises(Error, match="ERR_NAME_NOT_RESOLVED"):
        stranger.page.goto(other)
    assert stranger.wrongs == [f"asked another host: {other}"]
    stranger.wrongs.clear()
