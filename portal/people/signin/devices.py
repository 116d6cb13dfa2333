"""What kind of device a browser runs on, in the words people use for theirs."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

# The first that is found in the browser's own description; order matters (iPads say "Mac" too).
KINDS = (
    ("iPhone", _("iPhone")),
    ("iPad", _("iPad")),
    ("Android", _("Android device")),
    ("CrOS", _("Chromebook")),
    ("Windows", _("Windows computer")),
    ("Macintosh", _("Mac")),
    ("Linux", _("Linux computer")),
)
BROWSERS = (
    ("Edg/", "Edge"),
    ("OPR/", "Opera"),
    ("SamsungBrowser", "Samsung Internet"),
    ("Firefox/", "Firefox"),
    ("FxiOS", "Firefox"),
    ("CriOS", "Chrome"),
    ("Chrome/", "Chrome"),
    ("Safari/", "Safari"),
)


def device_kind(user_agent: str) -> str:
    """“iPhone”, “Windows computer” …; empty for what is not known."""
    return next((str(words) for mark, words in KINDS if mark in user_agent), "")


def browser_name(user_agent: str) -> str:
    """“Firefox”, “Safari” …; empty for what is not known."""
    return next((name for mark, name in BROWSERS if mark in user_agent), "")
