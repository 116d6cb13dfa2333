"""Error pages, in calm words, with the request's id and a way on."""

from __future__ import annotations

from http import HTTPStatus

import structlog
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    return plain_page(request, HTTPStatus.BAD_REQUEST)


def forbidden(request: HttpRequest, exception: Exception) -> HttpResponse:
    return plain_page(request, HTTPStatus.FORBIDDEN)


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    return plain_page(request, HTTPStatus.NOT_FOUND)


def server_error(request: HttpRequest) -> HttpResponse:
    return plain_page(request, HTTPStatus.INTERNAL_SERVER_ERROR)


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """The form is too old, or cookies are off: say so, and how to keep what was typed."""
    return plain_page(request, HTTPStatus.FORBIDDEN, template="403_csrf.html")


def plain_page(request: HttpRequest, status: HTTPStatus, *, template: str = "") -> HttpResponse:
    """The page of that status; says nothing of what was asked for."""
    request_id = structlog.contextvars.get_contextvars().get("request_id", "")
    return render(
        request,
        template or f"{status.value}.html",
        {"request_id": request_id},
        status=status.value,
    )
