"""The check-list of a practice in set-up, and its opening."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from portal.access.decorators import requires
from portal.access.permissions import Permission
from portal.access.requests import PracticeRequest
from portal.home import registry
from portal.practices import services
from portal.practices.models import PracticeStatus
from portal.ui.toasts import toast


@requires(Permission.PRACTICE_SETTINGS)
@require_safe
def check_list(request: PracticeRequest) -> HttpResponse:
    """Each line says what is decided, or what to do."""
    steps = registry.set_up_steps(request.viewer)
    context = {
        "needed": [step for step in steps if step.required],
        "optional": [step for step in steps if not step.required],
        "missing": sum(step.required and not step.done for step in steps),
        "is_open": request.practice.status == PracticeStatus.ACTIVE,
    }
    return render(request, "portal/home/staff/set_up.html", context)


@requires(Permission.PRACTICE_SETTINGS)
@require_POST
def open_practice(request: PracticeRequest) -> HttpResponse:
    """Open the practice, once everything that is needed has been decided."""
    missing = [
        str(step.title)
        for step in registry.set_up_steps(request.viewer)
        if step.required and not step.done
    ]
    if request.practice.status == PracticeStatus.ACTIVE:
        return redirect("home:day")
    if missing:
        messages.warning(
            request, _("Not yet. Still to decide: %(what)s.") % {"what": ", ".join(missing)}
        )
        return redirect("home:set_up")
    services.open_practice(practice=request.practice, by=request.viewer)
    toast(request, _("The practice is open."))
    return redirect("home:day")
