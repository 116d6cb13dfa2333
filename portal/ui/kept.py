"""Words that waited for their author, offered to the form they were written in.

Whoever keeps them (the sign-in, which knows whose they are) offers them for one request; every
`AccessibleForm` that is shown empty and knows their fields takes them as its first values. Nothing
is sent by itself: the person reads the form and presses the button.
"""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator
from contextvars import ContextVar
from dataclasses import dataclass

from django import forms
from django.http import QueryDict


@dataclass
class Offer:
    """The fields as they were posted. `taken` is called once, when a form has taken them."""

    posted: QueryDict
    taken: Callable[[], None]
    is_taken: bool = False


_offer: ContextVar[Offer | None] = ContextVar("kept_words", default=None)


@contextlib.contextmanager
def offering(offer: Offer) -> Iterator[Offer]:
    """Offer the words to the forms of this request."""
    token = _offer.set(offer)
    try:
        yield offer
    finally:
        _offer.reset(token)


def fill(form: forms.BaseForm) -> None:
    """Take the offered words, where this form is empty and the words are its own."""
    offer = _offer.get()
    if offer is None or form.is_bound or not _is_its_own(form, offer.posted):
        return
    for name, field in form.fields.items():
        if isinstance(field.widget, (forms.PasswordInput, forms.FileInput)):
            continue
        form.initial[name] = field.widget.value_from_datadict(
            offer.posted, {}, form.add_prefix(name)
        )
    if not offer.is_taken:
        offer.is_taken = True
        offer.taken()


def _is_its_own(form: forms.BaseForm, posted: QueryDict) -> bool:
    """Most of what was posted belongs to the form; a button or a page's own field may not."""
    names = [form.add_prefix(name) for name in form.fields]
    own = sum(any(key == name or key.startswith(f"{name}_") for name in names) for key in posted)
    return own > 0 and 2 * own >= len(posted)
