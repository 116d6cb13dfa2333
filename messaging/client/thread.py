"""One thread as one client has checked it. What it has seen once has to stay as it was."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from messaging.blobs import from_text, inner
from messaging.client.account import Account
from messaging.client.directory import Directory
from messaging.client.errors import Hostile
from messaging.sealed import epochs
from messaging.sealed.epochs import Member
from messaging.sealed.messages import NONE_BEFORE, Header, Receipt, Sealed, open_message
from messaging.sealed.primitives import CannotOpen, check


@dataclass(frozen=True)
class Stretch:
    """An epoch that was checked; `key` is None where it was not sealed to this person."""

    number: int
    members: tuple[Member, ...]
    commit: bytes
    signature: bytes
    key: bytes | None

    @property
    def places(self) -> set[tuple[str, str]]:
        return {(one.person, one.kid) for one in self.members}


@dataclass(frozen=True)
class Read:
    """A message that was checked and opened."""

    header: Header
    hash: bytes
    text: str
    position: int


@dataclass
class Thread:
    """`stretches` by number from 1; `messages` in the order of their places."""

    practice: str
    id: str
    account: Account
    directory: Directory
    stretches: list[Stretch] = field(default_factory=list)
    messages: list[Read] = field(default_factory=list)
    said: dict[str, dict[str, set[str]]] = field(default_factory=dict)  # message, reader, states
    cursor: int = 0

    def take_epochs(self, given: list[dict[str, Any]]) -> None:
        """Check all rosters of the thread. Raises Hostile."""
        if [one["number"] for one in given] != list(range(1, len(given) + 1)):
            raise Hostile("A list of readers is missing.")
        if len(given) < len(self.stretches):
            raise Hostile("The newest lists of readers are held back.")
        for one in given:
            stretch = self._stretch(one)
            if one["number"] <= len(self.stretches):
                before = self.stretches[one["number"] - 1]
                if (before.commit, before.signature) != (stretch.commit, stretch.signature):
                    raise Hostile("A list of readers is not the one that stood there.")
                continue
            self._check_stretch(stretch, one["signer"])
            self.stretches.append(stretch)

    def _stretch(self, one: dict[str, Any]) -> Stretch:
        members = tuple(
            Member(each["person"], each["kid"], each["role"], each["reads_from"])
            for each in one["members"]
        )
        commit = from_text(one["commit"])
        key = None
        if (self.account.person, self.account.kid) in {(m.person, m.kid) for m in members}:
            if not one["sealed_key"]:
                raise Hostile("The key to a stretch is held back.")
            key = self._open(one["number"], from_text(one["sealed_key"]), commit)
        return Stretch(one["number"], members, commit, from_text(one["signature"]), key)

    def _open(self, number: int, blob: bytes, commit: bytes) -> bytes:
        try:
            return epochs.open_key(
                inner(blob),
                epochs.Epoch(self.practice, self.id, number),
                self.account.person,
                self.account.kid,
                self.account.x25519,
                commit,
            )
        except (CannotOpen, ValueError):
            raise Hostile("The key to a stretch is not the one that was promised.") from None

    def _check_stretch(self, stretch: Stretch, signer: dict[str, str]) -> None:
        for one in stretch.members:
            self.directory.known(one.person, one.kid)
        place = (signer["person"], signer["kid"])
        if place not in stretch.places:
            raise Hostile("Somebody outside signed who reads.")
        before = self.stretches[-1] if self.stretches else None
        if before and place not in before.places and not before.places <= self.directory.ended:
            raise Hostile("Somebody new let themselves in.")
        epoch = epochs.Epoch(self.practice, self.id, stretch.number)
        signed = epochs.signed_roster(epoch, stretch.members, stretch.commit)
        try:
            check(self.directory.known(*place).ed25519, stretch.signature, signed)
        except CannotOpen:
            raise Hostile("A list of readers is not signed by who is said to have.") from None

    def take_all(self, given: list[dict[str, Any]]) -> None:
        """Check a whole thread from its beginning. Raises Hostile, and changes nothing then."""
        fresh = Thread(self.practice, self.id, self.account, self.directory, self.stretches)
        fresh.take_new(given)
        seen = {one.header.message_id: one.hash for one in fresh.messages}
        for one in self.messages:
            if seen.get(one.header.message_id) != one.hash:
                raise Hostile("A message that was here is gone or changed.")
        for message, readers in self.said.items():
            for reader, states in readers.items():
                if not states <= fresh.said.get(message, {}).get(reader, set()):
                    raise Hostile("A confirmation that was here is gone.")
        self.messages, self.said = fresh.messages, fresh.said

    def take_new(self, given: list[dict[str, Any]]) -> None:
        """Check envelopes that come after those that are here. Raises Hostile."""
        for one in given:
            read = self._open_envelope(one)
            if self.messages and read.position <= self.messages[-1].position:
                raise Hostile("Messages are not in the order of their places.")
            self.messages.append(read)
            for receipt in one["receipts"]:
                self.take_receipt({"message_id": one["message_id"], **receipt})

    def _open_envelope(self, one: dict[str, Any]) -> Read:
        if not 1 <= one["epoch"] <= len(self.stretches):
            raise Hostile("A message is of a stretch that nobody signed.")
        stretch = self.stretches[one["epoch"] - 1]
        header = Header(
            epoch=epochs.Epoch(self.practice, self.id, one["epoch"]),
            message_id=one["message_id"],
            sender=one["sender"],
            kid=one["kid"],
            sequence=one["sequence"],
            previous=from_text(one["previous"]),
            directory=from_text(one["directory"]),
            kind=one["kind"],
        )
        if (header.sender, header.kid) not in stretch.places:
            raise Hostile("A message is from somebody who does not read here.")
        self._check_chain(header)
        if header.directory not in self.directory.heads:
            raise Hostile("The sender was shown another directory.")
        if stretch.key is None:
            raise Hostile("A message was given that is not for this person.")
        if header.kind != "text":
            raise Hostile("A message is of a kind that is not known here.")
        sealed = Sealed(
            header,
            from_text(one["nonce"]),
            inner(from_text(one["ciphertext"])),
            from_text(one["signature"]),
        )
        sender = self.directory.known(header.sender, header.kid).ed25519
        try:
            text = open_message(sealed, thread_key=stretch.key, sender=sender)
        except (CannotOpen, ValueError):
            raise Hostile("A message is not what its sender sealed.") from None
        return Read(header, sealed.hash, text, one["position"])

    def _check_chain(self, header: Header) -> None:
        """Each message names its sender's one before; stretches do not go back, for anybody: a key
        that has ended writes nothing behind what came after it.
        """
        if any(one.header.message_id == header.message_id for one in self.messages):
            raise Hostile("A message is here twice.")
        if self.messages and header.epoch.number < self.messages[-1].header.epoch.number:
            raise Hostile("A message goes back to a stretch that is over.")
        last = self.last_of(header.sender)
        if last is None:
            if header.sequence == 1 and header.previous == NONE_BEFORE:
                return
            if self._began_before_me(header.sender):
                return
            raise Hostile("The sender's first messages are held back.")
        if (header.sequence, header.previous) != (last.header.sequence + 1, last.hash):
            raise Hostile("A message between two others is missing or moved.")

    def _began_before_me(self, sender: str) -> bool:
        """Whether they could write in a stretch that this person may not read."""
        return any(
            one.key is None and any(member.person == sender for member in one.members)
            for one in self.stretches
        )

    def last_of(self, sender: str) -> Read | None:
        """The last message of somebody that was checked."""
        return next((one for one in reversed(self.messages) if one.header.sender == sender), None)

    def take_receipt(self, one: dict[str, Any]) -> None:
        """Check a confirmation. Raises Hostile."""
        message = self.named(one["message_id"])
        stretch = self.stretches[message.header.epoch.number - 1]
        # A reader whose keys were changed confirms with the new ones.
        if not any(member.person == one["reader"] for member in stretch.members):
            raise Hostile("Somebody confirms who does not read here.")
        receipt = Receipt(
            practice=self.practice,
            thread=self.id,
            message_id=one["message_id"],
            message_hash=message.hash,
            state=one["state"],
            reader=one["reader"],
            kid=one["kid"],
            at=one["at"],
        )
        key = self.directory.known(one["reader"], one["kid"]).ed25519
        try:
            receipt.check(from_text(one["signature"]), key)
        except (CannotOpen, ValueError):
            raise Hostile("A confirmation is not by who is said to have given it.") from None
        if one["reader"] == message.header.sender:
            raise Hostile("Somebody confirms their own message.")
        states = self.said.setdefault(one["message_id"], {}).setdefault(one["reader"], set())
        states.add(one["state"])

    def named(self, message_id: str) -> Read:
        """A message that was checked. Raises Hostile."""
        for one in self.messages:
            if one.header.message_id == message_id:
                return one
        raise Hostile("A confirmation is for a message that is not here.")

    def state_of(self, message_id: str) -> str:
        """How far a message of one's own got: "sent", "delivered" or "read" by anybody."""
        states: set[str] = set().union(*self.said.get(message_id, {}).values())
        return "read" if "read" in states else "delivered" if "delivered" in states else "sent"
