"""Forms get everything that people and programs type; none of it may be an error of ours."""

from __future__ import annotations

import re
import uuid

from django.test import Client

ODD = (
    "",
    "   ",
    "\x00",
    "x\x00y",
    "-1",
    "0",
    "99999999999999999999",
    "1e9",
    "NaN",
    "\u202etxet",
    "\U0001f600" * 400,
    "a" * 10_000,
    "0001-01-01",
    "9999-12-31",
    "31/02/2026",
    "24:61",
    "<script>alert(1)</script>",
    "%s %(name)s {0}",
    "' OR 1=1 --",
    str(uuid.UUID(int=0)),
    "../../etc/passwd",
)
_NAME = re.compile(r'<(?:input|select|textarea)[^>]*\sname="([^"]+)"')


def names_on(client: Client, url: str) -> set[str]:
    """The names of the fields on a page."""
    page = client.get(url)
    assert page.status_code == 200, (url, page.status_code)
    return set(_NAME.findall(page.content.decode())) - {"csrfmiddlewaretoken"}


def survives_odd_input(client: Client, url: str, *, names: set[str] | None = None) -> None:
    """Post every odd value in every field, all at once and with none: never a 500."""
    fields = names if names is not None else names_on(client, url)
    for odd in ODD:
        answer = client.post(url, dict.fromkeys(fields, odd))
        assert answer.status_code < 500, (url, odd[:20])
    assert client.post(url, {}).status_code < 500
    doubled = client.post(url, {name: ["a", "b"] for name in fields})
    assert doubled.status_code < 500
