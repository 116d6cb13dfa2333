"""The demo's messages: keys for some of the cast, made by the Python client as a browser would.

Ana has none: she makes hers. Nobody has a device yet, so the first step of each is the recovery
sheet, whose code is printed with the passwords.
"""

from __future__ import annotations

import datetime as dt
import json
from typing import Any

from django.conf import settings
from django.contrib.sessions.backends.base import SessionBase
from django.test import RequestFactory
from django.urls import resolve

from messaging.client import Answer, Client, code_bytes
from messaging.selectors.keys import iso
from portal.access.viewer import Viewer
from portal.dev.cast import DemoPractice, cast_member
from portal.people.signin.fresh import note_proof
from portal.practices.selectors import membership_of_viewer

# Days before today, at what time, who wrote, what; the last one waits to be read.
TALK = (
    (
        6,
        dt.time(16, 10),
        "Cole",
        (
            "Hello Ben. We can write here between sessions. I look in on weekdays and answer "
            "within two working days. If it cannot wait, ring the practice or 999."
        ),
    ),
    (
        5,
        dt.time(8, 20),
        "Ben",
        "Thanks. I did the evening walk four times. The first one was the worst.",
    ),
    (
        5,
        dt.time(12, 45),
        "Cole",
        (
            "Four is a lot for a first week. Bring your notes, and we look at what made the last "
            "one easier."
        ),
    ),
    (
        1,
        dt.time(17, 30),
        "Ben",
        "I will. Could we start ten minutes later? My bus has a new time.",
    ),
)


class InProcess:
    """A client's way to the API without a server: the views themselves, as one person."""

    def __init__(self, viewer: Viewer) -> None:
        self.viewer = viewer
        self.user = membership_of_viewer(viewer).user

    def get(self, path: str) -> Answer:
        return self._ask(RequestFactory().get(f"/api/messaging/{path}"))

    def post(self, path: str, body: dict[str, Any]) -> Answer:
        return self._ask(
            RequestFactory().post(
                f"/api/messaging/{path}", json.dumps(body), content_type="application/json"
            )
        )

    def _ask(self, request: Any) -> Answer:
        request.viewer, request.user = self.viewer, self.user
        request.session = SessionBase()
        note_proof(request, "password")  # as somebody who has just signed in
        request._dont_enforce_csrf_checks = True  # no browser, no cookie
        match = resolve(request.path_info, settings.PRACTICE_URLCONF)
        response = match.func(request, *match.args, **match.kwargs)
        response.render()
        return Answer(response.status_code, json.loads(response.content or b"{}"))


def seed(demo: DemoPractice) -> None:
    """Eve's identity for the practice, keys for those who write, and a talk of Ben and Cole."""
    writers = [name for name in demo.people if cast_member(name).writes]
    if not writers:
        return
    clients = {name: Client(InProcess(demo.people[name])) for name in writers}
    with demo.at(demo.now - dt.timedelta(days=20)):
        for name, client in clients.items():
            client.make_keys(code=code_bytes(cast_member(name).recovery_code))
    with demo.at(demo.now - dt.timedelta(days=19)):
        clients["Eve"].make_identity()
        clients["Eve"].confirm_waiting()
    _talk(demo, clients)


def _talk(demo: DemoPractice, clients: dict[str, Client]) -> None:
    thread = ""
    for days, time, writer, text in TALK:
        moment = demo.instant(demo.local(-days, time))
        reader = clients["Ben" if writer == "Cole" else "Cole"]
        with demo.at(moment):
            thread = thread or clients[writer].begin(str(demo.patients["Ben"].pk))
            clients[writer].send(thread, text)
        if text == TALK[-1][-1]:
            continue
        for state, minutes in (("delivered", 3), ("read", 40)):
            later = moment + dt.timedelta(minutes=minutes)
            with demo.at(later):
                reader.read(thread)
                reader.confirm(thread, state, iso(later))
