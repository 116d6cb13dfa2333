"""What tests of figures share."""

from collections.abc import Iterator

import pytest
from django.conf import settings
from django.urls import set_urlconf


@pytest.fixture
def addresses() -> Iterator[None]:
    """The addresses of a practice, as inside a request below it."""
    set_urlconf(settings.PRACTICE_URLCONF)
    yield
    set_urlconf(None)
