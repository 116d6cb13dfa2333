"""Addresses for texts and mail, where there is no request."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

from django.conf import settings
from django.urls import get_script_prefix, reverse, set_script_prefix

from portal.practices.models import Practice

_TOKEN = "token"  # noqa: S105 - stands where a token will


def practice_url(practice: Practice, name: str, *args: Any) -> str:
    """The full address of a page of that practice, from PUBLIC_URL."""
    find = _path if args else _path_kept
    return f"{settings.PUBLIC_URL}{find(practice.slug, name, *args)}"


def practice_url_of_token(practice: Practice, name: str, token: str) -> str:
    """The same for a page whose one argument is a URL-safe token, looked up once for all tokens."""
    before, after = _path_kept(practice.slug, name, _TOKEN).rsplit(_TOKEN, 1)
    return f"{settings.PUBLIC_URL}{before}{token}{after}"


def _path(slug: str, name: str, *args: Any) -> str:
    before = get_script_prefix()
    set_script_prefix(f"/{slug}/")
    try:
        return reverse(name, urlconf=settings.PRACTICE_URLCONF, args=args)
    finally:
        set_script_prefix(before)


# Looking an address up costs as much as handing a text over. No key ever is somebody's token.
_path_kept = lru_cache(maxsize=4096)(_path)
