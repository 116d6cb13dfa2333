"""What a page that only reads asks once, however many of its parts need it.

The cards of several apps stand on one page, and each wants to know whom the viewer covers, or how
the practice works. The answers live as long as the request, for its practice, and only where the
request is one that changes nothing; anywhere else everything is asked each time.
"""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator
from contextvars import ContextVar
from typing import Any, TypeVar, cast

from portal.tenancy.context import current_practice_id

T = TypeVar("T")
_answers: ContextVar[dict[tuple[Any, ...], Any] | None] = ContextVar("answers", default=None)


@contextlib.contextmanager
def asking_once(*, if_: bool) -> Iterator[None]:
    """Remember until the end of the block; with `if_` false nothing is remembered inside it."""
    token = _answers.set({} if if_ else None)
    try:
        yield
    finally:
        _answers.reset(token)


def once(ask: Callable[[], T], *name: Any) -> T:
    """The answer that stands under that name, asked for at the first use."""
    answers = _answers.get()
    if answers is None:
        return ask()
    place = (current_practice_id(), *name)
    if place not in answers:
        answers[place] = ask()
    return cast("T", answers[place])


def known(*name: Any) -> Any:
    """The answer that stands under that name already, or None."""
    answers = _answers.get()
    return None if answers is None else answers.get((current_practice_id(), *name))
