"""How the server says no to a client: a sentence for people and a word for the program."""

from __future__ import annotations

from typing import Any

from portal.tenancy.errors import DomainError


class Refused(DomainError):
    """A client asked for what cannot be. `status` is HTTP's; `code` is what the program acts on.

    `more` goes into the answer beside them: numbers and times, never what somebody wrote.
    """

    def __init__(self, status: int, code: str, detail: Any, **more: Any) -> None:
        super().__init__(str(detail))
        self.status, self.code, self.more = status, code, more
