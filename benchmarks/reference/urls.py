"""Two addresses: nothing at all, and one page replayed."""

from __future__ import annotations

import json
from functools import cache
from typing import Any

from django.conf import settings
from django.db import connection, transaction  # noqa: TID251 - plays back what selectors asked
from django.http import HttpRequest, HttpResponse
from django.template import engines
from django.urls import path


@cache
def _tape(name: str) -> tuple[list[str], Any, dict[str, Any], int, bool]:
    tapes: Any = settings.TAPES  # type: ignore[misc]  # of the reference's own settings
    tape = json.loads((tapes / f"{name}.json").read_text(encoding="utf-8"))
    template = engines["django"].from_string(tape["template"])
    return tape["statements"], template, {"words": tape["words"]}, tape["status"], tape["writes"]


def nothing(request: HttpRequest) -> HttpResponse:
    """What a request costs before anything is done for it."""
    return HttpResponse("ok")


def replay(request: HttpRequest, name: str) -> HttpResponse:
    """The page's statements, then its bytes."""
    statements, template, context, status, writes = _tape(name)
    request.session.get("_auth_user_id")
    with connection.cursor() as cursor:
        for statement in statements:
            cursor.execute(statement)
            if cursor.description:
                cursor.fetchall()
    if writes:  # so that it can be played again
        transaction.set_rollback(True)
    return HttpResponse(template.render(context), status=status)


urlpatterns = [path("nothing/", nothing), path("<str:name>/", replay)]
