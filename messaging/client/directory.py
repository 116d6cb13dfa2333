"""The practice's directory as one client has checked it, line by line, since it first looked."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from messaging.blobs import from_text
from messaging.client.errors import Hostile
from messaging.sealed.keys import FIRST, Entry, PublicKeys, follow
from messaging.sealed.primitives import CannotOpen


@dataclass
class Directory:
    """`identity` is pinned: what another key signed is not in the directory."""

    practice: str
    identity: bytes
    n: int = 0
    head: bytes = FIRST
    heads: set[bytes] = field(default_factory=set)
    keys: dict[tuple[str, str], PublicKeys] = field(default_factory=dict)  # by person and kid
    ended: set[tuple[str, str]] = field(default_factory=set)

    def take(self, answer: dict[str, Any]) -> None:
        """Follow what the server says came after. Raises Hostile, and takes nothing then."""
        lines = [self._line(one) for one in answer["entries"]]
        try:
            head = follow(lines, self.identity, self.head)
        except CannotOpen:
            raise Hostile("The directory does not go on where it stood.") from None
        if [entry.n for entry, _signature in lines] != list(
            range(self.n + 1, self.n + 1 + len(lines))
        ):
            raise Hostile("A line of the directory has the wrong number.")
        n = self.n + len(lines)
        if not answer["more"] and (answer["n"], from_text(answer["head"])) != (n, head):
            raise Hostile("The directory is said to be another than it is.")
        for entry, _signature in lines:
            self._add(entry)
        self.head, self.n = head, n

    def _line(self, one: dict[str, Any]) -> tuple[Entry, bytes]:
        keys = PublicKeys(from_text(one["x25519"]), from_text(one["ed25519"]))
        if keys.kid != one["kid"]:
            raise Hostile("A line of the directory names other keys than it has.")
        entry = Entry(
            practice=self.practice,
            n=one["n"],
            previous=from_text(one["previous"]),
            person=one["person"],
            keys=keys,
            revoked_at=one["revoked_at"],
        )
        return entry, from_text(one["signature"])

    def _add(self, entry: Entry) -> None:
        place = (entry.person, entry.keys.kid)
        if entry.revoked_at:
            self.ended.add(place)
        else:
            self.keys[place] = entry.keys
        self.heads.add(entry.head)

    def known(self, person: str, kid: str) -> PublicKeys:
        """Somebody's keys, also ended ones. Raises Hostile for keys that nobody vouched for."""
        keys = self.keys.get((person, kid))
        if keys is None:
            raise Hostile("Nobody has vouched for these keys.")
        return keys

    def standing(self, person: str, kid: str) -> PublicKeys:
        """Somebody's keys that can be sealed to now. Raises Hostile."""
        keys = self.known(person, kid)
        if (person, kid) in self.ended:
            raise Hostile("These keys have ended.")
        return keys
