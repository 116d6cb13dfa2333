"""How a client reaches the server: given from outside, so that a test can stand in between."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Protocol

from messaging.client.errors import ServerSaid


@dataclass(frozen=True)
class Answer:
    """A status and the JSON that came with it; an empty dict where none did."""

    status: int
    body: dict[str, Any]

    @property
    def good(self) -> dict[str, Any]:
        """The body. Raises ServerSaid for a refusal."""
        if self.status >= 400:
            raise ServerSaid(self.status, self.body)
        return self.body


class Transport(Protocol):
    """Asks below `/<practice>/api/messaging/`, signed in as one person; `path` ends in a slash."""

    def get(self, path: str) -> Answer: ...

    def post(self, path: str, body: dict[str, Any]) -> Answer: ...
