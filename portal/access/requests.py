"""The request as a view under a practice receives it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from django.http import HttpRequest
from django.utils.http import url_has_allowed_host_and_scheme

from portal.access.viewer import Viewer

if TYPE_CHECKING:
    from django_htmx.middleware import HtmxDetails


class PracticeRequest(HttpRequest):
    """What the middleware has attached; `practice` is a `portal.practices.models.Practice`."""

    practice: Any
    practice_prefix: str
    viewer: Viewer
    htmx: HtmxDetails


def page_behind(request: HttpRequest) -> str:
    """The address of the page that the person is on: for a part of a page, the page itself.

    Path and query, of this host; what a browser says of any other page, or says in no address at
    all, counts for nothing.
    """
    try:
        page = urlsplit(request.headers.get("HX-Current-URL", ""))
    except ValueError:
        return request.get_full_path()
    is_a_path = url_has_allowed_host_and_scheme(page.path, allowed_hosts=None)
    if page.netloc == request.get_host() and is_a_path:
        return f"{page.path}?{page.query}" if page.query else page.path
    return request.get_full_path()
