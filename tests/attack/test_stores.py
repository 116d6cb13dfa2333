"""What is kept between a browser and the portal: caches on the way, and the cache behind it."""

from __future__ import annotations

import pickle
import time
from typing import Any

import pytest
from django.core.cache import cache
from django.test import Client

from portal.people.signin.lifetimes import SEEN_AT
from tests.cast import Cast, Person
from tests.everywhere.urls import addresses


def after_a_pause(person: Person) -> Client:
    """Signed in; whatever is asked for next notes in the session that the person is there."""
    client = person.client()
    client.get(person.url("me/"))
    session = client.session
    session[SEEN_AT] = int(time.time()) - 100
    session.save()
    return client


def test_no_answer_that_a_store_may_keep_carries_a_cookie(cast: Cast, db: None) -> None:
    """A proxy that keeps a style sheet would hand the first reader's session to the next."""
    carried = []
    for address in addresses():
        if not (address.is_public or address.is_accounts) or address.name == "landing:ready":
            continue
        below = "/alder" if address.below_practice else ""
        answer = after_a_pause(cast.ana).get(below + address.path())
        kept_from_stores = "no-store" in answer.headers["Cache-Control"]
        if answer.cookies and not kept_from_stores:
            carried.append(address.name)
    assert not carried


@pytest.mark.parametrize("value", [[1.5, 2.5], {"a": [None, True]}, "y", 7, "7", True])
def test_what_goes_into_the_cache_comes_back_as_it_was(value: Any) -> None:
    cache.set("t-as-it-was", value)
    back = cache.get("t-as-it-was")
    assert back == value
    assert type(back) is type(value)


def test_the_cache_runs_nothing_that_somebody_else_has_put_there() -> None:
    """Redis is shared with the queue: whoever can write there must not run code here (1.5.2)."""
    key = cache.make_key("t-planted")
    store: Any = cache
    store._cache.get_client(key, write=True).set(key, pickle.dumps(_Planted()))
    with pytest.raises(ValueError):
        cache.get("t-planted")
    assert not _ran


_ran: list[str] = []


class _Planted:
    def __reduce__(self) -> tuple[Any, ...]:
        return _run, ()


def _run() -> None:
    _ran.append("ran")
