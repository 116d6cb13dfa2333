"""The tests' own ground: whose role they run as, and that nothing of one reaches another."""

import os
import socket
from pathlib import Path

import pytest
from django.conf import settings
from django.core.cache import cache
from django.db import connections
from django.db.utils import ProgrammingError

from portal.dev.embedded.home import CHECKOUT
from tests.environment import plugin, servers
from tests.environment.fixtures import CommittedDatabase


@pytest.mark.django_db
def test_tests_run_as_the_application_role_without_bypass() -> None:
    with connections["default"].cursor() as cursor:
        cursor.execute(
            "SELECT current_user::text, rolsuper, rolbypassrls FROM pg_roles "
            "WHERE rolname = current_user"
        )
        assert cursor.fetchone() == ("portal_app", False, False)
        cursor.execute("SELECT current_database()")
        assert cursor.fetchone() == (servers.database_name(),)


@pytest.mark.django_db
def test_the_application_role_cannot_empty_a_table() -> None:
    with (
        connections["default"].cursor() as cursor,
        pytest.raises(ProgrammingError, match="permission denied"),
    ):
        cursor.execute("TRUNCATE django_session")


def test_another_connection_sees_what_a_committed_database_holds(
    committed_db: CommittedDatabase,
) -> None:
    with connections["default"].cursor() as cursor:
        cursor.execute("UPDATE clock_offset SET ahead = interval '1 day'")
    with connections["owner"].cursor() as cursor:
        cursor.execute("SELECT current_database(), ahead::text FROM clock_offset")
        assert cursor.fetchone() == (committed_db.name, "1 day")


def test_the_next_committed_database_knows_nothing_of_it(committed_db: CommittedDatabase) -> None:
    with connections["default"].cursor() as cursor:
        cursor.execute("SELECT ahead::text FROM clock_offset")
        assert cursor.fetchone() == ("00:00:00",)


def test_no_test_talks_to_another_host() -> None:
    with pytest.raises(Exception, match=r"A test tried to use socket\.socket\.connect"):
        socket.create_connection(("192.0.2.1", 80), timeout=0.1)


def test_each_process_has_its_own_cache() -> None:
    assert settings.REDIS_URL.endswith(f"/{servers.slot}")
    cache.set("mine", 1, 5)
    assert cache.get("mine") == 1


def test_tests_are_in_test_mode_and_keep_their_files_apart() -> None:
    assert settings.TESTING
    assert Path(os.environ["PORTAL_HOME"]).name == "test"
    assert settings.PORTAL_HOME != CHECKOUT / ".portal"


def test_the_portal_answers_over_http(portal_server: str) -> None:
    from urllib.request import urlopen

    with urlopen(f"{portal_server}/health") as response:  # noqa: S310 - our own server
        assert response.status == 200


def test_what_starts_first_is_there() -> None:
    assert [path for path in plugin.LONGEST if not (CHECKOUT / path).exists()] == []
