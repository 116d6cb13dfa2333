"""The portal's web server for the provider's calls, and somebody who makes those calls."""

from __future__ import annotations

import threading
import time
import uuid
from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field

import requests
from django.db import connections

from portal.dev.embedded.processes import answers
from portal.practices.links import practice_url
from portal.practices.selectors import practice_named
from tests.drill.nursery import Nursery
from tests.fakes.twilio import ACCOUNT, Callback, sign

_START_SECONDS = 30.0
_AT_ONCE = 4


@dataclass
class Web:
    """A web server of the drill. Calls that found nobody are made again, as the provider does."""

    nursery: Nursery
    port: int
    pid: int = 0
    refused: int = 0
    """Answers that were no 2xx."""
    _here: threading.local = field(default_factory=threading.local)

    def start(self) -> None:
        """Start it and wait until it listens."""
        self.pid = self.nursery.start("web", str(self.port))
        deadline = time.monotonic() + _START_SECONDS
        while not answers(self.port):
            if time.monotonic() > deadline:
                raise RuntimeError("The web server does not start.")
            time.sleep(0.02)

    def post(self, call: Callback) -> bool:
        """One call; once more where nobody answered. Returns whether it was taken."""
        for _ in range(5):
            try:
                answer = self._session().post(
                    call.url,
                    data=call.params,
                    headers={"X-Twilio-Signature": call.signature},
                    timeout=15,
                )
            except requests.RequestException:
                time.sleep(0.3)
                continue
            if answer.status_code < 300:
                return True
            self.refused += 1
            if answer.status_code < 500:
                return False
        return False

    def post_all(self, calls: Iterable[Callback]) -> int:
        """Several at once, in about this order. Returns how many were taken."""
        with ThreadPoolExecutor(_AT_ONCE) as pool:
            return sum(pool.map(self.post, calls))

    def text_from(self, number: str, body: str) -> Callback:
        """Somebody's text, as the provider hands it over."""
        url = practice_url(practice_named("alder"), "reminders:twilio_inbound")
        params = {
            "MessageSid": f"SM{uuid.uuid4().hex}",
            "AccountSid": ACCOUNT,
            "From": number,
            "To": "+441134960142",
            "Body": body,
        }
        return Callback(url, params, sign(url, params))

    def _session(self) -> requests.Session:
        if not hasattr(self._here, "session"):
            self._here.session = requests.Session()
            self._here.session.trust_env = False
        session: requests.Session = self._here.session
        return session


def in_background(web: Web, calls: Iterator[Callback]) -> threading.Thread:
    """Make calls while something else goes on; the thread ends with the calls."""

    def make() -> None:
        try:
            web.post_all(calls)
        finally:
            connections.close_all()  # of this thread

    thread = threading.Thread(target=make, daemon=True)
    thread.start()
    return thread
