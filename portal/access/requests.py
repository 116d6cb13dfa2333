"""The request as a view under a practice receives it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.http import HttpRequest

from portal.access.viewer import Viewer

if TYPE_CHECKING:
    from django_htmx.middleware import HtmxDetails


class PracticeRequest(HttpRequest):
    """What the middleware has attached; `practice` is a `portal.practices.models.Practice`."""

    practice: Any
    practice_prefix: str
    viewer: Viewer
    htmx: HtmxDetails
