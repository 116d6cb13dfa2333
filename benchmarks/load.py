"""Asks a server for pages over a few kept connections and checks every answer."""

from __future__ import annotations

import http.client
import threading
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field

AT_ONCE = 2


@dataclass(frozen=True)
class Ask:
    """One request and the status that its answer must have."""

    path: str
    method: str = "GET"
    headers: dict[str, str] = field(default_factory=dict)
    body: str = ""
    status: int = 200


@dataclass(frozen=True)
class Answered:
    """What came back: seconds it took, bytes of its body."""

    seconds: float
    size: int


class WrongAnswer(Exception):
    """A status that was not expected: the measurement would be of something else."""


class Connection:
    """One kept connection to a server on this machine."""

    def __init__(self, port: int) -> None:
        self._http = http.client.HTTPConnection("127.0.0.1", port, timeout=60)

    def ask(self, ask: Ask) -> Answered:
        """Send it and read all of the answer. Raises WrongAnswer."""
        started = time.monotonic()
        headers = {"Host": "localhost", **ask.headers}
        if ask.method == "POST":
            headers.setdefault("Content-Type", "application/x-www-form-urlencoded")
        self._http.request(ask.method, ask.path, ask.body or None, headers)
        answer = self._http.getresponse()
        content = answer.read()
        if answer.status != ask.status:
            place = answer.getheader("Location", "")
            raise WrongAnswer(f"{ask.method} {ask.path}: {answer.status} {place}, not {ask.status}")
        return Answered(time.monotonic() - started, len(content))

    def close(self) -> None:
        """Close it."""
        self._http.close()


def ask_all(port: int, asks: Sequence[Ask], *, at_once: int = AT_ONCE) -> list[Answered]:
    """All of them, `at_once` at a time. Raises WrongAnswer for the first wrong one."""
    own = threading.local()
    made: list[Connection] = []

    def one(ask: Ask) -> Answered:
        if not hasattr(own, "connection"):
            own.connection = Connection(port)
            made.append(own.connection)
        answered: Answered = own.connection.ask(ask)
        return answered

    with ThreadPoolExecutor(at_once) as pool:
        try:
            return list(pool.map(one, asks))
        finally:
            for connection in made:
                connection.close()
