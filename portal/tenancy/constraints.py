"""Constraints that may be broken for a moment inside one transaction."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator

from django.db import connections


@contextlib.contextmanager
def deferred(name: str) -> Iterator[None]:
    """Check a deferrable constraint at the end of the block instead of at each statement.

    Raises IntegrityError there. Needs a transaction; an error inside ends it, and with it this.
    """
    quoted = connections["default"].ops.quote_name(name)
    with connections["default"].cursor() as cursor:
        cursor.execute(f"SET CONSTRAINTS {quoted} DEFERRED")
        yield
        cursor.execute(f"SET CONSTRAINTS {quoted} IMMEDIATE")
