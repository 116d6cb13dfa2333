"""The practice phone: read the texts of made-up people and answer as one of them. Demo only."""

from __future__ import annotations

from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST, require_safe

from portal.dev.cast import cast_of
from portal.dev.demo_pages import demo_page
from portal.practices.selectors import active_practices, practice_named
from portal.tenancy.context import practice_scope
from reminders import handset as pages
from reminders import selectors, tasks
from reminders.services import handset

_LONGEST = 640
_KEYS = ("C", "R", "X", "STOP")


@demo_page
@require_safe
def phones(request: HttpRequest) -> HttpResponse:
    """Every phone of every practice: the cast's and those with texts, the others behind a line."""
    shelves = []
    for practice in active_practices():
        with practice_scope(practice.pk):
            shelf = pages.shelf(practice, {member.phone for member in cast_of(practice.slug)})
        if shelf.first or shelf.others:
            shelves.append(shelf)
    return render(request, "reminders/demo/phones.html", {"shelves": shelves})


@demo_page
@require_safe
def phone(request: HttpRequest, slug: str, point_id: UUID) -> HttpResponse:
    """One phone: its texts, a box to answer, and what the system did."""
    practice = practice_named(slug)
    with practice_scope(practice.pk):
        shown = pages.handset(practice, selectors.phone(point_id))
        part = request.headers.get("HX-Request") == "true"
        if part and request.GET.get("seen") == shown.mark:
            return HttpResponse(status=204)
        template = "reminders/demo/_moving.html" if part else "reminders/demo/phone.html"
        context = {"handset": shown, "zone": practice.time_zone, "keys": _KEYS}
        return render(request, template, context)


@demo_page
@require_POST
def answer(request: HttpRequest, slug: str, point_id: UUID) -> HttpResponse:
    """Answer as the phone's owner; an empty answer is none."""
    practice = practice_named(slug)
    body = request.POST.get("body", "").strip()[:_LONGEST]
    with practice_scope(practice.pk):
        point = selectors.phone(point_id)
        message = handset.reply(point=point, body=body) if body else None
        if message is not None:
            tasks.work_inbound.dispatch(message.pk)
    return redirect("practice_phone:phone", slug, point_id)
