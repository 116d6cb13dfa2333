"""The work list, and one item of it."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from portal import clock
from portal.access.decorators import requires
from portal.access.permissions import Permission
from portal.access.requests import PracticeRequest
from portal.tenancy.errors import DomainError
from portal.ui.paging import page_of
from portal.ui.posting import posted, shows_and_takes
from portal.ui.toasts import toast
from portal.work import selectors, services
from portal.work.forms import DoneForm, PassOnForm
from portal.work.models import WorkItem, WorkKind


@requires(Permission.WORK_SEE)
@require_safe
def work_list(request: PracticeRequest) -> HttpResponse:
    """Alerts and tasks: waiting on me, everything I may see, or what is done."""
    lists = {
        "mine": selectors.work_waiting_on,
        "all": selectors.open_work_for,
        "done": selectors.finished_work_for,
    }
    chosen = request.GET.get("list", "mine")
    chosen = chosen if chosen in lists else "mine"
    context = {
        "page": page_of(request, lists[chosen](request.viewer)),
        "chosen": chosen,
        "now": clock.now(),
        "may_act": request.viewer.can(Permission.WORK_ACT),
    }
    return render(request, "portal/work/staff/list.html", context)


@requires(Permission.WORK_ACT)
@require_POST
def done(request: PracticeRequest, item_id: UUID) -> HttpResponse:
    """Done, with a way back."""
    item = selectors.work_item_for(request.viewer, item_id)
    form = DoneForm(request.POST)
    if not form.is_valid():
        return _refused(request, item, _("Write less than 1000 characters."))
    try:
        services.finish(item=item, outcome=form.cleaned_data["outcome"], by=request.viewer)
    except DomainError as error:
        return _refused(request, item, str(error))
    undo = reverse("work:reopen", args=[item.pk])
    toast(request, _("Done."), undo_url=undo)
    return redirect("home:day" if request.POST.get("from") == "day" else "work:list")


@requires(Permission.WORK_ACT)
@require_POST
def reopen(request: PracticeRequest, item_id: UUID) -> HttpResponse:
    """Undo: it stands on the list again."""
    item = selectors.work_item_for(request.viewer, item_id)
    services.reopen(item=item, by=request.viewer)
    toast(request, _("It stands on the list again."))
    return redirect("home:work_item", item.pk)


@requires(Permission.ALERT_ACKNOWLEDGE)
@require_POST
def acknowledge(request: PracticeRequest, item_id: UUID) -> HttpResponse:
    """A clinician has seen the alert and takes it on; no undo, because it is a fact."""
    item = selectors.work_item_for(request.viewer, item_id)
    try:
        services.acknowledge(item=item, by=request.viewer)
    except DomainError as error:
        return _refused(request, item, str(error))
    toast(request, _("Acknowledged. It is yours until it is done."))
    return redirect("home:work_item", item.pk)


@requires(Permission.WORK_REASSIGN)
@shows_and_takes
def pass_on(request: PracticeRequest, item_id: UUID) -> HttpResponse:
    """Somebody else takes it."""
    item = selectors.work_item_for(request.viewer, item_id)
    form = PassOnForm(posted(request), item=item)
    if form.is_bound and form.is_valid():
        try:
            services.reassign(item=item, to=form.cleaned_data["to"], by=request.viewer)
        except DomainError as error:
            form.add_error("to", str(error))
        else:
            name = form.cleaned_data["to"].display_name
            toast(request, _("Passed on to %(name)s.") % {"name": name})
            return redirect("work:list")
    return render(
        request,
        "portal/work/staff/pass_on.html",
        {"item": item, "form": form, "is_alert": item.kind == WorkKind.ALERT},
        status=422 if form.is_bound else 200,
    )


def _refused(request: PracticeRequest, item: WorkItem, why: str) -> HttpResponse:
    messages.warning(request, why)
    return redirect("home:work_item", item.pk)
