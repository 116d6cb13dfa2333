"""Work inside Alder, with goals and notes of the cast."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from portal.practices.models import Practice
from portal.tenancy.context import practice_scope
from tests.cast import Cast


@pytest.fixture
def in_alder(cast: Cast) -> Iterator[Practice]:
    """Work inside Alder for the whole test."""
    with practice_scope(cast.alder.pk):
        yield cast.alder
