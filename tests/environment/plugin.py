"""Hooks that must run before pytest-django reads the settings, and what the report says."""

import gc
import os
from collections.abc import Generator, Iterator
from typing import Any

import pytest

from portal.dev.embedded import LauncherError
from tests.environment import chromium, servers

# A minute and more each. They start first: at the end one of them would run alone, beside
# processes that have nothing left to do.
LONGEST = (
    "tests/drill/test_short_form.py",
    "tests/journeys/test_every_page.py",
    "tests/audit/test_all_or_nothing.py",
    "tests/audit/test_what_is_recorded.py",
)


@pytest.hookimpl(wrapper=True)
def pytest_load_initial_conftests(early_config: pytest.Config) -> Generator[None, object, object]:
    """Start the servers before pytest-django reads the settings."""
    options = early_config.known_args_namespace
    is_worker = "PYTEST_XDIST_WORKER" in os.environ
    is_controller = bool(getattr(options, "numprocesses", None)) and not is_worker
    try:
        servers.enter(runs_tests=not is_controller)
    except LauncherError as error:
        raise pytest.UsageError(str(error)) from None
    return (yield)


def pytest_unconfigure() -> None:
    """Leave the servers; the last one out stops them."""
    servers.leave()


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """The longest first; and refuse what ``portal_app`` may not: to empty tables after a test."""
    items.sort(key=_place)
    for item in items:
        marker = item.get_closest_marker("django_db")
        asked = bool(marker and (marker.kwargs.get("transaction") or any(marker.args[:1])))
        fixtures = {"transactional_db", "live_server"} & set(getattr(item, "fixturenames", ()))
        if asked or fixtures:
            raise pytest.UsageError(
                f"{item.nodeid}: transactional tests empty tables, which portal_app may not; "
                "use the fixture committed_db."
            )


def _place(item: pytest.Item) -> int:
    name = item.nodeid.partition("::")[0]
    return LONGEST.index(name) if name in LONGEST else len(LONGEST)


def pytest_collection_finish() -> None:
    """Spare the garbage collector what stays to the end: modules and thousands of tests."""
    gc.collect()
    gc.freeze()


@pytest.fixture(scope="session", autouse=True)
def _templates_render_as_they_do_outside(django_test_environment: None) -> None:
    """Take Django's note-taking out of templates.

    It copies the context of each template, widget and include, two hundred a page, into
    `response.context`: a fifth of a page's time, for something that no test here asks for.
    """
    from django.template import Template
    from django.test.utils import _TestState as State

    before = State.saved_data  # type: ignore[attr-defined]  # the stubs leave Django's own out
    Template._render = before.template_render  # type: ignore[attr-defined]  # the same


@pytest.fixture(scope="session", autouse=True)
def _static_files_are_listed_once() -> Iterator[None]:
    """Each test client has a middleware of its own, which would look at 140 files anew."""
    from whitenoise.middleware import WhiteNoiseMiddleware

    listed: dict[str, Any] = {}
    look = WhiteNoiseMiddleware.add_files_from_finders

    def add(self: WhiteNoiseMiddleware) -> None:
        if not listed:
            look(self)
            listed.update(self.files)
        self.files.update(listed)

    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(WhiteNoiseMiddleware, "add_files_from_finders", add)
        yield


def pytest_terminal_summary(terminalreporter: Any) -> None:
    """Say loudly when journeys were left out."""
    skipped = terminalreporter.stats.get("skipped", [])
    missing = [report for report in skipped if chromium.MISSING in str(report.longrepr)]
    if missing:
        terminalreporter.write_sep(
            "!",
            f"{len(missing)} BROWSER JOURNEYS WERE SKIPPED: {chromium.MISSING}; {chromium.HOW_TO}",
            red=True,
            bold=True,
        )
