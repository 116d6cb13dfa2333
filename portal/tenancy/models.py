"""What every practice-owned row has, and the key between such rows."""

from __future__ import annotations

import uuid
from typing import Any, ClassVar, Self, TypeVar

from django.core import checks
from django.db import models

from portal.tenancy.context import current_practice_id

M = TypeVar("M", bound=models.Model)


class PracticeManager(models.Manager[M]):
    """Rows of the ambient practice only; raises NoPractice without one.

    This is the wall above row security: with either of the two switched off the other holds.
    """

    def get_queryset(self) -> models.QuerySet[M]:
        return super().get_queryset().filter(practice_id=current_practice_id())


class PracticeOwned(models.Model):
    """A row that belongs to one practice.

    The migration that makes the table runs `SecurePracticeTable` on it; `test_every_table` fails
    for one that does not.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    practice_id = models.UUIDField(default=current_practice_id, editable=False)

    objects: ClassVar[PracticeManager[Self]] = PracticeManager()

    class Meta:
        abstract = True


class PracticeForeignKey(models.ForeignKey):  # type: ignore[type-arg]  # stubs give it set and get types
    """A key to a row of the same practice.

    The single-column constraint would let one practice point at another's row, so it is left out;
    `SecurePracticeTable` adds `(practice_id, x_id) -> (practice_id, id)`, deferrable.
    """

    def __init__(self, to: Any, on_delete: Any, **kwargs: Any) -> None:
        kwargs["db_constraint"] = False
        super().__init__(to, on_delete, **kwargs)

    def deconstruct(self) -> tuple[str, str, Any, dict[str, Any]]:
        name, path, args, kwargs = super().deconstruct()
        kwargs.pop("db_constraint", None)
        return name, path, args, kwargs

    def check(self, **kwargs: Any) -> list[checks.CheckMessage]:
        found: list[checks.CheckMessage] = super().check(**kwargs)
        related = self.remote_field.model
        if related is not self.model and not issubclass(related, PracticeOwned):
            found.append(
                checks.Error(
                    f"{self.model.__name__}.{self.name} is a PracticeForeignKey to "
                    f"{related.__name__}, which no practice owns. Use a ForeignKey.",
                    obj=self,
                    id="tenancy.E010",
                )
            )
        return found
