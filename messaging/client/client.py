"""One person's client: makes keys, confirms, sends, reads, and believes only what is signed."""

from __future__ import annotations

import secrets
import uuid
from dataclasses import dataclass, field
from typing import Any, Final

from messaging.blobs import NONCE, from_text, to_text, with_suite
from messaging.client.account import Account, Identity, new_code
from messaging.client.directory import Directory
from messaging.client.errors import Hostile, ServerSaid
from messaging.client.thread import Read, Thread
from messaging.client.transport import Transport
from messaging.sealed import epochs
from messaging.sealed.epochs import Member
from messaging.sealed.keys import Entry, PublicKeys
from messaging.sealed.messages import NONE_BEFORE, Header, Receipt, seal_message
from messaging.sealed.primitives import sign
from messaging.sealed.slots import lock

_AGAIN: Final = {"stale_epoch", "rotation_needed", "epoch_exists", "sequence"}
_TIMES: Final = 4


@dataclass(frozen=True)
class Message:
    """A message as a person sees it. `state` is how far one's own got."""

    id: str
    sender: str
    text: str
    state: str


@dataclass
class Client:
    """Signed in as one person through `transport`; what it has seen stays in it.

    `pinned` is the practice's identity if it came another way than from this server (an invitation,
    a sheet at the desk); else the first one seen is kept.
    """

    transport: Transport
    pinned: bytes | None = None
    account: Account | None = None
    identity: Identity | None = None
    directory: Directory | None = None
    threads: dict[str, Thread] = field(default_factory=dict)

    def state(self) -> dict[str, Any]:
        """Who one is here; the practice's identity is pinned from it. Raises Hostile."""
        state = self.transport.get("state/").good
        if state["identity"]:
            public = from_text(state["identity"]["public"])
            if self.pinned is None:
                self.pinned = public
            if public != self.pinned:
                raise Hostile("The practice's identity is another than it was.")
        return state

    # --- keys --------------------------------------------------------------------------------

    def make_keys(self, *, pin: str = "", code: bytes = b"", replace: bool = False) -> bytes:
        """New keys, and with `pin` a slot for this device; the code of the recovery sheet."""
        state = self.state()
        account = Account.make(state["practice"], state["person"])
        code = code or new_code()
        body = {
            **account.as_body(),
            "recovery": account.sheet_for(code),
            "device": self._device(account, pin) if pin else None,
            "replace": replace,
        }
        self.transport.post("keys/", body).good  # noqa: B018 - raises for a refusal
        self.account = account
        return code

    def _device(self, account: Account, pin: str, device_key: bytes = bytes(32)) -> dict[str, Any]:
        """A slot for this device; `device_key` is what a browser keeps and cannot give out."""
        begun = self.transport.post("devices/begin/", {}).good
        salt, nonce = secrets.token_bytes(16), secrets.token_bytes(NONCE)
        closed = lock(
            pin, salt=salt, device_key=device_key, person=account.person, device=begun["device"]
        )
        share = from_text(begun["server_share"])
        slot = closed.wrap(account.wrapping, server_share=share, nonce=nonce)
        return {
            "device": begun["device"],
            "label": "A program",
            "salt": to_text(salt),
            "auth": to_text(closed.auth),
            "nonce": to_text(nonce),
            "wrapped": to_text(with_suite(slot)),
        }

    def open_with_sheet(self, code: bytes) -> None:
        """One's keys by the recovery code. Raises CannotOpen for a wrong one."""
        state = self.state()
        kept = self.transport.get("recovery/").good
        self.account = Account.from_sheet(state["practice"], state["person"], code, kept)

    def make_identity(self) -> None:
        """The practice's identity, for a manager with keys."""
        self.identity = Identity(secrets.token_bytes(32))
        self.transport.post("identity/", self.identity.as_body(self._mine)).good  # noqa: B018
        self.state()

    def open_identity(self) -> Identity:
        """The identity that one made before. Raises Hostile for another than the pinned one."""
        identity = Identity.opened(self._mine, self.transport.get("identity/").good)
        if self.pinned is not None and identity.public != self.pinned:
            raise Hostile("The practice's identity is another than it was.")
        self.identity = identity
        return identity

    def confirm_waiting(self) -> int:
        """Sign every line that waits, as the holder of the identity; return how many."""
        identity = self.identity or self.open_identity()
        directory = self.look_up()
        lines, head = [], directory.head
        for place, one in enumerate(self.transport.get("directory/pending/").good["pending"], 1):
            entry = Entry(
                practice=directory.practice,
                n=directory.n + place,
                previous=head,
                person=one["person"],
                keys=PublicKeys(from_text(one["x25519"]), from_text(one["ed25519"])),
                revoked_at=one["revoked_at"],
            )
            head = entry.head
            lines.append(_line(entry, entry.sign(identity.seed)))
        if lines:
            self.transport.post("directory/", {"entries": lines}).good  # noqa: B018
            self.look_up()
        return len(lines)

    def look_up(self) -> Directory:
        """The directory as it stands now. Raises Hostile."""
        if self.directory is None:
            state = self.state()
            if self.pinned is None:
                raise Hostile("The practice has no identity to pin.")
            self.directory = Directory(state["practice"], self.pinned)
        while True:
            answer = self.transport.get(f"directory/?after={self.directory.n}").good
            self.directory.take(answer)
            if not answer["more"]:
                return self.directory

    @property
    def _mine(self) -> Account:
        if self.account is None:
            raise ValueError("The keys of this client are not open.")
        return self.account

    # --- threads -----------------------------------------------------------------------------

    def begin(self, patient: str | None = None) -> str:
        """The thread with a patient; the patient leaves it out. Its id."""
        return str(self.transport.post("threads/", {"patient": patient}).good["id"])

    def read(self, thread_id: str) -> list[Message]:
        """Every message of a thread, checked from its beginning. Raises Hostile."""
        thread, _answer = self._load(thread_id)
        return [
            Message(
                one.header.message_id,
                one.header.sender,
                one.text,
                thread.state_of(one.header.message_id),
            )
            for one in thread.messages
        ]

    def news(self, thread_id: str) -> list[Message]:
        """What came since this client last looked, checked. Raises Hostile."""
        thread = self.threads[thread_id]
        answer = self.transport.get(f"threads/{thread_id}/news/?after={thread.cursor}").good
        if answer["cursor"] < thread.cursor:
            raise Hostile("The thread is shorter than it was.")
        if answer.get("epoch", 0) > len(thread.stretches):
            self.read(thread_id)
            return []
        self.look_up()
        thread.take_new(answer["envelopes"])
        for receipt in answer["receipts"]:
            thread.take_receipt(receipt)
        thread.cursor = answer["cursor"]
        new = {one["message_id"] for one in answer["envelopes"]}
        return [
            Message(one.header.message_id, one.header.sender, one.text, "sent")
            for one in thread.messages
            if one.header.message_id in new
        ]

    def confirm(self, thread_id: str, state: str, at: str) -> int:
        """Say of every message of the others that it came or was read; how many were new."""
        thread, mine = self.threads[thread_id], self._mine
        receipts = [
            self._receipt(thread, one, state, at)
            for one in thread.messages
            if one.header.sender != mine.person
        ]
        if not receipts:
            return 0
        answer = self.transport.post(f"threads/{thread_id}/receipts/", {"receipts": receipts})
        return int(answer.good["new"])

    def _receipt(self, thread: Thread, one: Read, state: str, at: str) -> dict[str, str]:
        mine = self._mine
        receipt = Receipt(
            practice=thread.practice,
            thread=thread.id,
            message_id=one.header.message_id,
            message_hash=one.hash,
            state=state,
            reader=mine.person,
            kid=mine.kid,
            at=at,
        )
        return {
            "message_id": one.header.message_id,
            "message_hash": to_text(one.hash),
            "state": state,
            "at": at,
            "signature": to_text(sign(mine.ed25519, receipt.signed)),
        }

    def send(self, thread_id: str, text: str, *, message_id: str = "") -> str:
        """Seal a message and send it; a new stretch is begun first where one is due.

        Raises Hostile, and ServerSaid where the server keeps refusing.
        """
        message_id = message_id or str(uuid.uuid4())
        for turn in range(_TIMES):
            try:
                thread, answer = self._load(thread_id)
                if self._is_due(thread, answer):
                    self._begin_stretch(thread, answer)
                body = self._seal(thread, text, message_id)
                self.transport.post(f"threads/{thread_id}/envelopes/", body).good  # noqa: B018
            except ServerSaid as said:
                if said.code not in _AGAIN or turn == _TIMES - 1:
                    raise
            else:
                return message_id
        raise AssertionError("the last turn returns or raises")

    def _load(self, thread_id: str) -> tuple[Thread, dict[str, Any]]:
        """The whole thread: every page first, then the directory, then the checks."""
        answer = self.transport.get(f"threads/{thread_id}/").good
        envelopes, page = list(answer["envelopes"]), answer
        while page["more"] and envelopes:
            page = self.transport.get(
                f"threads/{thread_id}/?before={envelopes[0]['position']}"
            ).good
            envelopes = page["envelopes"] + envelopes
        directory = self.look_up()
        thread = self.threads.get(thread_id)
        if thread is None:
            thread = Thread(directory.practice, thread_id, self._mine, directory)
        thread.take_epochs(answer["epochs"])
        thread.take_all(envelopes)
        if answer["cursor"] < thread.cursor:
            raise Hostile("The thread is shorter than it was.")
        thread.cursor = answer["cursor"]
        self._check_my_place(thread, answer["my"])
        self.threads[thread_id] = thread
        return thread, answer

    def _check_my_place(self, thread: Thread, my: dict[str, Any]) -> None:
        """Nobody is made to use a number of theirs twice."""
        last = thread.last_of(self._mine.person)
        if last is not None and (my["sequence"], from_text(my["previous"])) != (
            last.header.sequence,
            last.hash,
        ):
            raise Hostile("Messages of one's own are held back.")

    def _is_due(self, thread: Thread, answer: dict[str, Any]) -> bool:
        """The server's word, or one's own eyes: keys in the roster that have ended."""
        if answer["rotation_needed"] or not thread.stretches:
            return True
        return bool(thread.stretches[-1].places & thread.directory.ended)

    def _begin_stretch(self, thread: Thread, answer: dict[str, Any]) -> None:
        members, publics = self._next_roster(thread, answer)
        epoch = epochs.Epoch(thread.practice, thread.id, len(thread.stretches) + 1)
        thread_key = secrets.token_bytes(32)
        signed = epochs.roster(epoch, members, thread_key)
        body = {
            "number": epoch.number,
            "members": [
                {
                    "person": one.person,
                    "kid": one.kid,
                    "role": one.role,
                    "reads_from": one.reads_from,
                }
                for one in members
            ],
            "commit": to_text(epochs.commitment(thread_key)),
            "signature": to_text(sign(self._mine.ed25519, signed)),
            "sealed": [
                {"person": one.person, "kid": one.kid, "blob": to_text(with_suite(blob))}
                for one, public in zip(members, publics, strict=True)
                for blob in [epochs.seal_key(thread_key, epoch, one.person, one.kid, public.x25519)]
            ],
        }
        self.transport.post(f"threads/{thread.id}/epochs/", body).good  # noqa: B018
        again = self.transport.get(f"threads/{thread.id}/").good
        thread.take_epochs(again["epochs"])

    def _next_roster(
        self, thread: Thread, answer: dict[str, Any]
    ) -> tuple[list[Member], list[PublicKeys]]:
        """Whom the server names, if the practice vouches for each of them with these very keys."""
        before = thread.stretches[-1].members if thread.stretches else ()
        stood = {(one.person, one.kid): one.reads_from for one in before}
        members, publics = [], []
        for one in answer["readers"]:
            keys = thread.directory.standing(one["person"], one["kid"])
            if (to_text(keys.x25519), to_text(keys.ed25519)) != (one["x25519"], one["ed25519"]):
                raise Hostile("A reader is given with keys that are not theirs.")
            place = (one["person"], one["kid"])
            reads_from = stood.get(place, len(thread.stretches) + 1)
            members.append(Member(*place, one["role"], reads_from))
            publics.append(keys)
        if (self._mine.person, self._mine.kid) not in {(one.person, one.kid) for one in members}:
            raise Hostile("One's own keys are not among the readers.")
        return members, publics

    def _seal(self, thread: Thread, text: str, message_id: str) -> dict[str, Any]:
        stretch, mine = thread.stretches[-1], self._mine
        if stretch.key is None:
            raise Hostile("The newest stretch is not for this person.")
        last = thread.last_of(mine.person)
        header = Header(
            epoch=epochs.Epoch(thread.practice, thread.id, stretch.number),
            message_id=message_id,
            sender=mine.person,
            kid=mine.kid,
            sequence=last.header.sequence + 1 if last else 1,
            previous=last.hash if last else NONE_BEFORE,
            directory=thread.directory.head,
        )
        nonce = secrets.token_bytes(NONCE)
        sealed = seal_message(text, header, thread_key=stretch.key, nonce=nonce, seed=mine.ed25519)
        return {
            "message_id": message_id,
            "epoch": stretch.number,
            "sequence": header.sequence,
            "previous": to_text(header.previous),
            "directory": to_text(thread.directory.head),
            "kind": header.kind,
            "nonce": to_text(nonce),
            "ciphertext": to_text(with_suite(sealed.ciphertext)),
            "signature": to_text(sealed.signature),
        }


def _line(entry: Entry, signature: bytes) -> dict[str, Any]:
    return {
        "n": entry.n,
        "previous": to_text(entry.previous),
        "person": entry.person,
        "kid": entry.keys.kid,
        "x25519": to_text(entry.keys.x25519),
        "ed25519": to_text(entry.keys.ed25519),
        "revoked_at": entry.revoked_at,
        "signature": to_text(signature),
    }
