"""A local stand-in for Twilio's REST API, over real HTTP.

What it promises (the part of the contract that the product relies on): a message is created by a
POST with To, Body, StatusCallback and one of From and MessagingServiceSid; the answer is JSON with
a `sid`, or an error with `code` and `status`; the list is newest first and filtered by To; the
wrong credentials get 401 and 20003; the account, its numbers and its messaging services can be
read. Behaviours are scripted by number or for every number, in the order in which calls arrive. It
never calls back by itself: a test posts `callbacks()` in whatever order it likes.
"""

from __future__ import annotations

import base64
import contextlib
import json
import socket
import struct
import sys
import threading
import time
import uuid
from collections import defaultdict, deque
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.utils import format_datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

from twilio.request_validator import RequestValidator

ACCOUNT = "AC" + "0" * 32
TOKEN = "fake-token"
NUMBER = "+441134960142"
SERVICE = "MG" + "0" * 32


@dataclass(frozen=True)
class Accept:
    """Take the message and say so."""


@dataclass(frozen=True)
class AcceptThenHang:
    """Take the message, and let the caller wait for the answer."""

    seconds: float = 60.0


@dataclass(frozen=True)
class HangUp:
    """Close the connection without an answer; `taken` says whether the message was taken."""

    taken: bool


@dataclass(frozen=True)
class Refuse:
    """Answer with an error."""

    status: int = 400
    code: int | None = None
    html: bool = False


@dataclass(frozen=True)
class Garble:
    """Take the message and answer 201 with something that is not JSON."""


Behaviour = Accept | AcceptThenHang | HangUp | Refuse | Garble
TOO_FAST = Refuse(429, 20429)


@dataclass
class Message:
    """A message that the provider took."""

    sid: str
    to: str
    body: str
    status_callback: str
    created: datetime
    status: str = "queued"
    error_code: int | None = None
    direction: str = "outbound-api"
    visible_at: float = 0.0

    def as_json(self) -> dict[str, Any]:
        """The fields of the message resource that the client reads."""
        stamp = format_datetime(self.created)
        return {
            "sid": self.sid,
            "account_sid": ACCOUNT,
            "to": self.to,
            "from": NUMBER,
            "body": self.body,
            "status": self.status,
            "error_code": self.error_code,
            "error_message": None,
            "direction": self.direction,
            "num_segments": "1",
            "num_media": "0",
            "date_created": stamp,
            "date_sent": None,
            "date_updated": stamp,
            "api_version": "2010-04-01",
            "messaging_service_sid": None,
            "price": None,
            "price_unit": "USD",
            "uri": f"/2010-04-01/Accounts/{ACCOUNT}/Messages/{self.sid}.json",
            "subresource_uris": {},
        }


@dataclass(frozen=True)
class Callback:
    """A signed status call, ready to be posted."""

    url: str
    params: dict[str, str]
    signature: str


@dataclass
class FakeTwilio:
    """The stand-in. Use `running()`; then `url` is what TWILIO_API_BASE wants."""

    url: str = ""
    messages: list[Message] = field(default_factory=list)
    calls: int = 0
    latency: float = 0.0
    list_lag: float = 0.0
    list_broken: bool = False
    redacts: bool = False
    status: str = "active"
    numbers: dict[str, dict[str, Any]] = field(
        default_factory=lambda: {NUMBER: {"sms": True, "sms_url": ""}}
    )
    services: dict[str, str] = field(default_factory=lambda: {SERVICE: ""})
    asked: list[str] = field(default_factory=list)
    _scripts: dict[str, deque[Behaviour]] = field(
        default_factory=lambda: defaultdict(deque), repr=False
    )
    _always: Behaviour = field(default_factory=Accept, repr=False)
    _lock: threading.Lock = field(default_factory=threading.Lock, repr=False)
    _released: threading.Event = field(default_factory=threading.Event, repr=False)

    def script(self, *behaviours: Behaviour, to: str = "*") -> None:
        """Queue behaviours for the next calls to a number, or to any."""
        self._scripts[to].extend(behaviours)

    def always(self, behaviour: Behaviour) -> None:
        """What happens when nothing is scripted."""
        self._always = behaviour

    def sent_to(self, number: str) -> list[str]:
        """The bodies that were taken for a number, oldest first."""
        return [m.body for m in self.messages if m.to == number]

    def callbacks(
        self, message: Message, *statuses: str, code: int | None = None
    ) -> list[Callback]:
        """Signed status calls for a message, in the order given."""
        made = []
        for status in statuses:
            message.status, message.error_code = status, code
            params = {
                "MessageSid": message.sid,
                "MessageStatus": status,
                "AccountSid": ACCOUNT,
                "To": message.to,
            }
            if code is not None:
                params["ErrorCode"] = str(code)
            made.append(
                Callback(message.status_callback, params, sign(message.status_callback, params))
            )
        return made

    def behaviour_for(self, number: str) -> Behaviour:
        """The next behaviour for a call."""
        for key in (number, "*"):
            if self._scripts[key]:
                return self._scripts[key].popleft()
        return self._always

    def take(self, form: dict[str, str]) -> Message:
        """Keep a message."""
        message = Message(
            sid="SM" + uuid.uuid4().hex,
            to=form["To"],
            body=form["Body"],
            status_callback=form.get("StatusCallback", ""),
            created=datetime.now(UTC),  # noqa: TID251 - the provider has a clock of its own
            visible_at=time.monotonic() + self.list_lag,
        )
        with self._lock:
            self.messages.append(message)
        return message

    def listed(self, to: str, limit: int) -> list[dict[str, Any]]:
        """What the list call shows now: newest first, late by `list_lag` seconds."""
        now = time.monotonic()
        with self._lock:
            seen = [m for m in self.messages if m.visible_at <= now and (not to or m.to == to)]
        rows = [m.as_json() for m in reversed(seen[-limit:])]
        return [{**row, "body": ""} for row in rows] if self.redacts else rows

    def hang(self, seconds: float) -> None:
        """Wait, but not past the end of the test."""
        self._released.wait(seconds)

    @contextlib.contextmanager
    def running(self) -> Iterator[FakeTwilio]:
        """Serve on a free loopback port until the block ends."""
        server = _QuietServer(("127.0.0.1", 0), _handler(self))
        server.daemon_threads = True
        thread = threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True)
        thread.start()
        self.url = f"http://127.0.0.1:{server.server_address[1]}"
        try:
            yield self
        finally:
            self._released.set()
            server.shutdown()
            server.server_close()
            thread.join(timeout=5)


class _QuietServer(ThreadingHTTPServer):
    """Callers hang up and are killed in the middle of a call: that is what it is for."""

    request_queue_size = 64

    def handle_error(self, request: object, client_address: object) -> None:
        """Say nothing of a connection that broke."""
        if not isinstance(sys.exc_info()[1], ConnectionError):
            super().handle_error(request, client_address)  # type: ignore[arg-type]


def sign(url: str, params: dict[str, str]) -> str:
    """The signature that Twilio would put on a call."""
    return str(RequestValidator(TOKEN).compute_signature(url, params))


def _handler(fake: FakeTwilio) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_POST(self) -> None:
            size = int(self.headers.get("Content-Length", 0))
            form = {k: v[0] for k, v in parse_qs(self.rfile.read(size).decode()).items()}
            fake.calls += 1
            if not self._signed_in():
                self._error(Refuse(401, 20003))
                return
            if "To" not in form or not ({"From", "MessagingServiceSid"} & form.keys()):
                self._error(Refuse(400, 21604))
                return
            time.sleep(fake.latency)
            self._behave(fake.behaviour_for(form["To"]), form)

        def do_GET(self) -> None:
            if fake.list_broken:
                self._error(Refuse(503, html=True))
                return
            if not self._signed_in():
                self._error(Refuse(401, 20003))
                return
            query = {k: v[0] for k, v in parse_qs(urlsplit(self.path).query).items()}
            path = urlsplit(self.path).path
            fake.asked.append(path)
            if not path.endswith("/Messages.json"):
                self._about(path, query)
                return
            rows = fake.listed(query.get("To", ""), int(query.get("PageSize", 50)))
            self._json(200, {"messages": rows, "next_page_uri": None, "page": 0, "page_size": 50})

        def _about(self, path: str, query: dict[str, str]) -> None:
            """The account itself, its numbers, its messaging services."""
            if path == f"/2010-04-01/Accounts/{ACCOUNT}.json":
                self._json(200, {"sid": ACCOUNT, "status": fake.status})
            elif path.endswith("/IncomingPhoneNumbers.json"):
                wanted = query.get("PhoneNumber", "")
                rows = [
                    {
                        "phone_number": number,
                        "capabilities": {"sms": facts["sms"], "voice": True, "mms": False},
                        "sms_url": facts["sms_url"],
                    }
                    for number, facts in fake.numbers.items()
                    if wanted in number
                ]
                body = {"incoming_phone_numbers": rows, "next_page_uri": None, "page": 0}
                self._json(200, body)
            elif path.startswith("/v1/Services/") and path[13:] in fake.services:
                sid = path[13:]
                self._json(200, {"sid": sid, "inbound_request_url": fake.services[sid]})
            else:
                self._error(Refuse(404, 20404))

        def _behave(self, behaviour: Behaviour, form: dict[str, str]) -> None:
            match behaviour:
                case Accept():
                    self._json(201, fake.take(form).as_json())
                case AcceptThenHang(seconds):
                    fake.take(form)
                    fake.hang(seconds)
                    self.close_connection = True
                case HangUp(taken):
                    if taken:
                        fake.take(form)
                    self._reset()
                case Refuse():
                    self._error(behaviour)
                case Garble():
                    fake.take(form)
                    self._bytes(201, b"<html>taken</html>", "text/html")

        def _signed_in(self) -> bool:
            expected = base64.b64encode(f"{ACCOUNT}:{TOKEN}".encode()).decode()
            return self.headers.get("Authorization") == f"Basic {expected}"

        def _reset(self) -> None:
            linger = struct.pack("ii", 1, 0)
            self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, linger)
            self.connection.close()
            self.close_connection = True

        def _error(self, refusal: Refuse) -> None:
            if refusal.html:
                self._bytes(refusal.status, b"<h1>Bad gateway</h1>", "text/html")
                return
            body: dict[str, Any] = {"status": refusal.status, "message": "No", "more_info": ""}
            if refusal.code is not None:
                body["code"] = refusal.code
            self._json(refusal.status, body)

        def _json(self, status: int, body: dict[str, Any]) -> None:
            self._bytes(status, json.dumps(body).encode(), "application/json")

        def _bytes(self, status: int, body: bytes, kind: str) -> None:
            self.send_response(status)
            self.send_header("Content-Type", kind)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *args: object) -> None:
            """Say nothing: numbers stand in the addresses."""

    return Handler
