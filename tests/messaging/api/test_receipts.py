"""T-E2E-18: nobody but the reader confirms, and what was read does not become unread."""

from __future__ import annotations

import random
import secrets
from typing import Any
from uuid import UUID

import pytest

from messaging.api.bodies import ReceiptBody, ReceiptsBody
from messaging.blobs import from_text, to_text
from messaging.client import bodies
from messaging.errors import Refused
from messaging.models import Receipt
from messaging.sealed.primitives import sign
from messaging.services import messages
from portal.tenancy.context import practice_scope
from tests.messaging.client.hostile import flipped
from tests.messaging.people import AT, Writers

pytestmark = pytest.mark.django_db
CASES = 500


def post(writers: Writers, who: str, *receipts: dict[str, Any]) -> Any:
    client = getattr(writers, who)
    return client.transport.post(
        f"threads/{writers.thread}/receipts/", {"receipts": list(receipts)}
    )


def read_body(receipt: dict[str, str]) -> dict[str, Any]:
    """A receipt as the API hands it on."""
    body = ReceiptBody(data=receipt)
    assert body.is_valid(), body.errors
    return dict(body.validated_data)


def stored(writers: Writers) -> list[str]:
    with practice_scope(writers.cast.alder.pk):
        return sorted(Receipt.objects.values_list("state", flat=True))


def test_five_hundred_forged_or_moved_confirmations_are_refused(writers: Writers) -> None:
    """Each is a true receipt of Cole's with one thing wrong, posted by Cole or by Ana."""
    writers.ana.send(writers.thread, "One.")
    writers.cole.send(writers.thread, "Two.")
    writers.ana.read(writers.thread)
    writers.cole.read(writers.thread)
    thread, mallory = writers.cole.threads[writers.thread], secrets.token_bytes(32)
    theirs, own = thread.messages
    cole, generator = writers.cole, random.Random(18)
    assert cole.account is not None
    viewers = {name: writers.cast.people[name].viewer for name in ("ana", "cole")}
    for number in range(CASES):
        good = bodies.receipt(thread, theirs, generator.choice(["delivered", "read"]), AT)
        other = {"delivered": "read", "read": "delivered"}[good["state"]]
        forgeries: list[tuple[str, dict[str, str]]] = [
            ("cole", {**good, "state": other}),
            ("cole", {**good, "at": "2027-01-01T00:00:00Z"}),
            ("cole", {**good, "signature": flipped(good["signature"], generator)}),
            ("cole", {**good, "message_hash": flipped(good["message_hash"], generator)}),
            ("cole", {**good, "message_id": own.header.message_id}),
            ("cole", {**good, "message_id": "00000000-0000-4000-8000-000000000009"}),
            ("cole", {**good, "signature": to_text(sign(mallory, from_text(good["signature"])))}),
            ("cole", bodies.receipt(thread, own, good["state"], AT)),
            ("ana", good),
        ]
        who, forged = forgeries[number % len(forgeries)]
        with practice_scope(writers.cast.alder.pk), pytest.raises(Refused) as refused:
            messages.store_receipts(
                thread_id=UUID(writers.thread),
                receipts=ReceiptsBody.made({"receipts": [read_body(forged)]}),
                by=viewers[who],
            )
        assert (refused.value.status, refused.value.code) == (422, "receipt"), (who, forged)
    assert stored(writers) == []
    assert [one.state for one in writers.ana.read(writers.thread)] == ["sent", "sent"]


def test_one_bad_receipt_among_good_ones_stores_none(writers: Writers) -> None:
    writers.ana.send(writers.thread, "One.")
    writers.cole.read(writers.thread)
    thread = writers.cole.threads[writers.thread]
    good = bodies.receipt(thread, thread.messages[0], "delivered", AT)
    bad = {**good, "state": "read"}
    assert post(writers, "cole", good, bad).status == 422
    assert stored(writers) == []


def test_states_only_go_forward_and_again_is_nothing_new(writers: Writers) -> None:
    writers.ana.send(writers.thread, "One.")
    writers.cole.read(writers.thread)
    said = [
        writers.cole.confirm(writers.thread, state, AT) for state in ("read", "delivered", "read")
    ]
    assert said == [1, 0, 0]
    assert stored(writers) == ["read"]
    assert writers.ana.read(writers.thread)[0].state == "read"
