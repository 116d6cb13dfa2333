"""One text that goes out by itself: written anew, or changed, with its preview beside it."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from portal.access.decorators import requires
from portal.access.permissions import Permission
from portal.access.requests import PracticeRequest
from portal.practices.selectors import settings_of_practice
from portal.tenancy.errors import DomainError
from portal.ui.posting import shows_and_takes
from portal.ui.toasts import toast
from reminders import notice, previews, selectors, sentences
from reminders.models import Channel, ReminderPolicy
from reminders.policy_forms import PolicyForm, TestNumberForm
from reminders.rules import wording
from reminders.rules.states import ACTIVE
from reminders.rules.timing import OffsetKind
from reminders.rules.usual_words import usual
from reminders.services import policies as policy_services
from reminders.services import test_sends
from reminders.texts import Voice

_TEST_FULL, _TEST_DISCREET = "test_full", "test_discreet"
_TESTS_SHOWN = 3


@requires(Permission.REMINDER_MANAGE)
@shows_and_takes
def policy_add(request: PracticeRequest) -> HttpResponse:
    """Write another text."""
    form = _form(request, None)
    if form.is_bound and form.is_valid():
        try:
            policy_services.add_policy(by=request.viewer, **form.facts())
        except DomainError as error:
            form.add_error("offset", str(error))
        else:
            toast(request, _("Added. It goes out from now on."))
            return redirect("reminders:policies")
    return _page(request, form, None)


@requires(Permission.REMINDER_MANAGE)
@shows_and_takes
def policy_change(request: PracticeRequest, policy_id: UUID) -> HttpResponse:
    """Change a text: what has gone out keeps the words that it had."""
    policy = selectors.policy_named(policy_id)
    form = _form(request, policy)
    if form.is_bound and form.is_valid():
        try:
            policy_services.replace_policy(policy=policy, by=request.viewer, **form.facts())
        except DomainError as error:
            form.add_error("offset", str(error))
        else:
            toast(request, _("Saved. What waits takes the new words."))
            return redirect("reminders:policies")
    return _page(request, form, policy)


@requires(Permission.REMINDER_MANAGE)
@require_POST
def policy_preview(request: PracticeRequest) -> HttpResponse:
    """The words as they are typed, as each channel would carry them. Saves nothing."""
    form = PolicyForm(request.POST, practice=request.practice)
    return render(request, "reminders/staff/_previews.html", _shown(request, form))


@requires(Permission.REMINDER_MANAGE)
@require_POST
def policy_test(request: PracticeRequest) -> HttpResponse:
    """Send the words as they are typed to oneself."""
    form = PolicyForm(request.POST, practice=request.practice)
    return render(request, "reminders/staff/_tests.html", _tested(request, form))


@requires(Permission.REMINDER_MANAGE)
@require_safe
def policy_tests(request: PracticeRequest) -> HttpResponse:
    """What became of one's last tests."""
    return render(request, "reminders/staff/_tests.html", _tests(request))


def _form(request: PracticeRequest, policy: ReminderPolicy | None) -> PolicyForm:
    """The form empty, as posted, or as posted but only to look at or to write more in."""
    practice = request.practice
    go = request.POST.get("go", "")
    if request.method != "POST":
        if policy is None:
            return PolicyForm(practice=practice, initial=_fresh())
        return PolicyForm(practice=practice, policy=policy)
    if not go:
        return PolicyForm(request.POST, practice=practice, policy=policy)
    typed = PolicyForm(request.POST, practice=practice, policy=policy)
    initial: dict[str, Any] = {name: typed[name].value() for name in typed.fields}
    languages = list(typed.languages)
    if go == "usual":
        initial |= _usual(typed.kind_now, typed.channel_now)
    if go == "language" and initial["add_language"]:
        languages.append(str(initial.pop("add_language")))
    return PolicyForm(practice=practice, policy=policy, languages=languages, initial=initial)


def _fresh() -> dict[str, Any]:
    return {**PolicyForm.FRESH, **_usual(OffsetKind.DAYS_BEFORE, Channel.SMS)}


def _usual(kind: OffsetKind, channel: Channel) -> dict[str, str]:
    words = usual(kind, by_mail=channel is Channel.EMAIL)
    return {
        "template": words.template,
        "discreet_template": words.discreet_template,
        "subject_line": words.subject_line,
    }


def _shown(request: PracticeRequest, form: PolicyForm) -> dict[str, Any]:
    voice = Voice(request.practice, settings_of_practice())
    kind, own = form.kind_now, form.words_now()[0]
    words = usual(kind, by_mail=form.channel_now is Channel.EMAIL)
    step = form.step_now
    return {
        "notice": notice.about_one(step, voice.settings) if step else "",
        "shown": previews.previews(
            form.words_now(),
            kind=kind,
            channels=form.channels_now,
            example=previews.Example(voice),
        ),
        "gaps": sorted(wording.gaps_for(kind, discreet=False)),
        "is_usual": (own.template, own.discreet_template)
        == (words.template, words.discreet_template),
        "has_price": voice.settings.segment_price is not None,
    }


def _tested(request: PracticeRequest, form: PolicyForm) -> dict[str, Any]:
    """Send a test, and say what came of it."""
    channel, number = form.channel_now, TestNumberForm(request.POST, practice=request.practice)
    if channel is Channel.SMS and not number.is_valid():
        return _tests(request, problem=number.problems()[0].message)
    try:
        test_sends.send_test(
            words=form.words_now()[0],
            kind=form.kind_now,
            channel=channel,
            discreet=request.POST.get("go") == _TEST_DISCREET,
            number=number.cleaned_data["test_number"] if channel is Channel.SMS else "",
            by=request.viewer,
        )
    except DomainError as error:
        return _tests(request, problem=str(error))
    return _tests(request, said=_("On its way to you."))


def _tests(request: PracticeRequest, *, said: str = "", problem: str = "") -> dict[str, Any]:
    rows = list(selectors.tests_of(request.viewer)[:_TESTS_SHOWN])
    return {
        "tests": sentences.lines(rows, zone=request.practice.time_zone),
        "are_on_the_way": any(row.state in ACTIVE for row in rows),
        "said": said,
        "problem": problem,
    }


def _page(
    request: PracticeRequest, form: PolicyForm, policy: ReminderPolicy | None
) -> HttpResponse:
    is_test = request.POST.get("go") in (_TEST_FULL, _TEST_DISCREET)
    number = request.POST.get("test_number") or selectors.last_test_number(request.viewer)
    return render(
        request,
        "reminders/staff/policy.html",
        {
            "form": form,
            "policy": policy,
            "number": TestNumberForm(practice=request.practice, initial={"test_number": number}),
            **_shown(request, form),
            **(_tested(request, form) if is_test else _tests(request)),
        },
        status=422 if form.is_bound else 200,
    )
