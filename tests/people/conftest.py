"""What the tests of people and their accounts share."""

from collections.abc import Iterator

import pytest
from django.core.cache import cache


@pytest.fixture(autouse=True)
def fresh_limits() -> Iterator[None]:
    """Guesses are counted in Redis, which outlives a test."""
    cache.clear()
    yield
    cache.clear()
