"""The programs of compose, run for real as compose runs them, without Docker."""

from __future__ import annotations

import contextlib
import json
import os
import re
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from email.message import Message
from pathlib import Path

import pytest

from portal.env import BASE_DIR
from tests.environment.fixtures import CommittedDatabase
from tests.production.test_files import EXAMPLE, SERVICES

PATIENCE = 60.0
HOST = "portal.example.org"
pytestmark = [pytest.mark.allow_hosts(["127.0.0.1", "localhost"])]


class Installation:
    """What compose gives each program: its command, and no environment but its own."""

    def __init__(self, database: CommittedDatabase, home: Path) -> None:
        self.database, self.home, self.port = database, home, _free_port()

    def environment(self, service: str) -> dict[str, str]:
        """Production's settings with the addresses of the servers that are here."""
        wanted = {name for name in SERVICES[service]["environment"] if name.startswith("DATABASE_")}
        addresses = {k: v for k, v in self.database.environment.items() if k in wanted}
        return {
            **EXAMPLE,
            **addresses,
            "REDIS_URL": os.environ["REDIS_URL"],
            "PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}",
            "PORTAL_HOME": str(self.home),
            "TRUSTED_PROXY_COUNT": "1",
            "HOSTNAME": socket.gethostname(),
        }

    def command(self, service: str) -> list[str]:
        """As compose says it, the image's own command for the web server."""
        found = SERVICES[service].get("command")
        if found is None:
            docker = (BASE_DIR / "Dockerfile").read_text()
            line = re.search(r"^CMD (\[.*\])$", docker, re.MULTILINE)
            assert line is not None
            found = json.loads(line[1])
        told = [word.replace("0.0.0.0:8000", f"127.0.0.1:{self.port}") for word in found]
        return [word.replace("/tmp/beat", str(self.home / "beat")) for word in told]  # noqa: S108

    def run(self, service: str, command: list[str]) -> subprocess.CompletedProcess[str]:
        """A command in a program's environment, to its end."""
        return subprocess.run(
            command,
            cwd=BASE_DIR,
            env=self.environment(service),
            capture_output=True,
            text=True,
            timeout=PATIENCE,
            check=False,
        )

    @contextlib.contextmanager
    def running(self, *services: str) -> Iterator[dict[str, subprocess.Popen[bytes]]]:
        """Start programs, and end them as Docker does."""
        with contextlib.ExitStack() as stack:
            started = {}
            for service in services:
                log = stack.enter_context((self.home / f"{service}.log").open("wb"))
                started[service] = subprocess.Popen(
                    self.command(service),
                    cwd=BASE_DIR,
                    env=self.environment(service),
                    stdout=log,
                    stderr=log,
                )
                stack.callback(_end, started[service])
            yield started

    def ask(self, path: str) -> tuple[int, str, Message]:
        """A page, asked as the proxy in front asks."""
        headers = {"Host": HOST, "X-Forwarded-Proto": "https", "X-Forwarded-For": "203.0.113.9"}
        request = urllib.request.Request(f"http://127.0.0.1:{self.port}{path}", headers=headers)
        try:
            with urllib.request.urlopen(request, timeout=10) as answer:  # noqa: S310 - http
                return answer.status, answer.read().decode(), answer.headers
        except urllib.error.HTTPError as error:
            with error:
                return error.code, error.read().decode(), error.headers
        except OSError as error:
            return 0, str(error), Message()

    def until_ready(self) -> str:
        """The readiness page once every part is well, or what it said last."""
        until = time.monotonic() + PATIENCE
        while True:
            status, text, _headers = self.ask("/ready")
            if status == 200 or time.monotonic() > until:
                return text
            time.sleep(0.3)


def _free_port() -> int:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return int(free.getsockname()[1])


def _end(process: subprocess.Popen[bytes]) -> None:
    process.terminate()
    try:
        process.wait(20)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait(5)


def _is_headed(headers: Message) -> None:
    """T-CFG: what every answer says to the browser."""
    policy = headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "script-src 'self'" in policy
    assert "frame-ancestors 'none'" in policy
    assert "unsafe" not in policy
    assert headers["Strict-Transport-Security"].startswith("max-age=31536000")
    assert headers["Cross-Origin-Opener-Policy"] == "same-origin"
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["X-Frame-Options"] == "DENY"
    assert headers["Referrer-Policy"] == "same-origin"


def _has_host_cookies(headers: Message) -> None:
    """T-SES-02: bound to this host, to TLS, and out of scripts' reach."""
    cookies = headers.get_all("Set-Cookie") or []
    assert cookies
    for cookie in cookies:
        assert cookie.startswith("__Host-"), cookie.split("=")[0]
        for mark in ("Secure", "HttpOnly", "SameSite=Lax", "Path=/"):
            assert mark in cookie, cookie.split("=")[0]


def test_the_whole_installation_becomes_ready_and_ends_when_it_is_told_to(
    fresh_place: CommittedDatabase, tmp_path: Path
) -> None:
    here = Installation(fresh_place, tmp_path)
    migrated = here.run("migrate", here.command("migrate"))
    assert migrated.returncode == 0, migrated.stderr
    collect = ["python", "manage.py", "collectstatic", "--noinput", "--verbosity", "0"]
    collected = here.run("web", [*collect, "--ignore", "rest_framework"])
    assert collected.returncode == 0, collected.stderr
    made = ["create_practice", "elm", "--name", "Elm", "--manager-email", "m@example.org"]
    created = here.run("migrate", ["python", "manage.py", *made])
    assert created.returncode == 0, created.stderr
    with here.running("web", "worker", "beat", "dispatcher") as programs:
        text = here.until_ready()
        assert json.loads(text)["status"] == "ok", text
        assert set(json.loads(text)["parts"].values()) == {"ok"}
        status, page, headers = here.ask("/elm/")
        assert status == 200
        assert "Elm" in page
        _is_headed(headers)
        _status, _page, headers = here.ask("/elm/accounts/login/")
        _has_host_cookies(headers)
        assert (
            here.run("dispatcher", ["python", "manage.py", "dispatch", "--check"]).returncode == 0
        )
        assert {name for name, each in programs.items() if each.poll() is not None} == set()
    assert {name: each.returncode for name, each in programs.items() if each.returncode} == {}
