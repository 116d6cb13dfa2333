"""What a log line may hold: where something failed and of which kind, never with which values."""

from __future__ import annotations

import re
import sys
import traceback
from typing import Any

_FRAMES = 12
# A secret in a path: 22 characters or more of base64 or hex, which is what 128 bits take; signed
# ones have their parts joined by colons.
_TOKEN = re.compile(r"(?<=/)(?![0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}(?:/|$))[\w:-]{22,}")


def mask_tokens(logger: Any, method: str, event: dict[str, Any]) -> dict[str, Any]:
    """Hide the tokens of linked pages and invitations from the line about their request."""
    if isinstance(event.get("request"), str):
        event["request"] = _TOKEN.sub("[token]", event["request"])
    return event


def where_it_failed(logger: Any, method: str, event: dict[str, Any]) -> dict[str, Any]:
    """Replace `exc_info` by the exception's type and its frames.

    The message is left out: a database error quotes the row, a form error what was typed.
    """
    found = event.pop("exc_info", None)
    if found is True:
        found = sys.exc_info()
    elif isinstance(found, BaseException):
        found = (type(found), found, found.__traceback__)
    if not found or found[0] is None:
        return event
    frames = traceback.extract_tb(found[2])[-_FRAMES:]
    event["exception"] = f"{found[0].__module__}.{found[0].__qualname__}"
    event["frames"] = [f"{frame.filename}:{frame.lineno} {frame.name}" for frame in frames]
    return event
