"""The embedded servers, with real ones: started, shared, killed, and left without a trace."""

import fcntl
import os
import re
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path
from typing import IO

import psycopg2
import pytest

from portal.dev.embedded import Home, LauncherError, Servers, join_or_start
from portal.dev.embedded import servers as servers_module
from portal.dev.embedded.account import server_account
from portal.dev.embedded.home import CHECKOUT, try_lock
from portal.dev.embedded.processes import ProcessMark
from portal.dev.embedded.state import State

pytestmark = pytest.mark.enable_socket

_JOIN_AND_WAIT = """
import sys, time
from pathlib import Path
from typing import IO
from portal.dev.embedded import join_or_start
servers = join_or_start(Path(sys.argv[1]), durable=False)
print(servers.environment()["DATABASE_URL"], flush=True)
time.sleep(60)
"""


@pytest.fixture
def home(tmp_path: Path) -> Iterator[Home]:
    home = Home(tmp_path / "a home with spaces")
    yield home
    state = State.load(home.run / "servers.json")
    if state is not None:
        state.keeper.end(signal.SIGTERM, 20, signal.SIGKILL)
    home.empty()


@pytest.fixture
def start(home: Home) -> Iterator[Callable[[], Servers]]:
    started: list[Servers] = []

    def join() -> Servers:
        servers = join_or_start(home, durable=False)
        started.append(servers)
        return servers

    yield join
    for servers in started:
        servers.stop()


def query(url: str, statement: str) -> list[tuple[object, ...]]:
    with closing(psycopg2.connect(url)) as connection:
        connection.autocommit = True
        cursor = connection.cursor()
        cursor.execute(statement)
        return list(cursor.fetchall()) if cursor.description else []


def running_of(servers: Servers) -> list[ProcessMark]:
    return [servers.state.keeper, *servers.state.servers.values()]


def ended(marks: list[ProcessMark], seconds: float = 15) -> bool:
    return all(mark.wait(seconds) for mark in marks)


def another_process(home: Home) -> "subprocess.Popen[str]":
    process = subprocess.Popen(
        [sys.executable, "-c", _JOIN_AND_WAIT, str(home.path)],
        cwd=CHECKOUT,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert process.stdout is not None
    assert process.stdout.readline().startswith("postgres://")
    return process


def test_a_stranger_with_a_wrong_password_gets_nothing(start: Callable[[], Servers]) -> None:
    environment = start().environment()
    wrong = re.sub(r":[^:@/]+@", ":wrong@", environment["DATABASE_URL"])
    with pytest.raises(psycopg2.OperationalError, match="password authentication failed"):
        psycopg2.connect(wrong)
    with pytest.raises(psycopg2.OperationalError, match="password authentication failed"):
        psycopg2.connect(wrong.replace("portal_app", "portal_superuser"))


def test_no_role_of_the_portal_is_above_row_security(start: Callable[[], Servers]) -> None:
    environment = start().environment()
    rows = query(
        environment["DATABASE_URL"],
        "SELECT rolname, rolsuper, rolbypassrls, rolinherit, rolcreaterole, rolcreatedb "
        "FROM pg_roles WHERE rolname LIKE 'portal%' AND rolname <> 'portal_superuser' ORDER BY 1",
    )
    assert rows == [
        ("portal_app", False, False, False, False, False),
        ("portal_dispatch", False, False, False, False, False),
        ("portal_owner", False, False, False, False, True),
    ]
    for name, role in (
        ("DATABASE_URL", "portal_app"),
        ("DATABASE_OWNER_URL", "portal_owner"),
        ("DATABASE_DISPATCH_URL", "portal_dispatch"),
    ):
        assert query(environment[name], "SELECT current_user::text") == [(role,)]


def test_the_app_role_cannot_make_tables_or_databases(start: Callable[[], Servers]) -> None:
    url = start().environment()["DATABASE_URL"]
    for statement in ("CREATE TABLE planted (id int)", "CREATE DATABASE planted"):
        with pytest.raises(psycopg2.errors.InsufficientPrivilege):
            query(url, statement)


def test_the_database_is_utf8_checksummed_and_has_its_extensions(
    start: Callable[[], Servers],
) -> None:
    url = start().environment()["DATABASE_URL"]
    assert query(url, "SHOW server_encoding") == [("UTF8",)]
    assert query(url, "SHOW data_checksums") == [("on",)]
    assert query(url, "SELECT upper('ä')") == [("Ä",)]
    extensions = query(url, "SELECT extname::text FROM pg_extension ORDER BY 1")
    assert extensions == [("btree_gist",), ("citext",), ("plpgsql",)]
    owner = query(url, "SELECT datdba::regrole::text FROM pg_database WHERE datname = 'portal'")
    assert owner == [("portal_owner",)]


def test_nothing_that_holds_a_password_is_readable_by_others(
    start: Callable[[], Servers], home: Home
) -> None:
    servers = start()
    home.secret()
    for path in (home.path / "credentials.json", home.run / "servers.json", home.path / "secret"):
        assert path.stat().st_mode & 0o077 == 0, path
    password = servers.environment()["REDIS_URL"].split(":")[2].split("@")[0]
    listing = subprocess.run(["ps", "-eo", "args"], capture_output=True, text=True, check=True)
    assert password not in listing.stdout


def test_a_second_command_joins_the_first(start: Callable[[], Servers]) -> None:
    first, second = start(), start()
    assert first.started_here
    assert not second.started_here
    assert second.environment() == first.environment()


def test_the_first_to_leave_does_not_pull_the_servers_away(start: Callable[[], Servers]) -> None:
    first, second = start(), start()
    first.stop()
    assert query(second.environment()["DATABASE_URL"], "SELECT 1") == [(1,)]
    second.stop()
    assert not any(mark.alive() for mark in running_of(second))


def test_data_and_addresses_survive_a_stop(start: Callable[[], Servers]) -> None:
    first = start()
    query(first.environment()["DATABASE_OWNER_URL"], "CREATE TABLE kept (id int)")
    first.stop()
    second = start()
    assert second.environment() == first.environment()
    assert query(second.environment()["DATABASE_OWNER_URL"], "SELECT * FROM kept") == []


def test_a_killed_user_leaves_no_server_behind(home: Home) -> None:
    user = another_process(home)
    state = State.load(home.run / "servers.json")
    assert state is not None
    user.kill()
    user.communicate()
    assert ended([state.keeper, *state.servers.values()])


def test_a_killed_keeper_takes_its_servers_along_and_the_next_start_works(
    start: Callable[[], Servers],
) -> None:
    first = start()
    os.kill(first.state.keeper.pid, signal.SIGKILL)
    assert first.state.keeper.wait(5)
    second = start()
    assert second.started_here
    assert not any(mark.alive() for mark in running_of(first))
    assert query(second.environment()["DATABASE_URL"], "SELECT 1") == [(1,)]


def test_a_killed_server_comes_back_on_the_same_port(start: Callable[[], Servers]) -> None:
    servers = start()
    before = servers.state.servers["postgres"]
    os.kill(before.pid, signal.SIGKILL)
    deadline = time.monotonic() + 20
    while time.monotonic() < deadline:
        again = start().state.servers["postgres"]
        if again != before:
            break
        time.sleep(0.1)
    assert query(servers.environment()["DATABASE_URL"], "SELECT 1") == [(1,)]


def test_four_that_start_at_once_share_one_server(home: Home) -> None:
    barrier = threading.Barrier(4)

    def join() -> Servers:
        barrier.wait()
        return join_or_start(home, durable=False)

    with ThreadPoolExecutor(4) as pool:
        everyone = [future.result() for future in [pool.submit(join) for _ in range(4)]]
    assert len({servers.state.keeper for servers in everyone}) == 1
    assert sum(servers.started_here for servers in everyone) == 1
    for servers in everyone:
        servers.stop()
    assert ended([everyone[0].state.keeper])


def test_a_number_that_another_program_has_now_is_not_taken_for_ours(
    start: Callable[[], Servers], home: Home
) -> None:
    first = start()
    first.stop()
    stale = State(
        ProcessMark(os.getpid(), "another moment"),
        {"postgres": ProcessMark(os.getpid(), "another moment")},
        first.state.ports,
        first.state.environment,
        {},
    )
    stale.save(home.run / "servers.json")
    second = start()
    assert second.started_here


def test_a_half_made_data_folder_is_made_again(start: Callable[[], Servers], home: Home) -> None:
    first = start()
    first.stop()
    data = first.home.data_root(server_account()) / "postgres"
    data.rename(data.with_name("postgres.new"))
    (data.with_name("postgres.new") / "PG_VERSION").unlink()
    assert query(start().environment()["DATABASE_URL"], "SELECT 1") == [(1,)]


def test_a_damaged_state_file_means_a_new_start(start: Callable[[], Servers], home: Home) -> None:
    start().stop()
    (home.run / "servers.json").write_text('{"keeper": 7}')
    assert start().started_here


def test_only_the_part_that_is_asked_for_is_started(home: Home) -> None:
    with join_or_start(home, durable=False, parts=["valkey"]) as servers:
        assert set(servers.environment()) == {"REDIS_URL"}
        assert set(servers.state.servers) == {"valkey"}


def test_data_of_another_version_asks_to_start_over(
    start: Callable[[], Servers], home: Home
) -> None:
    start().stop()
    data = home.data_root(server_account()) / "postgres"
    (data / "PG_VERSION").write_text("13\n")
    with pytest.raises(LauncherError, match=r"made by PostgreSQL 13 .*make demo-fresh"):
        start()


def test_a_home_that_cannot_be_written_says_what_to_do() -> None:
    with pytest.raises(LauncherError, match="PORTAL_HOME"):
        join_or_start(Path("/proc/nowhere/portal"), durable=False)


def test_a_full_disk_says_what_to_do(home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    usage = type("Usage", (), {"free": 1_000_000})
    monkeypatch.setattr("shutil.disk_usage", lambda _path: usage)
    with pytest.raises(LauncherError, match="is full: free 500 MB"):
        join_or_start(home, durable=False)


def test_emptying_a_folder_that_is_not_ours_removes_nothing(tmp_path: Path) -> None:
    (tmp_path / "files").mkdir()
    (tmp_path / "files/letter.txt").write_text("mine")
    Home(tmp_path).empty()
    assert (tmp_path / "files/letter.txt").read_text() == "mine"


def test_leaving_while_the_keeper_takes_the_lock_still_waits_for_the_end(
    start: Callable[[], Servers], monkeypatch: pytest.MonkeyPatch
) -> None:
    """The keeper may see nobody in the moment in which our lock changes its kind."""
    servers = start()
    first_look = try_lock

    def lose_the_race(handle: IO[bytes], kind: int) -> bool:
        monkeypatch.setattr(servers_module, "try_lock", first_look)
        fcntl.flock(handle, fcntl.LOCK_UN)
        time.sleep(0.5)  # the keeper looks five times in this time
        return first_look(handle, kind)

    monkeypatch.setattr(servers_module, "try_lock", lose_the_race)
    servers.stop()
    assert not any(mark.alive() for mark in running_of(servers))
