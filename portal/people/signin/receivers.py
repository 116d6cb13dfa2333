"""What follows when somebody signs in, or a second factor comes or goes."""

from __future__ import annotations

from typing import Any

from allauth.account import signals as account
from allauth.core import context
from allauth.mfa.models import Authenticator
from django.contrib.auth.signals import user_logged_in
from django.db.models.signals import post_delete
from django.dispatch import receiver
from django.http import HttpRequest, HttpResponse

from portal.people.accounts import SECOND_FACTORS, end_sessions
from portal.people.models import User
from portal.people.signin import entering, fresh, gates, kept, letters, lifetimes, limits
from portal.tenancy.context import has_practice


@receiver(user_logged_in)
def start_the_clocks(sender: Any, request: HttpRequest, user: User, **kwargs: Any) -> None:
    """A new sign-in: clocks start, and what waited for somebody else is gone."""
    lifetimes.begin(request)
    if request.session.pop(lifetimes.ENDED, "") != str(user.pk):
        kept.drop(request)
    for answer in (gates.SECOND_FACTOR_KEY, gates.PRIVACY_KEY):
        request.session.pop(answer, None)


@receiver(account.user_logged_in)
def after_every_step(
    sender: Any, request: HttpRequest, response: HttpResponse, user: User, **kwargs: Any
) -> None:
    """All steps of a sign-in are done: a proof, a known device, a line in the practice's audit."""
    fresh.note_proof(request, "sign_in")
    if not limits.is_known_device(request, user.pk):
        letters.write_notice(request, "new_device", user)
    limits.remember_device(request, response, user.pk)
    if has_practice():
        entering.note_beginning(user)


@receiver(post_delete, sender=Authenticator)
def forget_the_second_factor(sender: Any, instance: Authenticator, **kwargs: Any) -> None:
    """One less: every other session has to show what is left."""
    if instance.type not in SECOND_FACTORS:
        return
    request = context.request
    own = request is not None and str(getattr(request.user, "pk", "")) == str(instance.user_id)
    end_sessions(instance.user_id, but=(request.session.session_key or "") if own else "")
    if own:
        request.session.pop(gates.SECOND_FACTOR_KEY, None)
