"""The only two ways to make a Celery task.

A task carries ids, may run twice, and checks again before anything leaves the building. Its row is
the truth and the queue is a bell. `practice_task` enters the practice before the body runs;
`platform_task` runs outside any practice and sees global tables only.
"""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any, Generic, ParamSpec
from uuid import UUID

from celery import current_app
from django.db import transaction

from portal.tenancy.context import ambient_practice, current_practice_id, practice_transaction

P = ParamSpec("P")
REGISTRY: dict[str, PracticeTask[Any] | PlatformTask[Any]] = {}


class PracticeTask(Generic[P]):
    """A task of one practice. `dispatch(*ids)` queues it when the transaction commits."""

    def __init__(self, function: Callable[P, None], name: str, *, own_transactions: bool) -> None:
        functools.update_wrapper(self, function)
        self.function, self.name, self.own_transactions = function, name, own_transactions
        REGISTRY[name] = self
        self.celery_task = current_app.task(name=name, shared=True)(self._run)

    def dispatch(self, *args: P.args, **kwargs: P.kwargs) -> None:
        """Queue for the current practice, on commit. Ids only: they are sent as text."""
        practice_id = str(current_practice_id())
        texts = [str(value) for value in args]
        transaction.on_commit(
            lambda: self.celery_task.apply_async(args=[practice_id, *texts], kwargs=dict(kwargs))
        )

    def __call__(self, *args: P.args, **kwargs: P.kwargs) -> None:
        """Run here and now, in the practice that is already ambient."""
        self.function(*args, **kwargs)

    def _run(self, practice_id: str, *args: Any, **kwargs: Any) -> None:
        with ambient_practice(UUID(practice_id)):
            if self.own_transactions:
                self.function(*args, **kwargs)
                return
            with practice_transaction():
                self.function(*args, **kwargs)


class PlatformTask(Generic[P]):
    """A task of the installation: global tables only; enters practices by an explicit scope."""

    def __init__(self, function: Callable[P, None], name: str) -> None:
        functools.update_wrapper(self, function)
        self.function, self.name = function, name
        REGISTRY[name] = self
        self.celery_task = current_app.task(name=name, shared=True)(function)

    def dispatch(self, *args: P.args, **kwargs: P.kwargs) -> None:
        texts = [str(value) for value in args]
        transaction.on_commit(lambda: self.celery_task.apply_async(args=texts, kwargs=dict(kwargs)))

    def __call__(self, *args: P.args, **kwargs: P.kwargs) -> None:
        self.function(*args, **kwargs)


def practice_task(
    *, name: str, own_transactions: bool = False
) -> Callable[[Callable[P, None]], PracticeTask[P]]:
    """Make a task of one practice; `name` is `app.verb`."""

    def wrap(function: Callable[P, None]) -> PracticeTask[P]:
        return PracticeTask(function, name, own_transactions=own_transactions)

    return wrap


def platform_task(*, name: str) -> Callable[[Callable[P, None]], PlatformTask[P]]:
    """Make a task of the installation; `name` is `app.verb`."""

    def wrap(function: Callable[P, None]) -> PlatformTask[P]:
        return PlatformTask(function, name)

    return wrap
