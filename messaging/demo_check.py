"""What `demo --check` does here: Ana makes keys, Eve confirms them, Ana and Cole write."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from messaging.client import Answer, Client, Hostile, ServerSaid, code_bytes
from portal.dev.cast import cast_member
from portal.dev.visitor import CheckFailed, DemoClient, Page, Visitor

_AT = "2026-01-05T09:00:00Z"


class OverHttp:
    """A client's way to the API: a signed-in visitor's."""

    def __init__(self, visitor: Visitor) -> None:
        self.visitor = visitor

    def get(self, path: str) -> Answer:
        return _answer(self.visitor.get(f"/alder/api/messaging/{path}"))

    def post(self, path: str, body: dict[str, Any]) -> Answer:
        return _answer(self.visitor.send_json(f"/alder/api/messaging/{path}", body))


def _answer(page: Page) -> Answer:
    try:
        return Answer(page.status, json.loads(page.body or "{}"))
    except ValueError:
        raise CheckFailed(f"{page.path} answered {page.status} and no JSON") from None


def steps(client: DemoClient) -> Iterator[str]:
    """Everything that Ana and Cole do to write to each other, over HTTP."""
    client.visitor("Ana").get("/alder/me/messages/").expect_status(200)
    try:
        yield from _write(client)
    except (Hostile, ServerSaid) as error:
        raise CheckFailed(f"messages: {error}") from error
    for name, status in (("Eve", 403), ("Dee", 403), ("Nat", 403), ("Yan", 404), ("Zoe", 404)):
        client.visitor(name).get("/alder/api/messaging/threads/").expect_status(status)
    yield "Eve, who confirms keys, sees no thread; neither do Dee and Nat; Yan and Zoe find nothing"


def _write(client: DemoClient) -> Iterator[str]:
    ana = Client(OverHttp(client.visitor("Ana")))
    eve, cole = _with_sheet(client, "Eve"), _with_sheet(client, "Cole")
    yield "Eve and Cole open their keys with the printed recovery sheets"

    ana.make_keys(pin="730512")
    thread = ana.begin()
    listed = ana.transport.get("threads/").good["threads"]
    if listed[0]["state"] != "waiting_for_confirmation":
        raise CheckFailed(f"before Eve confirms, Ana's thread says {listed[0]['state']}")
    yield "Ana makes keys and a PIN; her thread waits until the practice confirms them"

    if eve.confirm_waiting() != 1:
        raise CheckFailed("Eve finds another number of keys to confirm than Ana's")
    yield "Eve confirms Ana's keys with the practice's own"

    ana.send(thread, "Shall I bring the form on paper?")
    if [one.state for one in ana.read(thread)] != ["sent"]:
        raise CheckFailed("Ana's message is not shown as sent")
    if [one.text for one in cole.read(thread)] != ["Shall I bring the form on paper?"]:
        raise CheckFailed("Cole reads something else than Ana wrote")
    for state in ("delivered", "read"):
        cole.confirm(thread, state, _AT)
        if ana.read(thread)[0].state != state:
            raise CheckFailed(f"Ana's message is not shown as {state}")
    yield "Ana writes to Cole: sent, then delivered, then read, each signed by him"

    cole.send(thread, "No need, I have it here.")
    if [one.text for one in ana.news(thread)] != ["No need, I have it here."]:
        raise CheckFailed("Ana does not get Cole's answer")
    yield "Cole answers, and Ana opens it"


def _with_sheet(client: DemoClient, name: str) -> Client:
    person = Client(OverHttp(client.visitor(name)))
    person.open_with_sheet(code_bytes(cast_member(name).recovery_code))
    return person
