"""The page behind the bell."""

from __future__ import annotations

import datetime as dt
from contextlib import suppress
from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST, require_safe

from portal import clock
from portal.access.decorators import requires
from portal.access.permissions import Permission
from portal.access.requests import PracticeRequest
from portal.practices.selectors import membership_of_viewer
from portal.tenancy.errors import DomainError
from portal.ui.paging import page_of
from portal.ui.posting import posted, shows_and_takes
from portal.ui.toasts import toast
from portal.work import notices, preferences
from portal.work.forms import NoticeMailForm
from portal.work.models import NoticeKind


@requires(Permission.STAFF_HOME_SEE)
@require_safe
def notice_list(request: PracticeRequest) -> HttpResponse:
    """What is unread, or everything."""
    chosen = "all" if request.GET.get("list") == "all" else "unread"
    rows = notices.notices_for(request.viewer)
    if chosen == "unread":
        rows = rows.filter(read_at=None)
    page = page_of(request, rows)
    context = {
        "page": page,
        "chosen": chosen,
        "now": clock.now(),
        "until": clock.now().isoformat(),
        "any_unread": any(notice.read_at is None for notice in page),
    }
    return render(request, "portal/work/staff/notices.html", context)


@requires(Permission.STAFF_HOME_SEE)
@require_POST
def read(request: PracticeRequest, notice_id: UUID) -> HttpResponse:
    """One is read without opening it."""
    notices.read(notice=notices.notice_for(request.viewer, notice_id), by=request.viewer)
    return redirect("work:notices")


@requires(Permission.STAFF_HOME_SEE)
@require_POST
def read_all(request: PracticeRequest) -> HttpResponse:
    """All are read that stood there when the page was opened."""
    until = _moment(request.POST.get("until", ""))
    if until is None:
        toast(request, _("Nothing was changed. Open the page again and try once more."))
        return redirect("work:notices")
    count = notices.read_all(until=until, by=request.viewer)
    toast(
        request,
        ngettext("%(count)d notice is read.", "%(count)d notices are read.", count)
        % {"count": count},
    )
    return redirect("work:notices")


def _moment(text: str) -> dt.datetime | None:
    """The instant in `text` as every database can say it, or None."""
    with suppress(ValueError, OverflowError):  # beyond the last year there is no UTC time
        found = parse_datetime(text)
        if found is not None and found.tzinfo is not None:
            return found.astimezone(dt.UTC)
    return None


@requires(Permission.STAFF_HOME_SEE)
@shows_and_takes
def mail(request: PracticeRequest) -> HttpResponse:
    """What of this is mailed to oneself, and when."""
    viewer = request.viewer
    now = preferences.mail_of([viewer.membership_id])
    form = NoticeMailForm(
        posted(request),
        initial={kind.value: choice.value for (_who, kind), choice in now.items()},
    )
    if form.is_bound and form.is_valid():
        try:
            preferences.choose(mail=form.chosen(), by=viewer)
        except DomainError as error:
            form.add_error(NoticeKind.RISK.value, str(error))
        else:
            toast(request, _("Kept."))
            return redirect("work:notices")
    context = {
        "form": form,
        "address": membership_of_viewer(viewer).user.email,
        "stays_on": bool(preferences.cannot_switch_off([viewer.membership_id])),
    }
    return render(
        request, "portal/work/staff/notice_mail.html", context, status=422 if form.errors else 200
    )
