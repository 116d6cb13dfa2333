"""A local mail server, over a real socket, that misbehaves as told.

What it promises (the part of RFC 5321 that the product relies on): a greeting, EHLO, MAIL, RCPT,
DATA, NOOP, QUIT; a mail is taken once the final dot was read, whether or not the answer arrives.
"""

from __future__ import annotations

import contextlib
import socketserver
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Say:
    """Answer the next `verb` (GREETING, EHLO, MAIL, RCPT, DATA or DOT) with this line."""

    verb: str
    line: str


@dataclass(frozen=True)
class HangUp:
    """Close the connection instead of answering the next `verb`. At DOT the mail was taken."""

    verb: str


@dataclass(frozen=True)
class Hang:
    """Let the caller wait for the answer to `verb`. At DOT the mail was taken."""

    verb: str


Behaviour = Say | HangUp | Hang


@dataclass(frozen=True)
class Taken:
    """A mail that the server took."""

    to: str
    text: str


@dataclass
class FakeMailServer:
    """The stand-in. Use `running()`; then `port` is where it listens."""

    port: int = 0
    taken: list[Taken] = field(default_factory=list)
    connections: int = 0
    _scripts: list[Behaviour] = field(default_factory=list, repr=False)
    _released: threading.Event = field(default_factory=threading.Event, repr=False)

    def script(self, *behaviours: Behaviour) -> None:
        """Queue behaviours; each is used once, at its verb."""
        self._scripts.extend(behaviours)

    def next_at(self, verb: str) -> Behaviour | None:
        """What happens at this verb."""
        for behaviour in self._scripts:
            if behaviour.verb == verb:
                self._scripts.remove(behaviour)
                return behaviour
        return None

    def wait(self) -> None:
        """Hang, but not past the end of the test."""
        self._released.wait(30)

    @contextlib.contextmanager
    def running(self) -> Iterator[FakeMailServer]:
        """Serve on a free loopback port until the block ends."""
        server = socketserver.ThreadingTCPServer(("127.0.0.1", 0), _handler(self))
        server.daemon_threads = True
        thread = threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True)
        thread.start()
        self.port = server.server_address[1]
        try:
            yield self
        finally:
            self._released.set()
            server.shutdown()
            server.server_close()
            thread.join(timeout=5)


class _EndedError(Exception):
    """The conversation is over."""


def _handler(fake: FakeMailServer) -> type[socketserver.StreamRequestHandler]:
    class Handler(socketserver.StreamRequestHandler):
        recipient = ""

        def handle(self) -> None:
            fake.connections += 1
            with contextlib.suppress(_EndedError, OSError):
                self._answer("GREETING", "220 fake")
                while True:
                    self._step(self._line())

        def _step(self, line: str) -> None:
            verb = line[:4].upper()
            if verb == "RCPT":
                self.recipient = line.partition("<")[2].partition(">")[0]
            usual = {"EHLO": "250 fake", "DATA": "354 go on", "QUIT": "221 bye"}
            said = self._answer(verb, usual.get(verb, "250 ok"))
            if verb == "QUIT":
                raise _EndedError
            if verb == "DATA" and said.startswith("354"):
                self._take()

        def _take(self) -> None:
            lines = []
            while (line := self._line()) != ".":
                lines.append(line)
            refusal = fake.next_at("DOT")
            if not isinstance(refusal, Say):
                fake.taken.append(Taken(self.recipient, "\n".join(lines)))
            self._behave(refusal, "250 taken")

        def _answer(self, verb: str, usual: str) -> str:
            return self._behave(fake.next_at(verb), usual)

        def _behave(self, behaviour: Behaviour | None, usual: str) -> str:
            if isinstance(behaviour, Hang):
                fake.wait()
            if isinstance(behaviour, Hang | HangUp):
                raise _EndedError
            said = behaviour.line if behaviour else usual
            self.wfile.write(f"{said}\r\n".encode())
            return said

        def _line(self) -> str:
            line = self.rfile.readline()
            if not line:
                raise _EndedError
            return line.decode().rstrip("\r\n")

    return Handler
