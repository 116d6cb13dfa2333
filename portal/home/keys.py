"""What a page says where the key of what it shows is gone for good, or cannot be had just now."""

from __future__ import annotations

from collections.abc import Callable
from http import HTTPStatus

import structlog
from django.http import HttpRequest, HttpResponse

from portal.encryption.errors import KeyDestroyed, KeyUnavailable
from portal.home.errors import plain_page

logger = structlog.get_logger(__name__)


class KeyErrorsMiddleware:
    """Answers in plain words where a view met an encrypted value that does not open."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        """The page, or None for every other error. The view's transaction is rolled back."""
        if isinstance(exception, KeyDestroyed):
            return plain_page(request, HTTPStatus.GONE)
        if isinstance(exception, KeyUnavailable):
            logger.error("key_unavailable", why=str(exception))
            return plain_page(request, HTTPStatus.SERVICE_UNAVAILABLE, template="503_key.html")
        return None
