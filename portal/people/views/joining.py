"""The way in: a link or a code from paper, the second fact, then how to sign in.

Every page opens its own transactions: a wrong try stays counted although the answer is no.
"""

from __future__ import annotations

from django.db import transaction
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse

from portal.access.decorators import own_transactions, public_page
from portal.access.requests import PracticeRequest
from portal.people import invitations
from portal.people.accounts import account_called
from portal.people.models import Invitation, User
from portal.people.signin import entering, joining
from portal.people.signin.forms import FirstPasskeyForm
from portal.people.signin.joining_forms import (
    BirthDateForm,
    FirstPasswordForm,
    GivenCodeForm,
    PaperCodeForm,
)
from portal.tenancy.context import practice_transaction
from portal.tenancy.errors import DomainError


@public_page
@own_transactions
def join_code(request: PracticeRequest) -> HttpResponse:
    """The code from a printed sheet, for people without a link to press."""
    form = PaperCodeForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        return redirect("people:join", form.cleaned_data["sheet_code"])
    return render(request, "portal/people/join_code.html", {"form": form})


@public_page
@own_transactions
def join(request: PracticeRequest, token: str) -> HttpResponse:
    """Ask for the second fact. Opening the page changes nothing and says nothing about anybody."""
    try:
        with practice_transaction():
            invitation = invitations.invitation_with(token)
        form_class = BirthDateForm if invitations.wants_birth_date(invitation) else GivenCodeForm
        form = form_class(request.POST or None)
        if request.method == "POST" and form.is_valid():
            proved = invitations.prove(token=token, fact=form.answer())
            joining.begin(request, proved)
            return redirect("people:join_account")
    except invitations.WrongFact as error:
        form.add_error("fact", str(error))
    except invitations.LinkIsOver:
        return render(request, "portal/people/join_over.html", status=410)
    tries_left = None
    if form.errors:
        with practice_transaction():
            invitation.refresh_from_db()
        tries_left = invitations.MAX_TRIES - invitation.tries
    return render(request, "portal/people/join.html", {"form": form, "tries_left": tries_left})


@public_page
@own_transactions
def join_account(request: PracticeRequest) -> HttpResponse:
    """Choose a passkey or a password, or add the practice to the account one has."""
    proved = joining.current(request, request.practice.pk)
    if proved is None:
        return redirect("people:join_code")
    with practice_transaction():
        invitation = invitations.invitation_by_id(proved.invitation_id)
    if invitation is None:
        joining.finish(request)
        return render(request, "portal/people/join_over.html", status=410)
    owner = account_called(invitation.email) if invitation.email else None
    try:
        if owner is not None:
            return _join_with_account(request, invitation, owner)
        return _join_with_new_account(request, invitation, proved)
    except invitations.LinkIsOver:
        joining.finish(request)
        return render(request, "portal/people/join_over.html", status=410)
    except DomainError as error:
        context = {"problem": str(error)}
        return render(request, "portal/people/join_refused.html", context, status=409)


def _join_with_account(
    request: PracticeRequest, invitation: Invitation, owner: User
) -> HttpResponse:
    """The address has an account: only its owner, signed in with all they need, may add to it."""
    is_owner = request.user.is_authenticated and request.user.pk == owner.pk
    if request.method == "POST" and is_owner:
        invitations.accept(invitation_id=invitation.pk, user=owner)
        joining.finish(request)
        return redirect("home:front_door")
    here = reverse("people:join_account")
    context = {"is_owner": is_owner, "sign_in": f"{reverse('account_login')}?next={here}"}
    return render(request, "portal/people/join_have_account.html", context)


def _join_with_new_account(
    request: PracticeRequest, invitation: Invitation, proved: joining.Joining
) -> HttpResponse:
    if request.user.is_authenticated:
        return render(request, "portal/people/join_other.html", status=409)
    username = invitation.username
    form = FirstPasswordForm(
        request.POST if "password" in request.POST else None,
        user=User(username=username, email=invitation.email),
    )
    passkey = FirstPasskeyForm(
        request.POST if "credential" in request.POST else None,
        account_id=proved.account_id,
        username=username,
    )
    if form.is_bound and form.is_valid():
        with transaction.atomic():
            user, _membership = invitations.accept(
                invitation_id=invitation.pk, password=form.cleaned_data["password"]
            )
        return _enter(request, user, reverse("home:front_door"))
    if passkey.is_bound and passkey.is_valid():
        with transaction.atomic():
            user, _membership = invitations.accept(
                invitation_id=invitation.pk, account_id=proved.account_id
            )
            joining.give_passkey(
                user, passkey.cleaned_data["name"], passkey.cleaned_data["credential"]
            )
        return _enter(request, user, reverse("mfa_view_recovery_codes"))
    context = {
        "form": form,
        "passkey": passkey,
        "invitation": invitation,
        "passkey_data": joining.passkey_options(proved.account_id, username),
    }
    return render(request, "portal/people/join_account.html", context)


def _enter(request: PracticeRequest, user: User, address: str) -> HttpResponse:
    """Signed in at once; the gates (second factor, privacy notice) come next."""
    joining.finish(request)
    with practice_transaction():
        entering.sign_in(request, user)
    return entering.remember(request, redirect(address), user)
