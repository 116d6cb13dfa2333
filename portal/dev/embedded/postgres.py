"""One PostgreSQL server: made, started in the foreground, given its roles, stopped.

The three roles are those of production. ``portal_owner`` owns the database ``portal`` and may
make others (the tests clone theirs); ``portal_app`` and ``portal_dispatch`` own nothing and are
bound by row security. The superuser's random password never leaves ``credentials.json``.
"""

import contextlib
import os
import shutil
import signal
import subprocess
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import psycopg2
from psycopg2 import sql
from psycopg2.extensions import connection as Connection  # noqa: N812 - it is a class

from portal.dev.embedded.account import Account
from portal.dev.embedded.binaries import PostgresPrograms
from portal.dev.embedded.home import Home
from portal.dev.embedded.problems import LauncherError, disk_full, explain
from portal.dev.embedded.processes import ProcessMark, command_of, die_with_parent

SUPERUSER = "portal_superuser"
OWNER, APP, DISPATCH = "portal_owner", "portal_app", "portal_dispatch"
DATABASE = "portal"
EXTENSIONS = ("btree_gist", "citext")
_START_SECONDS = 60.0
_STOP_SECONDS = 10.0
_BUILTIN_LOCALE_SINCE = 17
_DISK_FULL = ("No space left on device", "could not extend file", "Disk quota exceeded")
# Loses data when the machine stops, never when only the server does: right for tests alone.
_NOT_DURABLE = ("fsync=off", "synchronous_commit=off", "full_page_writes=off")


@dataclass
class PostgresServer:
    """The data folder, who runs it, and how to reach it."""

    programs: PostgresPrograms
    data: Path
    account: Account
    passwords: dict[str, str]  # by role name
    port: int
    durable: bool
    process: "subprocess.Popen[bytes] | None" = None

    def initialise(self) -> None:
        """Make the data folder when there is none; half-made ones of a killed start go first."""
        if (self.data / "PG_VERSION").exists():
            self._check_version()
            return
        unfinished = self.data.with_name(self.data.name + ".new")
        password_file = self.data.with_name(self.data.name + ".password")
        try:
            shutil.rmtree(unfinished, ignore_errors=True)
            unfinished.mkdir(mode=0o700)
            self.account.own(unfinished)
            password_file.touch(mode=0o600)
            self.account.own(password_file)
            password_file.write_text(self.passwords[SUPERUSER] + "\n")
            self._run_initdb(unfinished, password_file)
            unfinished.rename(self.data)
        except OSError as error:
            raise explain(error, self.data.parent) from None
        finally:
            password_file.unlink(missing_ok=True)

    def _run_initdb(self, folder: Path, password_file: Path) -> None:
        locale = ["--locale=C"]  # before 17 the only one that every system has
        if self.programs.major >= _BUILTIN_LOCALE_SINCE:
            locale = ["--locale-provider=builtin", "--builtin-locale=C.UTF-8", "--locale=C"]
        finished = subprocess.run(  # noqa: S603 - our own program and arguments
            [
                str(self.programs.initdb),
                f"--pgdata={folder}",
                f"--username={SUPERUSER}",
                f"--pwfile={password_file}",
                "--auth=scram-sha-256",
                "--encoding=UTF8",
                "--data-checksums",
                "--no-instructions",
                *locale,
                *([] if self.durable else ["--no-sync"]),
            ],
            capture_output=True,
            text=True,
            check=False,
            **self.account.popen_options(),
        )
        if finished.returncode != 0:
            shutil.rmtree(folder, ignore_errors=True)
            raise _diagnosed(finished.stderr, self.data, "could not make its data folder")

    def _check_version(self) -> None:
        made_by = (self.data / "PG_VERSION").read_text().strip()
        if made_by != str(self.programs.major):
            raise LauncherError(
                f"The data in {self.data} was made by PostgreSQL {made_by} and this is "
                f"{self.programs.major}: run 'make demo-fresh' to start over."
            )

    def start(self, home: Home) -> None:
        """Start, wait until it answers, and see that roles and database are there.

        Raises PortTakenError when somebody took the port first, else LauncherError with the reason.
        """
        self._end_leftover()
        settings = [
            "listen_addresses=127.0.0.1",
            f"port={self.port}",
            "unix_socket_directories=",
            "max_connections=120",
            "timezone=UTC",
            "log_timezone=UTC",
            "jit=off",
            *(() if self.durable else _NOT_DURABLE),
        ]
        options = [part for setting in settings for part in ("-c", setting)]
        with home.open_log("postgres") as log:
            position = os.fstat(log.fileno()).st_size
            self.process = subprocess.Popen(  # noqa: S603 - our own program and arguments
                [str(self.programs.postgres), "-D", str(self.data), *options],
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
                preexec_fn=die_with_parent(signal.SIGINT),
                **self.account.popen_options(),
            )
        try:
            self._wait_until_it_answers()
            self._provide()
        except _NotStartedError as failure:
            self.stop()
            said = home.log_since("postgres", position)
            raise _diagnosed(said, self.data, f"did not start ({failure})") from None

    def _wait_until_it_answers(self) -> None:
        assert self.process is not None  # noqa: S101 - start() has just set it
        deadline = time.monotonic() + _START_SECONDS
        while True:
            try:
                self.connect(SUPERUSER, "postgres").close()
                return
            except psycopg2.OperationalError as error:
                if "password authentication failed" in str(error):
                    raise _NotStartedError("password refused") from None
            if self.process.poll() is not None:
                raise _NotStartedError(f"exit {self.process.returncode}")
            if time.monotonic() > deadline:
                raise _NotStartedError("no answer for a minute")
            time.sleep(0.02)

    def _end_leftover(self) -> None:
        """End a server that outlived its keeper; forget a number that another program has now."""
        pid_file = self.data / "postmaster.pid"
        try:
            pid = int(pid_file.read_text().split("\n", 1)[0])
        except (OSError, ValueError):
            return
        mark = ProcessMark.of(pid)
        if mark is not None and str(self.data) in command_of(pid):
            mark.end(signal.SIGINT, _STOP_SECONDS, signal.SIGQUIT)
        else:
            pid_file.unlink(missing_ok=True)

    def stop(self) -> None:
        """Stop within seconds: SIGINT ends sessions and writes a checkpoint."""
        if self.process is None:
            return
        for number in (signal.SIGINT, signal.SIGQUIT, signal.SIGKILL):
            if self.process.poll() is None:
                self.process.send_signal(number)
                with contextlib.suppress(subprocess.TimeoutExpired):
                    self.process.wait(_STOP_SECONDS)

    def connect(self, role: str, database: str) -> Connection:
        """A connection as one of the roles, each statement its own transaction."""
        connection: Connection = psycopg2.connect(
            host="127.0.0.1",
            port=self.port,
            user=role,
            password=self.passwords[role],
            dbname=database,
            connect_timeout=5,
            application_name="launcher",
            sslmode="disable",  # loopback, and the wheel's server has no TLS
        )
        connection.autocommit = True
        return connection

    def url(self, role: str, database: str = DATABASE) -> str:
        """The address of a database for one role. Passwords are made of URL-safe letters."""
        return f"postgres://{role}:{self.passwords[role]}@127.0.0.1:{self.port}/{database}"

    def _provide(self) -> None:
        """Roles with today's passwords, the database, its extensions. Safe to repeat."""
        with contextlib.closing(self.connect(SUPERUSER, "postgres")) as connection:
            cursor = connection.cursor()
            cursor.execute("SELECT rolname FROM pg_roles")
            roles = {name for (name,) in cursor.fetchall()}
            for role in (OWNER, APP, DISPATCH):
                verb = "ALTER" if role in roles else "CREATE"
                cursor.execute(
                    sql.SQL(
                        "{verb} ROLE {role} LOGIN PASSWORD {password} NOSUPERUSER NOBYPASSRLS "
                        "NOINHERIT NOCREATEROLE NOREPLICATION {databases}"
                    ).format(
                        verb=sql.SQL(verb),
                        role=sql.Identifier(role),
                        password=sql.Literal(self.passwords[role]),
                        databases=sql.SQL("CREATEDB" if role == OWNER else "NOCREATEDB"),
                    )
                )
            cursor.execute("SELECT 1 FROM pg_database WHERE datname = %s", [DATABASE])
            if cursor.fetchone() is None:
                cursor.execute(
                    sql.SQL("CREATE DATABASE {} OWNER {}").format(
                        sql.Identifier(DATABASE), sql.Identifier(OWNER)
                    )
                )
        with contextlib.closing(self.connect(OWNER, DATABASE)) as connection:
            furnish(connection)


def furnish(connection: Connection) -> None:
    """What every database of ours has before its first migration; run as its owner.

    Only the three roles may connect, and the extensions for booking constraints and
    case-insensitive addresses are there.
    """
    cursor = connection.cursor()
    name = sql.Identifier(connection.info.dbname)
    cursor.execute(sql.SQL("REVOKE ALL ON DATABASE {} FROM PUBLIC").format(name))
    cursor.execute(
        sql.SQL("GRANT CONNECT ON DATABASE {} TO {}, {}").format(
            name, sql.Identifier(APP), sql.Identifier(DISPATCH)
        )
    )
    for extension in EXTENSIONS:
        cursor.execute(
            sql.SQL("CREATE EXTENSION IF NOT EXISTS {}").format(sql.Identifier(extension))
        )


class PortTakenError(LauncherError):
    """Somebody took the port between our look and the start: try another."""


class _NotStartedError(Exception):
    """Why the server is not there; the log has more."""


def _fatal_lines(text: str) -> Iterator[str]:
    for line in text.splitlines():
        if any(word in line for word in ("FATAL", "PANIC", "error:", "ERROR")):
            yield line.strip()


def _diagnosed(text: str, data: Path, what: str) -> LauncherError:
    """The server's own words as one line that says what to do."""
    if any(words in text for words in _DISK_FULL):
        return disk_full(data)
    if "could not bind" in text:
        return PortTakenError("PostgreSQL found no free port on 127.0.0.1: run this again.")
    if "password refused" in what or "password authentication failed" in text:
        return LauncherError(
            f"The database in {data} has another password than credentials.json: "
            "run 'make demo-fresh' to start over."
        )
    reason = next(_fatal_lines(text), text.strip().splitlines()[-1] if text.strip() else what)
    return LauncherError(f"PostgreSQL {what}: {reason} (log/postgres.log in PORTAL_HOME has more).")
