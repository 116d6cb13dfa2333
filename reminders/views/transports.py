"""How messages leave the practice: through which account, and whether that is set up well."""

from __future__ import annotations

from django.conf import settings as django_settings
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from portal.access.decorators import own_transactions, requires
from portal.access.permissions import Permission
from portal.access.requests import PracticeRequest
from portal.people.signin.fresh import fresh_proof
from portal.practices.links import practice_url
from portal.practices.models import Practice
from portal.practices.selectors import settings_of_practice
from portal.tenancy.context import practice_transaction
from portal.tenancy.errors import DomainError
from portal.ui.posting import posted, shows_and_takes
from portal.ui.toasts import toast
from reminders.account_forms import TwilioForm
from reminders.accounts import account_in_use
from reminders.services import accounts
from reminders.transports import TWILIO_API
from reminders.views.frame import frame


@requires(Permission.REMINDER_MANAGE)
@require_safe
def ways(request: PracticeRequest) -> HttpResponse:
    """How texts and e-mail leave now. Nothing of a password."""
    return render(
        request,
        "reminders/staff/ways.html",
        {
            "settings": settings_of_practice(),
            "account": account_in_use(),
            "replies_url": _replies_url(request.practice),
            "mail_from": django_settings.DEFAULT_FROM_EMAIL,
            **frame(request),
        },
    )


@requires(Permission.REMINDER_MANAGE)
@own_transactions
@fresh_proof
@shows_and_takes
def twilio_account(request: PracticeRequest) -> HttpResponse:
    """Take an account, ask Twilio about it, and only then keep it. No transaction waits for Twilio.

    What was typed stays on the page where something is wrong with it, but for the token.
    """
    form = TwilioForm(posted(request), region=request.practice.country)
    if request.method == "POST" and form.is_valid() and _is_kept(request, form):
        toast(request, _("Twilio has confirmed the account. Texts leave through it from now on."))
        return redirect("reminders:ways")
    if form.is_bound:
        form.ask_for_token_again()
    with practice_transaction():
        return render(
            request,
            "reminders/staff/twilio.html",
            {"form": form, "account": account_in_use(), **frame(request)},
            status=422 if form.is_bound else 200,
        )


@requires(Permission.REMINDER_MANAGE)
@require_POST
def practice_phone(request: PracticeRequest) -> HttpResponse:
    """Go back to the practice phone."""
    try:
        accounts.use_practice_phone(by=request.viewer)
    except DomainError as error:
        messages.warning(request, str(error))
    else:
        toast(request, _("Texts stay on the practice phone from now on."))
    return redirect("reminders:ways")


def _is_kept(request: PracticeRequest, form: TwilioForm) -> bool:
    """Whether Twilio has confirmed the account and it is in use now."""
    # Imported where it is used: the library is slow to load, and few processes need it.
    from reminders.transports.twilio import TwilioAccount
    from reminders.transports.twilio_checks import check

    typed = form.account
    checked = check(
        TwilioAccount(
            typed["account_sid"],
            typed["token"],
            messaging_service=typed["messaging_service"],
            sender=typed["sender"],
            api=django_settings.TWILIO_API_BASE or TWILIO_API,
        )
    )
    if checked.trouble is not None:
        form.tell(checked.trouble)
        return False
    arrives = checked.replies_to == _replies_url(request.practice)
    with practice_transaction():
        accounts.use_twilio(by=request.viewer, replies_arrive=arrives, **typed)
    return True


def _replies_url(practice: Practice) -> str:
    return practice_url(practice, "reminders:twilio_inbound")
