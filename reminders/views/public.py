"""The page behind the link in a text. No sign-in; looking changes nothing."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from portal import clock
from portal.access.decorators import public_page
from portal.access.requests import PracticeRequest
from portal.appointments import asking, slots
from portal.appointments.calendar_files import calendar_response
from portal.appointments.days import day_of
from portal.appointments.forms import SlotForm
from portal.practices.selectors import settings_of_practice
from portal.tenancy.errors import DomainError
from portal.ui.posting import posted
from reminders import texts
from reminders.models import LinkAnswer, LinkToken
from reminders.services import links

_ANSWERS = (LinkAnswer.CONFIRM, LinkAnswer.CANNOT_COME, LinkAnswer.RESCHEDULE)


@public_page
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def link(request: PracticeRequest, token: str) -> HttpResponse:
    """Time and clinician of one visit, as the text had them; POST takes one answer."""
    if request.method != "POST":
        return _page(request, token)
    answer = next((each for each in _ANSWERS if each == request.POST.get("answer")), None)
    if answer is None:
        return _page(request, token, problem="choose")
    if answer is LinkAnswer.CANNOT_COME and not request.POST.get("sure"):
        return _page(request, token, asks=True)  # it cannot be undone, so ask once
    try:
        links.answer(token=token, answer=answer)
    except DomainError as error:
        return _page(request, token, problem=str(error))
    return redirect("reminders:link", token)


@public_page
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def link_times(request: PracticeRequest, token: str) -> HttpResponse:
    """The clinician's free times, for as long as there is notice enough; POST takes one."""
    row = links.open_link(token)
    if links.state_of(row) is not links.LinkState.OPEN:
        return redirect("reminders:link", token)  # which says what to do
    form = SlotForm(posted(request))
    if form.is_bound and form.is_valid():
        try:
            links.choose_time(token=token, value=form.cleaned_data["slot"])
        except DomainError as error:
            form.add_error("slot", str(error))
        else:
            return redirect("reminders:link", token)
    voice = texts.Voice(request.practice, settings_of_practice())
    zone_name = texts.patient_zone(row.appointment, voice)
    today = clock.today(zone_name)
    wished = request.GET.get("from")
    choice = slots.choice_for(
        row.appointment,
        zone_name=zone_name,
        first=day_of(wished, today) if wished else None,
    )
    return render(
        request,
        "reminders/public/times.html",
        {
            **_told(row, voice),
            "token": token,
            "form": form,
            "choice": choice,
            "too_soon": "" if asking.may_ask(row.appointment) else asking.too_soon(),
        },
        status=422 if form.is_bound else 200,
    )


@public_page
@never_cache
@require_safe
def link_calendar(request: PracticeRequest, token: str) -> HttpResponse:
    """The visit as a file for a calendar, without the place: the text did not say where."""
    row = links.open_link(token)
    if not _may_be_noted(row):
        return redirect("reminders:link", token)  # which says what to do
    return calendar_response(row.appointment, practice=request.practice, with_place=False)


def _may_be_noted(row: LinkToken) -> bool:
    """Whether the visit stands at a time that the page tells."""
    if row.answer == LinkAnswer.CANNOT_COME or not row.appointment.is_standing:
        return False
    states = (links.LinkState.OPEN, links.LinkState.USED)
    return links.state_of(row) in states and links.tells_the_time(row)


def _page(
    request: PracticeRequest, token: str, *, problem: str = "", asks: bool = False
) -> HttpResponse:
    row = links.open_link(token)
    state = links.state_of(row)
    voice = texts.Voice(request.practice, settings_of_practice())
    is_open = state is links.LinkState.OPEN
    return render(
        request,
        "reminders/public/link.html",
        {
            **_told(row, voice),
            "link": row,
            "token": token,
            "state": "sure" if asks and is_open else state.value,
            "chose_just_now": links.chose_just_now(row),
            "may_note": _may_be_noted(row),
            "may_choose": is_open and asking.may_ask(row.appointment),
            "problem": problem,
        },
        status=422 if problem else 200,
    )


def _told(row: LinkToken, voice: texts.Voice) -> dict[str, str]:
    """What the text said: day, hour, perhaps with whom. Nothing of a visit that was changed.

    A time that was chosen on the page a moment ago is told as well.
    """
    told = links.tells_the_time(row)
    day, hour = texts.when(row.appointment, voice) if told else ("", "")
    tells = told and row.tells_clinician
    return {
        "day": day,
        "hour": hour,
        "clinician": row.appointment.clinician.display_name if tells else "",
        "way_to_a_person": voice.way_to_a_person,
    }
