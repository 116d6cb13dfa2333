"""One person's client: makes keys, confirms, sends, reads, and believes only what is signed."""

from __future__ import annotations

import secrets
import uuid
from dataclasses import dataclass, field
from typing import Any, Final

from messaging.blobs import from_text
from messaging.client import bodies
from messaging.client.account import Account, Identity, new_code
from messaging.client.directory import Directory
from messaging.client.errors import Hostile, ServerSaid
from messaging.client.thread import Read, Thread
from messaging.client.transport import Transport
from messaging.sealed.keys import Entry, PublicKeys

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
    a sheet at the desk); else the first one seen is kept. `device_key` is what a browser keeps and
    cannot give out: without it nobody can try PINs.
    """

    transport: Transport
    pinned: bytes | None = None
    account: Account | None = None
    identity: Identity | None = None
    directory: Directory | None = None
    threads: dict[str, Thread] = field(default_factory=dict)
    device_key: bytes = field(default_factory=lambda: secrets.token_bytes(32))

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

    def add_device(self, pin: str) -> str:
        """A slot for this device, for keys that are open; its id."""
        body = self._device(self._mine, pin)
        return str(self.transport.post("devices/", body).good["id"])

    def _device(self, account: Account, pin: str) -> dict[str, Any]:
        begun = self.transport.post("devices/begin/", {}).good
        return bodies.device(account, pin, begun, self.device_key)

    def open_with_sheet(self, code: bytes) -> None:
        """One's keys by the recovery code. Raises CannotOpen for a wrong one."""
        state = self.state()
        kept = self.transport.get("recovery/").good
        self.account = Account.from_sheet(state["practice"], state["person"], code, kept)

    def make_identity(self) -> None:
        """The practice's identity, for a manager with keys; what was made here is pinned, whatever
        the server says that it is. Raises Hostile.
        """
        self.identity = Identity(secrets.token_bytes(32))
        self.transport.post("identity/", self.identity.as_body(self._mine)).good  # noqa: B018
        self.pinned = self.identity.public
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
            lines.append(bodies.line(entry, entry.sign(identity.seed)))
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
        return [_seen(thread, one) for one in thread.messages]

    def news(self, thread_id: str) -> list[Message]:
        """What came since this client last looked, checked. Raises Hostile."""
        thread = self.threads[thread_id]
        new = self._take_news(thread)
        if new is None:  # other readers: everything is looked at again
            known = {one.header.message_id for one in thread.messages}
            return [one for one in self.read(thread_id) if one.id not in known]
        return [_seen(thread, one) for one in thread.messages if one.header.message_id in new]

    def _take_news(self, thread: Thread) -> set[str] | None:
        """Check what came since; the messages that are new, or None if the readers changed."""
        answer = self.transport.get(f"threads/{thread.id}/news/?after={thread.cursor}").good
        if answer["cursor"] < thread.cursor:
            raise Hostile("The thread is shorter than it was.")
        if answer.get("epoch", 0) > len(thread.stretches):
            return None
        self.look_up()
        thread.take_new(answer["envelopes"])
        for receipt in answer["receipts"]:
            thread.take_receipt(receipt)
        thread.cursor = answer["cursor"]
        return {one["message_id"] for one in answer["envelopes"]}

    def confirm(self, thread_id: str, state: str, at: str) -> int:
        """Say of every message of the others that it came or was read; how many were new."""
        thread, mine = self.threads[thread_id], self._mine
        receipts = [
            bodies.receipt(thread, one, state, at)
            for one in thread.messages
            if one.header.sender != mine.person
        ]
        if not receipts:
            return 0
        answer = self.transport.post(f"threads/{thread_id}/receipts/", {"receipts": receipts})
        return int(answer.good["new"])

    def send(self, thread_id: str, text: str, *, message_id: str = "") -> str:
        """Seal a message and send it; a new stretch is begun first where one is due.

        Raises Hostile, and ServerSaid where the server keeps refusing.
        """
        message_id = message_id or str(uuid.uuid4())
        for turn in range(_TIMES):
            try:
                thread = self._ready(thread_id, anew=turn > 0)
                body = bodies.envelope(thread, text, message_id)
                self.transport.post(f"threads/{thread_id}/envelopes/", body).good  # noqa: B018
            except ServerSaid as said:
                if said.code not in _AGAIN or turn == _TIMES - 1:
                    raise
            else:
                return message_id
        raise AssertionError("the last turn returns or raises")

    def _ready(self, thread_id: str, *, anew: bool) -> Thread:
        """The thread as it stands now, with a stretch in which to write. What this client has
        seen of it is enough, unless the server or the directory says otherwise (`anew`).
        """
        known = self.threads.get(thread_id)
        if known is not None and not anew:
            is_current = self._take_news(known) is not None and bool(known.stretches)
            if is_current and not known.stretches[-1].places & known.directory.ended:
                return known
        thread, answer = self._load(thread_id)
        if self._is_due(thread, answer):
            self._begin_stretch(thread, answer)
        return thread

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
        body = bodies.stretch(thread, answer["readers"])
        self.transport.post(f"threads/{thread.id}/epochs/", body).good  # noqa: B018
        thread.take_epochs(self.transport.get(f"threads/{thread.id}/").good["epochs"])


def _seen(thread: Thread, one: Read) -> Message:
    """A message that was checked, as a person sees it."""
    name = one.header.message_id
    return Message(name, one.header.sender, one.text, thread.state_of(name))
