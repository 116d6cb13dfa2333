"""What a server that cheats gets shown in a browser, and what it cannot do after a reload."""

from __future__ import annotations

import secrets
from typing import Any

from playwright.sync_api import Route, expect

from messaging.blobs import from_text, to_text
from tests.journeys.sealing import make_keys, make_ready, recover, unlock
from tests.journeys.stage import DESK, Journey, Stage


def cheat(journey: Journey, pattern: str, change: Any) -> None:
    """Let `change` have its way with an answer of the server."""

    def answer(route: Route) -> None:
        reply = route.fetch()
        body = reply.json()
        change(body)
        route.fulfill(response=reply, json=body)

    journey.context.route(pattern, answer)


def test_a_message_that_was_changed_is_not_shown_and_that_is_said(stage: Stage) -> None:
    ready = make_ready(stage.cast)
    for words in ("The first one.", "The second one.", "The third one."):
        ready.cole.send(ready.thread, words)

    def swap(body: dict[str, Any]) -> None:
        first, second, *_rest = body["envelopes"]
        first["ciphertext"] = first["ciphertext"][:-4] + secrets.token_hex(2)
        second["receipts"] = [
            {"reader": second["sender"], "kid": second["kid"], "state": "read"}
            | {"at": "2026-03-02T09:00:00Z", "signature": second["signature"]}
        ]

    ana = stage.open("ana")
    cheat(ana, f"**/threads/{ready.thread}/", swap)
    recover(ana, "me/messages/", ready.code)
    expect(ana.page.get_by_text("The third one.")).to_be_visible()
    expect(ana.page.get_by_text("The first one.")).to_be_hidden()
    expect(
        ana.page.get_by_text("This message could not be checked. It is not shown.")
    ).to_be_visible()
    expect(
        ana.page.get_by_text("A message that stood here before is missing or was changed.")
    ).to_be_visible()
    expect(
        ana.page.get_by_text("A confirmation for this message could not be checked.")
    ).to_be_visible()
    ana.looks_right()


def test_another_identity_or_list_of_readers_stops_everything(stage: Stage) -> None:
    ready = make_ready(stage.cast)
    ready.cole.send(ready.thread, "Before.")
    ana = stage.open("ana")
    recover(ana, "me/messages/", ready.code)
    expect(ana.page.get_by_text("Before.")).to_be_visible()

    def ghost(body: dict[str, Any]) -> None:
        body["epochs"][0]["members"][0]["role"] = "duty"

    cheat(ana, f"**/threads/{ready.thread}/", ghost)
    ana.page.reload()
    unlock(ana)
    expect(ana.page.get_by_text("is not what their writers signed")).to_be_visible()
    expect(ana.page.get_by_text("Before.")).to_be_hidden()

    def other(body: dict[str, Any]) -> None:
        body["identity"]["public"] = body["keys"]["ed25519"]

    cheat(ana, "**/messaging/state/", other)
    ana.page.reload()
    expect(ana.page.get_by_text("is another than the one this device knows")).to_be_visible()
    assert ana.axe() == []


def test_a_message_that_this_browser_has_shown_cannot_vanish_while_the_page_is_closed(
    stage: Stage,
) -> None:
    """The last one, with every number as it was: no later message tells that it is missing."""
    ready = make_ready(stage.cast)
    for words in ("The first one.", "The last one."):
        ready.cole.send(ready.thread, words)
    ana = stage.open("ana")
    recover(ana, "me/messages/", ready.code)
    expect(ana.page.get_by_text("The last one.")).to_be_visible()
    ana.page.reload()
    unlock(ana)
    expect(ana.page.get_by_text("The last one.")).to_be_visible()

    cheat(ana, f"**/threads/{ready.thread}/", lambda body: body["envelopes"].pop())
    ana.page.reload()
    unlock(ana)
    expect(ana.page.get_by_text("that were here are missing")).to_be_visible()
    expect(ana.page.get_by_text("The first one.")).to_be_hidden()


def test_bytes_that_no_client_writes_take_the_place_of_one_message_alone(stage: Stage) -> None:
    ready = make_ready(stage.cast)
    for words in ("The first one.", "The second one."):
        ready.cole.send(ready.thread, words)

    def another_suite(body: dict[str, Any]) -> None:
        sealed = from_text(body["envelopes"][0]["ciphertext"])
        body["envelopes"][0]["ciphertext"] = to_text(b"\x02" + sealed[1:])

    ana = stage.open("ana")
    cheat(ana, f"**/threads/{ready.thread}/", another_suite)
    recover(ana, "me/messages/", ready.code)
    expect(ana.page.get_by_text("The second one.")).to_be_visible()
    expect(
        ana.page.get_by_text("This message could not be checked. It is not shown.")
    ).to_be_visible()


def test_the_identity_that_was_made_here_is_the_one_that_is_pinned(stage: Stage) -> None:
    eve = stage.open("eve", width=DESK)
    make_keys(eve, "staff/messages/keys/")

    def other(body: dict[str, Any]) -> None:
        if body["identity"]:
            body["identity"]["public"] = body["keys"]["ed25519"]

    cheat(eve, "**/messaging/state/", other)
    eve.page.get_by_role("button", name="Make the practice’s key").press("Enter")
    expect(eve.page.get_by_text("is another than the one this device knows")).to_be_visible()


def test_what_stands_before_the_first_line_of_the_directory_is_no_head_of_it(stage: Stage) -> None:
    """As in the Python twin: a message under an empty directory is under another one."""
    stranger = stage.open()
    stranger.go("help/")
    assert stranger.page.evaluate(
        """async () => {
            const { Directory } = await import("/static/js/messages/directory.js");
            const directory = new Directory("practice", new Uint8Array(32));
            directory.heads.push(new Uint8Array(32).fill(7));
            return [0, 7, 8].map((byte) => directory.hasHead(new Uint8Array(32).fill(byte)));
        }"""
    ) == [False, True, False]
