"""What can come of asking a server."""

from __future__ import annotations

from typing import Any


class Hostile(Exception):
    """What the server gave is not what was signed, or not what it gave before."""


class ServerSaid(Exception):
    """The server refused. `code` is its word for programs, where it has one."""

    def __init__(self, status: int, body: dict[str, Any]) -> None:
        self.status, self.body = status, body
        self.code = str(body.get("code", ""))
        super().__init__(f"{status} {self.code}")
