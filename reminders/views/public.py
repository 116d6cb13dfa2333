"""The page behind the link in a text. No sign-in; looking changes nothing."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from portal.access.decorators import public_page
from portal.access.requests import PracticeRequest
from portal.practices.selectors import settings_of_practice
from portal.tenancy.errors import DomainError
from reminders import texts
from reminders.models import LinkAnswer
from reminders.services import links


@public_page
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def link(request: PracticeRequest, token: str) -> HttpResponse:
    """Time and clinician of one visit, as the text had them; POST takes one answer."""
    if request.method != "POST":
        return _page(request, token)
    try:
        answer = LinkAnswer(request.POST.get("answer", ""))
    except ValueError:
        return _page(request, token, problem="choose")
    if answer is LinkAnswer.CANNOT_COME and not request.POST.get("sure"):
        return _page(request, token, asks=True)  # it cannot be undone, so ask once
    try:
        links.answer(token=token, answer=answer)
    except DomainError as error:
        return _page(request, token, problem=str(error))
    return redirect("reminders:link", token)


def _page(
    request: PracticeRequest, token: str, *, problem: str = "", asks: bool = False
) -> HttpResponse:
    row = links.open_link(token)
    state = links.state_of(row)
    voice = texts.Voice(request.practice, settings_of_practice())
    # Of a visit that was changed the text knew nothing, so the page does not either.
    told = state is not links.LinkState.CHANGED
    day, hour = texts.when(row.appointment, voice) if told else ("", "")
    return render(
        request,
        "reminders/public/link.html",
        {
            "link": row,
            "token": token,
            "state": "sure" if asks and state is links.LinkState.OPEN else state.value,
            "day": day,
            "hour": hour,
            "clinician": row.appointment.clinician.display_name if told else "",
            "way_to_a_person": voice.way_to_a_person,
            "problem": problem,
        },
        status=422 if problem else 200,
    )
