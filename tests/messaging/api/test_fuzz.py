"""Whatever is sent is answered: no body and no query makes the server fail."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from messaging.client import bodies
from tests.cast import Cast
from tests.messaging.people import Writers

pytestmark = pytest.mark.django_db
BASE = "/alder/api/messaging/"
NAMES = [
    *("kid", "x25519", "ed25519", "wrapped", "device", "recovery", "replace", "label", "salt"),
    *("auth", "nonce", "public", "entries", "n", "previous", "person", "revoked_at", "signature"),
    *("patient", "number", "members", "commit", "sealed", "blob", "role", "reads_from", "epoch"),
    *("message_id", "sequence", "directory", "kind", "ciphertext", "receipts", "message_hash"),
    *("state", "at"),
]
PATHS = [
    "keys/",
    "devices/begin/",
    "devices/",
    "devices/{thread}/open/",
    "recovery/",
    "identity/",
    "directory/",
    "threads/",
    "threads/{thread}/epochs/",
    "threads/{thread}/envelopes/",
    "threads/{thread}/receipts/",
]
# JSON that a parser lets through, broken text among it.
TEXTS = st.one_of(
    st.text(max_size=60),
    st.sampled_from(["AQ", "A" * 43, "A" * 86, "A" * 16, "\ud800", "\x00", "é" * 43, "=" * 43]),
    st.uuids().map(str),
    st.from_regex(r"\A[A-Za-z0-9_-]{16,130}\Z"),
)
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | TEXTS,
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(st.sampled_from(NAMES) | st.text(max_size=8), inner, max_size=6)
    ),
    max_leaves=14,
)
BODIES = st.dictionaries(st.sampled_from(NAMES), VALUES, max_size=14) | VALUES
QUIET = settings(
    max_examples=60,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)


@pytest.mark.parametrize("path", PATHS)
def test_any_json_is_answered(writers: Writers, path: str) -> None:
    may = "eve" if path in ("identity/", "directory/") else "ana"
    client = writers.cast.people[may].client()
    url = BASE + path.format(thread=writers.thread)

    @QUIET
    @given(BODIES)
    def send(body: Any) -> None:
        answer = client.post(url, json.dumps(body), content_type="application/json")
        assert answer.status_code < 500

    send()


@pytest.mark.parametrize("kind", ["epochs", "envelopes", "receipts"])
def test_a_true_body_with_one_thing_changed_is_answered(writers: Writers, kind: str) -> None:
    writers.cole.send(writers.thread, "One.")
    writers.ana.read(writers.thread)
    body = true_body(writers, kind)
    client, url = writers.cast.ana.client(), f"{BASE}threads/{writers.thread}/{kind}/"

    @QUIET
    @given(st.sampled_from(sorted(body)), VALUES)
    def send(field: str, value: Any) -> None:
        changed = {**body, field: value}
        if kind == "receipts":
            changed = {"receipts": [changed]}
        answer = client.post(url, json.dumps(changed), content_type="application/json")
        assert answer.status_code < 500

    send()


def true_body(writers: Writers, kind: str) -> dict[str, Any]:
    """What Ana could send next, and for epochs what she did send as the last one, numbered on."""
    ana, thread = writers.ana, writers.ana.threads[writers.thread]
    if kind == "envelopes":
        return bodies.envelope(thread, "Two.", "00000000-0000-4000-8000-00000000000c")
    if kind == "receipts":
        return dict(bodies.receipt(thread, thread.messages[0], "read", "2026-01-01T00:00:00Z"))
    epoch = ana.transport.get(f"threads/{writers.thread}/").good["epochs"][-1]
    names = ("members", "commit", "signature")
    seals = [
        {"person": one["person"], "kid": one["kid"], "blob": epoch["sealed_key"]}
        for one in epoch["members"]
    ]
    return {"number": 2, "sealed": seals, **{name: epoch[name] for name in names}}


def test_bodies_that_are_no_json_too_large_or_of_another_kind_are_answered(cast: Cast) -> None:
    client = cast.ana.client()
    for content, kind, status in (
        (b"{", "application/json", 400),
        (b"\xff\xfe", "application/json", 400),
        (b'{"kid": NaN}', "application/json", 400),
        (b"[" * 100_000, "application/json", 400),
        (b'"' + b"x" * 600_000 + b'"', "application/json", 413),
        (b"kid=1", "application/x-www-form-urlencoded", 415),
    ):
        answer = client.post(f"{BASE}keys/", content, content_type=kind)
        assert answer.status_code == status, content[:20]


@pytest.mark.parametrize("value", ["", "-1", "x", "99999999999999999999", "1e3", "\x00", "٣"])
def test_odd_cursors_are_answered(writers: Writers, value: str) -> None:
    client = writers.cast.ana.client()
    for path, name in (
        ("threads/", "page"),
        (f"threads/{writers.thread}/", "before"),
        (f"threads/{writers.thread}/news/", "after"),
        ("directory/", "after"),
    ):
        assert client.get(BASE + path, {name: value}).status_code in (200, 400), (path, value)
