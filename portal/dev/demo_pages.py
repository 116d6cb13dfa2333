"""`/demo/`: be one of the cast with one press, move the clock, read the mail.

Only in the demo and in tests: anywhere else each of these pages is not found, whoever mounts them.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass
from functools import wraps

from django import forms
from django.conf import settings
from django.contrib.auth import logout
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import NoReverseMatch, reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from portal import clock
from portal.access.decorators import public_page
from portal.dev import mailbox
from portal.dev.cast import CAST, PRACTICES, CastMember
from portal.dev.visitor import code_of_now
from portal.people.accounts import account_called
from portal.people.signin import entering
from portal.practices.prefix import practice_by_slug
from portal.tenancy.context import practice_scope
from portal.ui.forms import AccessibleForm, DayField, TimeOfDayField
from portal.ui.toasts import toast

View = Callable[..., HttpResponse]
TOMORROW_AT = dt.time(10, 0)
STEPS = {"hour": dt.timedelta(hours=1), "day": dt.timedelta(days=1), "week": dt.timedelta(weeks=1)}


def demo_page(view: View) -> View:
    """Open to everybody where the demo runs; not found anywhere else."""

    @wraps(view)
    def entered(request: HttpRequest, *args: object, **kwargs: object) -> HttpResponse:
        if not (settings.DEMO or settings.TESTING):
            raise Http404
        return view(request, *args, **kwargs)

    return public_page(entered)


@dataclass(frozen=True)
class Role:
    """One of the cast as the page shows them; `code` is what their authenticator app says now."""

    member: CastMember
    code: str


@dataclass(frozen=True)
class House:
    """A practice with its cast and its local time."""

    slug: str
    name: str
    time_zone: str
    local: dt.datetime
    roles: list[Role]
    is_open: bool


@demo_page
def index(request: HttpRequest) -> HttpResponse:
    """The cast by practice, and the ways to everything that only the demo has."""
    context = {
        "houses": _houses(),
        "now": clock.now(),
        "mail_count": len(mailbox.mails()),
        "phones_url": _address("practice_phone:phones"),
        "gallery_url": _address("gallery"),
    }
    return render(request, "portal/dev/demo.html", context)


@demo_page
@require_POST
def sign_in(request: HttpRequest) -> HttpResponse:
    """Be one of the cast: only those, and whoever was signed in here before is signed out."""
    member = next((one for one in CAST if one.username == request.POST.get("who")), None)
    user = account_called(member.username) if member else None
    practice = practice_by_slug(member.practice) if member else None
    if member is None or user is None or practice is None:
        raise Http404
    logout(request)
    with practice_scope(practice.pk):
        entering.sign_in(request, user)
    return entering.remember(request, redirect(f"/{member.practice}/"), user)


class ClockForm(AccessibleForm):
    """Any moment, on the wall of the first practice."""

    day = DayField(label=gettext_lazy("Day"))
    time = TimeOfDayField(label=gettext_lazy("Time"))


@demo_page
def clock_page(request: HttpRequest) -> HttpResponse:
    """Where the portal's clock stands, and buttons that move it. Nothing else is moved."""
    form = ClockForm(request.POST if "day" in request.POST else None)
    if request.method == "POST":
        moment = _moment_asked_for(request, form)
        if moment is not None:
            clock.move_to(moment)
        elif request.POST.get("to") == "real":
            clock.back_to_real_time()
        if moment is not None or request.POST.get("to") == "real":
            toast(request, _("The clock is set."))
            return redirect("demo_clock")
    context = {
        "form": form,
        "houses": _houses(),
        "is_moved": abs(clock.offset()) > dt.timedelta(seconds=30),
    }
    return render(request, "portal/dev/clock.html", context)


def _moment_asked_for(request: HttpRequest, form: forms.Form) -> dt.datetime | None:
    wall = clock.zone(_first_zone())
    step = STEPS.get(request.POST.get("step", ""))
    if step is not None:
        return clock.now() + step
    if request.POST.get("to") == "tomorrow":
        tomorrow = clock.now().astimezone(wall).date() + dt.timedelta(days=1)
        return dt.datetime.combine(tomorrow, TOMORROW_AT, tzinfo=wall)
    if form.is_bound and form.is_valid():
        return dt.datetime.combine(form.cleaned_data["day"], form.cleaned_data["time"], tzinfo=wall)
    return None


@demo_page
def mail(request: HttpRequest) -> HttpResponse:
    """All mail that the portal has sent, newest first."""
    if request.method == "POST":
        mailbox.empty()
        return redirect("demo_mail")
    return render(request, "portal/dev/mail.html", {"mails": mailbox.mails()})


@demo_page
def mail_read(request: HttpRequest, key: str) -> HttpResponse:
    """One mail, with its links to press."""
    found = mailbox.mail_with(key)
    if found is None:
        raise Http404
    lines = [_line(text) for text in found.body.splitlines()]
    return render(request, "portal/dev/mail_read.html", {"mail": found, "lines": lines})


@dataclass(frozen=True)
class Line:
    """A line of a mail; `href` where the whole line is an address of ours."""

    text: str
    href: str


def _line(text: str) -> Line:
    address = text.strip()
    inside = address.startswith(f"{settings.PUBLIC_URL}/") and " " not in address
    return Line(text, address.removeprefix(settings.PUBLIC_URL) if inside else "")


def _houses() -> list[House]:
    houses = []
    for plan in PRACTICES:
        practice = practice_by_slug(plan.slug)
        if practice is None:
            continue
        members = [member for member in CAST if member.practice == plan.slug]
        houses.append(
            House(
                practice.slug,
                practice.name,
                practice.time_zone,
                # Without a zone, so that the page's own does not move it.
                clock.local_time(clock.now(), practice.time_zone).replace(tzinfo=None),
                [Role(member, _code(member)) for member in members],
                plan.is_open,
            )
        )
    return houses


def _code(member: CastMember) -> str:
    """What the authenticator app of a member of staff shows now; people may sign in by hand too."""
    return code_of_now(member.totp_secret) if member.totp_secret else ""


def _first_zone() -> str:
    practice = practice_by_slug(PRACTICES[0].slug)
    return practice.time_zone if practice else "UTC"


def _address(name: str) -> str:
    """Where that page is, or nothing where no app has mounted it."""
    try:
        return reverse(name)
    except NoReverseMatch:
        return ""
