"""The practice that the current work is for.

The practice is ambient in Python (a context variable) and is told to the database at the start of
each outermost transaction, for that transaction only: a setting of the session would leak through
pooled connections. Outside a transaction practice-owned tables are empty.
"""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from contextvars import ContextVar
from typing import Any
from uuid import UUID

import structlog
from django.db import connections, transaction

from portal.tenancy.errors import NoPractice

PRACTICE_SETTING = "app.practice_id"
USER_SETTING = "app.user_id"

_practice: ContextVar[UUID | None] = ContextVar("practice_id", default=None)
logger = structlog.get_logger(__name__)


def current_practice_id() -> UUID:
    """The practice in force. Raises NoPractice where there is none."""
    practice_id = _practice.get()
    if practice_id is None:
        raise NoPractice("This needs a practice: enter one with practice_scope(practice.id).")
    return practice_id


def has_practice() -> bool:
    return _practice.get() is not None


@contextlib.contextmanager
def ambient_practice(practice_id: UUID) -> Iterator[None]:
    """Make a practice ambient without opening a transaction.

    For work that opens transactions of its own, such as calls to a provider in between.
    """
    token = _practice.set(practice_id)
    try:
        yield
    finally:
        _practice.reset(token)


@contextlib.contextmanager
def practice_transaction() -> Iterator[None]:
    """A transaction in the ambient practice. Nested calls are savepoints."""
    with _transaction_with(PRACTICE_SETTING, current_practice_id()):
        yield


@contextlib.contextmanager
def practice_scope(practice_id: UUID) -> Iterator[None]:
    """Work for one practice: ambient in Python, set in the database, in one transaction."""
    with ambient_practice(practice_id), practice_transaction():
        yield


@contextlib.contextmanager
def user_scope(user_id: Any) -> Iterator[None]:
    """A transaction in which a person sees their own memberships, in every practice."""
    with _transaction_with(USER_SETTING, user_id):
        yield


@contextlib.contextmanager
def crossing_practices(*, reason: str) -> Iterator[str]:
    """Yield the alias of the database role that may look across practices.

    That role reads ids, states and due times of rows with due work and nothing else. The reason
    goes to the log; the word is greppable.
    """
    logger.debug("crossing_practices", reason=reason)
    yield "dispatch"


@contextlib.contextmanager
def _transaction_with(setting: str, value: object) -> Iterator[None]:
    nested = connections["default"].in_atomic_block
    with transaction.atomic():
        before = _tell_database(setting, value)
        yield
        if nested:  # the setting outlives a savepoint; after an error the rollback restores it
            _tell_database(setting, before)


def _tell_database(setting: str, value: object) -> str:
    """Set `setting` for this transaction and return what it was."""
    connection = connections["default"]
    if not connection.in_atomic_block:
        raise NoPractice("The practice can be told to the database only inside a transaction.")
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT current_setting(%s, true), set_config(%s, %s, true)",
            [setting, setting, "" if value is None else str(value)],
        )
        before, _ = cursor.fetchone()
    return before or ""
