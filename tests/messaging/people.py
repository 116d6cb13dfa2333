"""The cast with Python clients of sealed messages, over Django's test client."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import Any

from django.test import Client as HttpClient

from messaging.client import Answer, Client
from tests.cast import Cast, Person

AT = "2026-03-02T09:00:00Z"


@dataclass
class Http:
    """The transport of one person: Django's test client below their practice."""

    person: Person
    http: HttpClient = field(init=False)

    def __post_init__(self) -> None:
        self.http = self.person.client()

    def url(self, path: str) -> str:
        return self.person.url(f"api/messaging/{path}")

    def get(self, path: str) -> Answer:
        return _answer(self.http.get(self.url(path)))

    def post(self, path: str, body: dict[str, Any]) -> Answer:
        return _answer(
            self.http.post(self.url(path), json.dumps(body), content_type="application/json")
        )


def _answer(response: Any) -> Answer:
    assert response.status_code < 500, response.content[:500]
    is_json = response.headers.get("Content-Type", "").startswith("application/json")
    return Answer(response.status_code, response.json() if is_json and response.content else {})


@dataclass
class Writers:
    """Eve holds the practice's identity; Ana and Cole have confirmed keys and a thread."""

    cast: Cast
    eve: Client
    ana: Client
    cole: Client
    thread: str


def client_of(person: Person, **given: Any) -> Client:
    """Somebody's client without keys."""
    return Client(Http(person), **given)


def with_keys(person: Person, **given: Any) -> Client:
    """Somebody's client with keys that wait to be confirmed."""
    client = client_of(person, **given)
    client.make_keys()
    return client


def make_writers(cast: Cast) -> Writers:
    """The three of them, ready."""
    eve = with_keys(cast.eve)
    eve.make_identity()
    ana, cole = with_keys(cast.ana), with_keys(cast.cole)
    assert eve.confirm_waiting() == 3
    return Writers(cast, eve, ana, cole, ana.begin())
