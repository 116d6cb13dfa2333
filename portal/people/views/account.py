"""One's own account: what it holds, and where it is signed in."""

from __future__ import annotations

from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from portal.access.decorators import requires, signed_in_page
from portal.access.permissions import Permission
from portal.access.requests import PracticeRequest
from portal.people.accounts import end_session, second_factors_of, sessions_of
from portal.people.selectors import contact_points_of, own_patient, patients_helped_by
from portal.people.signin import kept
from portal.practices.selectors import membership_of_viewer
from portal.ui.toasts import toast


@requires(Permission.SETTINGS_OWN)
def settings(request: PracticeRequest) -> HttpResponse:
    """A patient's or carer's *Me*: how they are reached, how they sign in, what was agreed."""
    if request.viewer.is_staff:
        return redirect("people:my_account")
    context = _account(request)
    if request.viewer.patient_id is not None:
        patient = own_patient(request.viewer)
        context |= {
            "patient": patient,
            "contact_points": contact_points_of(request.viewer, patient),
        }
    context["grants"] = patients_helped_by(request.viewer)
    return render(request, "portal/people/patient/settings.html", context)


@requires(Permission.SETTINGS_OWN)
def my_account(request: PracticeRequest) -> HttpResponse:
    """The same for people who work here."""
    if not request.viewer.is_staff:
        return redirect("people:settings")
    return render(request, "portal/people/staff/my_account.html", _account(request))


def _account(request: PracticeRequest) -> dict[str, object]:
    factors = second_factors_of(request.viewer.user_id)
    return {
        "membership": membership_of_viewer(request.viewer),
        "passkeys": [each for each in factors if each.type == "webauthn"],
        "app": next((each for each in factors if each.type == "totp"), None),
        "session_count": sessions_of(request.viewer.user_id),
    }


@signed_in_page
@require_POST
def session_end(request: HttpRequest, pk: int) -> HttpResponse:
    """End one of one's own sessions."""
    end_session(UUID(str(request.user.pk)), pk)
    toast(request, _("You are signed out there."))
    return redirect("usersessions_list")


@signed_in_page
def kept_form(request: HttpRequest) -> HttpResponse:
    """What was typed before the sign-in ended, where its page has no form to put it back into."""
    waiting = kept.kept_by(request)
    if request.method == "POST":
        kept.drop(request)
        return redirect(waiting.address if waiting and request.POST.get("to") == "page" else "/")
    if waiting is None:
        return redirect("/")
    return render(request, "portal/people/kept.html", {"kept": waiting})
