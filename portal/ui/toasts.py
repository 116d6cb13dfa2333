"""Saying that something is done, with a way back."""

from django.contrib import messages
from django.contrib.messages.storage.base import Message
from django.http import HttpRequest

from portal.ui.widgets import Text


def toast(request: HttpRequest, text: Text, *, undo_url: str = "") -> None:
    """Say `text` ("Goal saved 10:44.") on the next page; `undo_url` is posted to when the person
    presses *Undo*.

    Only for what is done. What went wrong is said where the person can read it in peace:
    `messages.warning` shows as an alert at the top of the page.
    """
    messages.success(request, str(text), extra_tags=undo_url)


def undo_url(message: Message) -> str:
    """Return the address that undoes what `message` tells of, or an empty text.

    A library may put words into the extra tags; only an address of ours counts.
    """
    tags = str(message.extra_tags or "")
    return tags if tags.startswith("/") and not tags.startswith("//") else ""
