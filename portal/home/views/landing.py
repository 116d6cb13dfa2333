"""The installation's front page."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from portal.access.decorators import public_page
from portal.practices.selectors import practices_of


@public_page
def landing(request: HttpRequest) -> HttpResponse:
    """The signed-in person's practices; straight in where there is only one."""
    practices = practices_of(request.user) if request.user.is_authenticated else []
    if len(practices) == 1:
        return redirect(f"/{practices[0].slug}/")
    return render(request, "portal/home/landing.html", {"practices": practices})
