"""Addresses for texts and mail, where there is no request."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.urls import get_script_prefix, reverse, set_script_prefix

from portal.practices.models import Practice


def practice_url(practice: Practice, name: str, *args: Any) -> str:
    """The full address of a page of that practice, from PUBLIC_URL."""
    before = get_script_prefix()
    set_script_prefix(f"/{practice.slug}/")
    try:
        path = reverse(name, urlconf=settings.PRACTICE_URLCONF, args=args)
    finally:
        set_script_prefix(before)
    return f"{settings.PUBLIC_URL}{path}"
