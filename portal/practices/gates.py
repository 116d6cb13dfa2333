"""What a signed-in person must do first: each gate names the page that lets them through.

A gate is a function of the request that answers a URL name, or None where it stands open. Pages
marked `@signed_in_page` and allauth's own are outside the gates, so nobody is locked out of the way
through. Gates are listed by name in the setting PRACTICE_GATES.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cache

from django.conf import settings
from django.urls import ResolverMatch
from django.utils.module_loading import import_string

from portal.access.requests import PracticeRequest

Gate = Callable[[PracticeRequest], str | None]


@cache
def _gates() -> tuple[Gate, ...]:
    return tuple(import_string(path) for path in settings.PRACTICE_GATES)


def closed(request: PracticeRequest, match: ResolverMatch) -> str | None:
    """The URL name of the first closed gate's page, or None."""
    for gate in _gates():
        page = gate(request)
        if page is not None and page != match.view_name:
            return page
    return None
