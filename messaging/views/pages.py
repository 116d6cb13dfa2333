"""The pages of messages. They hold no message and no key: a browser's worker fetches and opens
both, so what the server renders is a frame with the words and the parts that the script fills.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any, Final, TypeVar, cast

from csp.decorators import csp_update
from django.http import HttpResponse
from django.shortcuts import render

from messaging import promise
from portal.access.permissions import Permission
from portal.access.requests import PracticeRequest
from portal.practices.selectors import settings_of_practice
from portal.practices.week import week_of

View = TypeVar("View", bound=Callable[..., Any])
_TRUSTED_TYPES: Final = {
    "require-trusted-types-for": ["'script'"],
    "trusted-types": ["messages-worker"],
}
MOST_CHARACTERS: Final = 4000  # of four bytes at most, so they fit into one sealed message


def only_known_scripts(view: View) -> View:
    """Markup cannot be made from text there, and one worker is the one program to be started."""
    return cast(View, csp_update(_TRUSTED_TYPES)(cast(Any, view)))


def _open_days(week: Iterable[tuple[int, str]]) -> list[tuple[int, int, str]]:
    """First day, last day and hours of each run of days that are alike; closed ones left out."""
    runs: list[tuple[int, int, str]] = []
    for day, hours in week:
        if runs and runs[-1][1] == day - 1 and runs[-1][2] == hours:
            runs[-1] = (runs[-1][0], day, hours)
        elif hours:
            runs.append((day, day, hours))
    return runs


def frame(request: PracticeRequest, wanted: str, **context: Any) -> HttpResponse:
    """The frame that shows `wanted`: "thread", "inbox", "devices" or "practice"."""
    side = "staff" if request.viewer.is_staff else "patient"
    return render(
        request,
        f"messaging/{side}/frame.html",
        {
            "wanted": wanted,
            "most": MOST_CHARACTERS,
            "open_days": _open_days(week_of(settings_of_practice().hours)),
            "promise": promise.words(),
            "has_inbox": request.viewer.can(Permission.MESSAGE_STAFF),
            **context,
        },
    )
