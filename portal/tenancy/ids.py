"""Ids travel light: one array for a list of them, and one object for one that comes often.

Django asks for a list of ids with a placeholder for each, every one of which it prepares, compiles
and quotes by itself; a batch of texts asks for a dozen such lists.
"""

from __future__ import annotations

from functools import lru_cache
from typing import Any
from uuid import UUID

from django.core.exceptions import EmptyResultSet
from django.db import models
from django.db.models.fields.related_lookups import RelatedIn
from django.db.models.lookups import In
from psycopg2 import extensions

_uuid = lru_cache(maxsize=16_384)(UUID)


class _InArray(In):
    """`id = ANY(array)`, for plain ids; whatever else is asked for goes Django's way."""

    def get_prep_lookup(self) -> Any:
        if self.rhs_is_direct_value() and _is_id(self.lhs.output_field):
            self.rhs = list(self.rhs)  # it may be read only once
            if all(type(each) is UUID for each in self.rhs):
                self.rhs = dict.fromkeys(self.rhs)
                return self.rhs
        return super().get_prep_lookup()

    def process_rhs(self, compiler: Any, connection: Any) -> tuple[str, tuple[str | int, ...]]:
        if not isinstance(self.rhs, dict):
            return super().process_rhs(compiler, connection)
        if not self.rhs:
            raise EmptyResultSet
        return "%s::uuid[]", ("{" + ",".join(map(str, self.rhs)) + "}",)

    def get_rhs_op(self, connection: Any, rhs: str) -> str:
        return (
            f"= ANY({rhs})" if isinstance(self.rhs, dict) else super().get_rhs_op(connection, rhs)
        )


class _RelatedInArray(_InArray, RelatedIn):
    """The same of a key to another row."""


def travel_light() -> None:
    """Once for each process, before the first query."""
    models.UUIDField.register_lookup(_InArray)
    models.ForeignKey.register_lookup(_RelatedInArray)
    kind = extensions.new_type(extensions.UUID.values, "UUID", _cast)
    extensions.register_type(kind)
    extensions.register_type(extensions.new_array_type(extensions.UUIDARRAY.values, "UUID[]", kind))


def _is_id(field: Any) -> bool:
    """Whether a column holds ids; that of a key, what its target's does."""
    while isinstance(field, models.ForeignKey):
        field = field.target_field
    return isinstance(field, models.UUIDField)


def _cast(text: str | None, _cursor: object) -> UUID | None:
    return None if text is None else _uuid(text)
