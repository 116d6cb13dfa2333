"""Fixtures for databases, the broker, a served portal and a browser."""

import contextlib
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest
from pytest_django import DjangoDbBlocker, Settings

from tests.environment import chromium, servers


@pytest.fixture(scope="session")
def database_template(django_db_blocker: DjangoDbBlocker) -> str:
    """The name of the migrated template database."""
    from tests.environment import databases

    with django_db_blocker.unblock():
        return databases.make_template()


@pytest.fixture(scope="session")
def django_db_setup(database_template: str, django_db_blocker: DjangoDbBlocker) -> Iterator[None]:
    """This process' database, cloned from the template (replaces pytest-django's fixture)."""
    from django.db import connections

    from tests.environment import databases

    name = servers.database_name()
    databases.clone(database_template, name)
    yield
    with django_db_blocker.unblock():
        connections.close_all()
        databases.drop(name)


@dataclass(frozen=True)
class CommittedDatabase:
    """A database of this test alone. ``environment`` leads other processes to it."""

    name: str
    environment: dict[str, str]


@pytest.fixture
def committed_db(
    request: pytest.FixtureRequest, database_template: str, django_db_blocker: DjangoDbBlocker
) -> Iterator[CommittedDatabase]:
    """A clone whose commits other connections see, with the cast in it; dropped after the test."""
    with _own_database(request, database_template, django_db_blocker) as own:
        yield own


@pytest.fixture
def empty_db(
    request: pytest.FixtureRequest, database_template: str, django_db_blocker: DjangoDbBlocker
) -> Iterator[CommittedDatabase]:
    """The same without anybody in it: migrated and empty, as after an installation."""
    from tests.environment import databases

    template = databases.bare(database_template)
    with _own_database(request, template, django_db_blocker) as own:
        yield own


@pytest.fixture
def fresh_place() -> Iterator[CommittedDatabase]:
    """A database with no table in it, as an installation or a restore finds it.

    Django's own connections stay where they are.
    """
    from tests.environment import databases

    name = f"{servers.database_name()}_fresh"
    databases.make_fresh(name)
    yield CommittedDatabase(name, servers.addresses(name))
    databases.drop(name)


@contextlib.contextmanager
def _own_database(
    request: pytest.FixtureRequest, template: str, blocker: DjangoDbBlocker
) -> Iterator[CommittedDatabase]:
    from portal import clock
    from tests.environment import databases

    if "db" in request.fixturenames or request.node.get_closest_marker("django_db"):
        pytest.fail("committed_db and db exclude each other: leave out django_db here")
    name = f"{servers.database_name()}_committed"
    databases.clone(template, name)
    with blocker.unblock(), databases.everything_uses(name):
        clock.forget()
        yield CommittedDatabase(name, servers.addresses(name))
        clock.forget()
    databases.drop(name)


@pytest.fixture(autouse=True)
def _no_test_leaves_its_clock_behind() -> Iterator[None]:
    """A moved clock goes with the test's transaction, but the process would still remember it."""
    from portal import clock

    yield
    clock.forget_if_moved()


@pytest.fixture
def database(request: pytest.FixtureRequest) -> None:
    """Whichever of ``committed_db`` and ``db`` the test asked for; ``db`` when it said nothing.

    For fixtures that fill a database and work in both.
    """
    wants_commits = {"committed_db", "portal_server", "page"} & set(request.fixturenames)
    request.getfixturevalue("committed_db" if wants_commits else "db")


@pytest.fixture
def broker() -> Any:
    """The real broker, empty: ``broker.take()`` shows what was queued, ``broker.run()`` runs it."""
    from django.conf import settings

    from tests.environment.broker import Broker

    return Broker(settings.REDIS_URL)


@pytest.fixture
def portal_server(committed_db: CommittedDatabase, settings: Settings) -> Iterator[str]:
    """The portal over HTTP on ``committed_db``; its address without a slash at the end."""
    from tests.environment.live_server import serving

    with serving() as port:
        settings.PORT = port
        settings.PUBLIC_URL = f"http://localhost:{port}"
        settings.CSRF_TRUSTED_ORIGINS = [settings.PUBLIC_URL]
        yield settings.PUBLIC_URL


@pytest.fixture(scope="session")
def browser() -> Iterator[Any]:
    """One headless Chromium for the process; skips where there is none."""
    executable = chromium.find_chromium()
    if executable is None:
        pytest.skip(f"{chromium.MISSING}: {chromium.HOW_TO}")
    from django.db import connections
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        started = playwright.chromium.launch(**chromium.launch_options(executable))  # type: ignore[arg-type]  # a dict of options
        yield started
        # While the browser's event loop runs, this thread's connections are kept in another place,
        # which nobody finds when it has ended.
        connections.close_all()
        started.close()


@pytest.fixture
def page(browser: Any, portal_server: str) -> Iterator[Any]:
    """A fresh browser page of phone width on the live portal; relative addresses lead there."""
    context = browser.new_context(
        base_url=portal_server, viewport={"width": 390, "height": 844}, reduced_motion="reduce"
    )
    context.set_default_timeout(15_000)
    yield context.new_page()
    context.close()
