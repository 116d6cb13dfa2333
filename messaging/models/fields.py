"""Columns of bytes whose length the database itself checks."""

from __future__ import annotations

from typing import Any

from django.db import models


class BytesField(models.BinaryField):  # type: ignore[type-arg]  # the stubs give it no types to set
    """Exactly `size` bytes, or any number up to `at_most`; read back as `bytes`."""

    def __init__(self, *args: Any, size: int = 0, at_most: int = 0, **kwargs: Any) -> None:
        self.size, self.at_most = size, at_most
        super().__init__(*args, **kwargs)

    def deconstruct(self) -> tuple[str, str, Any, dict[str, Any]]:
        name, path, args, kwargs = super().deconstruct()
        sizes = {"size": self.size, "at_most": self.at_most}
        return name, path, args, kwargs | {key: value for key, value in sizes.items() if value}

    def db_check(self, connection: Any) -> str:
        length = f'octet_length("{self.column}")'
        return f"{length} = {self.size}" if self.size else f"{length} <= {self.at_most}"

    def from_db_value(self, value: Any, expression: Any, connection: Any) -> bytes | None:
        return None if value is None else bytes(value)


class SealedField(BytesField):
    """A sealed blob: the server stores it and never looks in. Its first byte is the suite."""

    def db_check(self, connection: Any) -> str:
        return f'{super().db_check(connection)} AND get_byte("{self.column}", 0) = 1'
