"""The icon sprite: which drawings exist."""

import difflib
import re
from functools import cache
from pathlib import Path

from django.templatetags.static import static

SPRITE = Path(__file__).resolve().parents[2] / "static" / "icons" / "sprite.svg"


class UnknownIconError(LookupError):
    """The sprite has no drawing of that name."""


@cache
def icon_names() -> frozenset[str]:
    """Return the names of all drawings in the sprite."""
    return frozenset(re.findall(r'<symbol id="([a-z0-9-]+)"', SPRITE.read_text(encoding="utf-8")))


def known(name: str) -> str:
    """Return `name` unchanged, or raise `UnknownIconError` with the nearest names.

    A missing drawing is an empty box that nobody notices, so it fails where it is written.
    """
    if name in icon_names():
        return name
    near = difflib.get_close_matches(name, icon_names(), n=4, cutoff=0.4)
    hint = f" Near: {', '.join(near)}." if near else ""
    raise UnknownIconError(f"No icon {name!r} in static/icons/sprite.svg.{hint}")


def sprite_url() -> str:
    """Return the address of the sprite (with its hash where static files have one)."""
    return static("icons/sprite.svg")
