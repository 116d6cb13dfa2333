"""Lists in pages."""

from collections.abc import Sequence
from typing import Any

from django.core.paginator import Page, Paginator
from django.db.models import QuerySet
from django.http import HttpRequest

PAGE_PARAMETER = "page"


def page_of(
    request: HttpRequest, rows: "QuerySet[Any] | Sequence[Any]", size: int = 25
) -> "Page[Any]":
    """Return the page of `rows` that the request asks for with `?page=`.

    Nonsense gives the first page and a number past the end gives the last: a stale link still
    shows something. `rows` must be ordered; `size` is rows a page. Costs one count and one select.
    """
    return Paginator(rows, size).get_page(request.GET.get(PAGE_PARAMETER))
