"""The two pages that a new session may have to pass: a second factor, and the privacy notice."""

from __future__ import annotations

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse

from portal.access.decorators import signed_in_page
from portal.access.requests import PracticeRequest
from portal.access.viewer import Viewer
from portal.people.accounts import has_second_factor
from portal.people.signin.joining_forms import AgreeForm
from portal.practices import services as practices
from portal.practices.selectors import membership_of_viewer, settings_of_practice
from portal.ui.returning import page_before


@signed_in_page
def second_factor(request: PracticeRequest) -> HttpResponse:
    """Offers staff a passkey or an authenticator app; everything else waits until one is there."""
    viewer: Viewer | None = request.viewer  # a stranger to the practice has none
    if viewer is None or not viewer.is_staff:
        return redirect("home:front_door")
    if has_second_factor(viewer.user_id):
        return redirect(next_page(request))
    return render(request, "portal/people/second_factor.html")


@signed_in_page
def privacy_agree(request: PracticeRequest) -> HttpResponse:
    """What is kept and who reads it; agreed to once for each version. Can be read again later."""
    viewer: Viewer | None = request.viewer
    if viewer is None:
        return redirect("home:front_door")
    membership = membership_of_viewer(viewer)
    agreed = membership.privacy_version == settings.PRIVACY_VERSION
    form = AgreeForm(request.POST or None)
    if request.method == "POST" and not agreed and form.is_valid():
        practices.note_privacy_seen(
            membership=membership, version=settings.PRIVACY_VERSION, by=viewer
        )
        return redirect(next_page(request))
    context = {
        "form": form,
        "agreed_at": membership.privacy_seen_at if agreed else None,
        "settings": settings_of_practice(),
        "next": next_page(request),
    }
    return render(request, "portal/people/privacy.html", context)


def next_page(request: HttpRequest) -> str:
    """The page that somebody was on the way to, if it is one of ours; else the first page."""
    return page_before(request, reverse("home:front_door"))
