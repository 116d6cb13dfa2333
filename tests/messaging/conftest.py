"""People who can write."""

import pytest

from tests.cast import Cast
from tests.messaging.people import Writers, make_writers


@pytest.fixture
def writers(cast: Cast) -> Writers:
    """Ana and Cole with a thread that is ready, and Eve who vouches for them."""
    return make_writers(cast)
