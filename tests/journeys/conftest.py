"""Every test here is a journey: it drives a browser and is skipped, loudly, where there is none."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect
from pytest_django import Settings

from portal.practices.models import Practice
from tests.cast import build_cast, load_cast
from tests.environment.fixtures import CommittedDatabase
from tests.journeys.stage import Stage

# As long as the page itself waits: a busy machine saves late, and late is not lost.
expect.set_options(timeout=15_000)

HERE = Path(__file__).parent


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark what drives a browser."""
    for item in items:
        if HERE in item.path.parents:
            item.add_marker(pytest.mark.journey)


@pytest.fixture
def stage(
    committed_db: CommittedDatabase, portal_server: str, browser: Browser, settings: Settings
) -> Iterator[Stage]:
    """The portal in a browser, with the cast; fails the test for what no page may do."""
    if not Practice.objects.filter(slug="alder").exists():
        build_cast()
    settings.PRACTICE_URLCONF = "tests.journeys.practice_urls"
    stage = Stage(portal_server, load_cast(), browser)
    yield stage
    assert stage.close() == []
