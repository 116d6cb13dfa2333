"""How many queries a page costs."""

from __future__ import annotations

from django.db import connection  # noqa: TID251 - only counts what others ask
from django.test import Client
from django.test.utils import CaptureQueriesContext


def queries_of(client: Client, url: str) -> int:
    """The number of queries of a page that answers 200; a first visit warms caches."""
    assert client.get(url).status_code == 200
    with CaptureQueriesContext(connection) as queries:
        assert client.get(url).status_code == 200
    return len(queries)
