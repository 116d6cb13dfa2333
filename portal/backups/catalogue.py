"""What is in a database, in numbers that two databases can be compared by."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any

from django.apps import apps
from django.db.backends.utils import CursorWrapper


@dataclass(frozen=True)
class Contents:
    """How many rows a table has, and a sum of their hashes that no order changes."""

    rows: int
    checksum: str

    def as_json(self) -> dict[str, Any]:
        """Plain values for the manifest."""
        return asdict(self)


def tables_apart() -> list[str]:
    """Tables that are no part of the ordinary backup: models say so by `kept_apart = True`."""
    models = apps.get_models(include_auto_created=True)
    return sorted(m._meta.db_table for m in models if getattr(m, "kept_apart", False))


def contents(cursor: CursorWrapper) -> dict[str, Contents]:
    """Every table of ours, as the owner sees it."""
    cursor.execute("SET LOCAL TIME ZONE 'UTC'")
    cursor.execute(
        "SELECT relname FROM pg_class WHERE relnamespace = 'public'::regnamespace "
        "AND relkind = 'r' ORDER BY relname"
    )
    return {name: _of_table(cursor, name) for (name,) in cursor.fetchall()}


def heads(cursor: CursorWrapper) -> dict[str, str]:
    """The last seal of each practice's audit: practice, then `number:hash`."""
    cursor.execute(
        "SELECT DISTINCT ON (practice_id) practice_id, n, encode(hash, 'hex') "
        "FROM audit_auditseal ORDER BY practice_id, n DESC"
    )
    return {str(practice): f"{n}:{digits}" for practice, n, digits in cursor.fetchall()}


def migrations(cursor: CursorWrapper) -> list[str]:
    """The migrations that were run, as `app.name`."""
    cursor.execute("SELECT app || '.' || name FROM django_migrations ORDER BY 1")
    return [name for (name,) in cursor.fetchall()]


def _of_table(cursor: CursorWrapper, name: str) -> Contents:
    # A name out of the catalogue, quoted.
    quoted = '"' + name.replace('"', '""') + '"'
    cursor.execute(
        f"SELECT count(*), coalesce(sum(hashtextextended(t::text, 0)::numeric), 0) FROM {quoted} t"  # noqa: S608
    )
    rows, checksum = cursor.fetchone()
    return Contents(rows, str(checksum))
