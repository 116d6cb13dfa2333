"""The same values posted to every page that takes a form, as somebody who may: never a 5xx."""

from __future__ import annotations

import re
from typing import Any
from uuid import UUID

import pytest
from django.db import transaction
from django.test import Client
from hypothesis import given
from hypothesis import strategies as st

from portal.access.roles import ROLE_PERMISSIONS
from tests.cast import Cast
from tests.everywhere.test_every_url import MEANS, ONE_OF_EACH, PUBLIC, foreign
from tests.everywhere.urls import Address, practice_addresses
from tests.fuzz import conftest, values

__all__ = ["foreign"]  # a fixture: one row of each kind
pytestmark = pytest.mark.django_db

_BOX = re.compile(r'<(?:input|select|textarea|button)[^>]*\sname="([^"]+)"')
_VALUE = re.compile(r'<(?:input|option|button)[^>]*\svalue="([^"]+)"')
# Beside what stands on a page: what pages read from an address, and what only a script sends.
_ALWAYS = ("page", "next", "from", "day", "practice_id", "patient_id", "id", "shown", "go")
ADDRESSES = [
    address
    for address in practice_addresses()
    if not isinstance(address.view, type) and address.name not in ("leave", "session_check")
]


def _person(address: Address) -> str | None:
    """One of the cast who may open it; None for a stranger."""
    if address.name in PUBLIC:
        return None
    roles = [role for role in ONE_OF_EACH if address.permission in ROLE_PERMISSIONS[role]]
    return ONE_OF_EACH[roles[0]] if roles else "ana"


def _path(address: Address, rows: dict[str, UUID]) -> str:
    given = {name: rows[MEANS[name]] for name, _kind in address.parameters if name in MEANS}
    return "/alder" + address.path(**given)


def _values(found: list[str]) -> st.SearchStrategy[list[str]]:
    one = st.sampled_from(found) | values.ANYTHING if found else values.ANYTHING
    return st.lists(one, max_size=3)


@pytest.mark.parametrize("address", ADDRESSES, ids=lambda address: address.name)
def test_nothing_that_is_sent_to_a_page_is_an_error_of_ours(
    cast: Cast,
    foreign: dict[str, UUID],
    address: Address,
) -> None:
    name = _person(address)
    client = cast.people[name].client() if name else Client()
    client.raise_request_exception = False
    path = _path(address, foreign)
    shown = client.get(path)
    html = b"" if shown.streaming else shown.content
    words = html.decode(errors="replace")
    names = {*_BOX.findall(words), *_ALWAYS}
    found = sorted({each for each in _VALUE.findall(words) if len(each) < 80})[:60]
    each_value = _values(found)
    fields: st.SearchStrategy[dict[str, Any]] = st.fixed_dictionaries(
        {}, optional=dict.fromkeys(sorted(names), each_value)
    )

    @values.some(values.CASES // 2 // len(ADDRESSES) + 1, 2)
    @given(data=fields, query=fields, posts=st.sampled_from([True, True, True, False]))
    def survives(data: dict[str, Any], query: dict[str, Any], posts: bool) -> None:
        conftest.COUNTED["pages"] += 1
        with transaction.atomic():  # each case finds the page as the first did
            if posts:
                answer = client.post(path, _sendable(data))
            else:
                answer = client.get(path, _sendable(query))
            transaction.set_rollback(True)
        assert answer.status_code < 500, f"{address.name}: {answer.status_code}"

    survives()


def _sendable(data: dict[str, list[str]]) -> dict[str, list[str]]:
    """Half a character cannot be sent by any browser; a form gets it in test_forms."""
    return {
        name: [each.encode("utf-8", "replace").decode() for each in values_]
        for name, values_ in data.items()
    }
