"""Where allauth asks the portal: words, addresses, mail, secrets."""

from __future__ import annotations

from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.core import context
from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.mfa.models import Authenticator
from django.contrib import messages
from django.contrib.auth.base_user import AbstractBaseUser
from django.http import HttpRequest
from django.template.loader import render_to_string
from django.urls import get_script_prefix
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from portal.people.models import User
from portal.people.pictures import square
from portal.people.signin import letters, limits, sealing
from portal.people.signin.devices import device_kind

NOT_RIGHT = _(
    "That name and password do not belong together. Check both, or choose “I forgot my password”."
)
TOO_MANY = _(
    "That was tried several times, so we wait a little: at most 15 minutes. A passkey works at "
    "once, and so does a new password through “I forgot my password”."
)
AUTHENTICATOR_SECRET = "authenticator app"  # noqa: S105 - a purpose, not a secret


class AccountAdapter(DefaultAccountAdapter):  # type: ignore[misc]  # allauth has no types
    """Sign-in by invitation only, in plain words, with letters sent by the worker."""

    error_messages = {
        **DefaultAccountAdapter.error_messages,
        "account_inactive": _("This account has been closed. Ring the practice."),
        "username_password_mismatch": NOT_RIGHT,
        "email_password_mismatch": NOT_RIGHT,
        "invalid_login": NOT_RIGHT,
        "too_many_login_attempts": TOO_MANY,
        "rate_limited": TOO_MANY,
        "incorrect_password": _("That is not your password."),
        "enter_current_password": _("That is not your password."),
        "incorrect_code": _("That code is not right. Codes change every 30 seconds; try the next."),
        "invalid_password_reset": _("This link has been used or is too old."),
        "same_as_current": _("That is the address you have now."),
        "email_taken": _("This address cannot be used. Try another."),
        "duplicate_email": _("That is the address you have now."),
    }

    # --- Who may, and where to ---

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        """Accounts come from invitations."""
        return False

    def is_safe_url(self, url: str | None) -> bool:
        """Only a path of this installation: nobody is led to another host after signing in."""
        return bool(url) and url_has_allowed_host_and_scheme(url, allowed_hosts=None)

    def get_login_redirect_url(self, request: HttpRequest) -> str:
        """The practice whose pages the person signed in on, or the list of their practices."""
        return get_script_prefix()

    def get_logout_redirect_url(self, request: HttpRequest) -> str:
        return get_script_prefix()

    def get_password_change_redirect_url(self, request: HttpRequest) -> str:
        return get_script_prefix()

    # --- Guessing ---

    def get_client_ip(self, request: HttpRequest) -> str:
        return limits.client_address(request)

    def pre_authenticate(self, request: HttpRequest, **credentials: Any) -> None:
        called = credentials.get("email") or credentials.get("username") or ""
        self._counted = limits.may_guess(request, called)
        if self._counted is None:
            raise self.validation_error("too_many_login_attempts")

    def _rollback_login_failed_rl_usage(self) -> None:
        limits.was_right(self._counted or [])

    def _delete_login_attempts_cached_email(self, request: HttpRequest, **credentials: Any) -> None:
        limits.forget_guesses(request, str(credentials.get("email", "")))

    # --- Words ---

    def add_message(
        self,
        request: HttpRequest,
        level: int,
        message_template: str | None = None,
        message_context: dict[str, Any] | None = None,
        extra_tags: str = "",
        message: str | None = None,
    ) -> None:
        """Says what changed; that somebody has signed in or out they can see for themselves."""
        if message is None and message_template:
            message = render_to_string(message_template, message_context or {}).strip()
        if message:
            messages.add_message(request, level, message, extra_tags=extra_tags)

    # --- Letters: written down here, sent by the worker after the commit ---

    def send_confirmation_mail(
        self, request: HttpRequest, emailconfirmation: Any, signup: bool
    ) -> None:
        address = emailconfirmation.email_address
        letters.write(
            "email_confirmation",
            user=address.user,
            address=address.email,
            practice=getattr(request, "practice", None),
        )

    def send_notification_mail(
        self,
        template_prefix: str,
        user: User,
        context: dict[str, Any] | None = None,
        email: str | None = None,
    ) -> None:
        """Tell the owner of a change; of a new address at the old one."""
        kind = template_prefix.rpartition("/")[2]
        letters.write_notice(self.request, kind, user, address=email or "", **(context or {}))

    def send_mail(self, template_prefix: str, email: str, context: dict[str, Any]) -> None:
        """Every letter has its own way above; one without must not leave unseen."""
        raise NotImplementedError(f"No letter for {template_prefix}")


class MfaAdapter(DefaultMFAAdapter):  # type: ignore[misc]  # allauth has no types
    """Second factors: secrets sealed at rest, names that people recognise."""

    error_messages = {
        **DefaultMFAAdapter.error_messages,
        "incorrect_code": AccountAdapter.error_messages["incorrect_code"],
    }

    def encrypt(self, text: str) -> str:
        return sealing.seal(text, purpose=AUTHENTICATOR_SECRET)

    def decrypt(self, encrypted_text: str) -> str:
        return sealing.unseal(encrypted_text, purpose=AUTHENTICATOR_SECRET)

    def get_totp_issuer(self) -> str:
        """What the authenticator app shows: the practice, or the installation's host."""
        return self._practice_name() or str(context.request.get_host())

    def get_totp_label(self, user: AbstractBaseUser) -> str:
        return str(user.get_username())

    def build_totp_svg(self, url: str) -> str:
        return square(url)

    def get_public_key_credential_rp_entity(self) -> dict[str, str]:
        host = context.request.get_host().partition(":")[0]
        return {"id": host, "name": self._practice_name() or host}

    def get_public_key_credential_user_entity(self, user: AbstractBaseUser) -> dict[str, Any]:
        """A passkey manager shows the user name; the portal's own name appears nowhere."""
        entity: dict[str, Any] = super().get_public_key_credential_user_entity(user)
        return {**entity, "display_name": user.get_username(), "name": user.get_username()}

    def generate_authenticator_name(self, user: AbstractBaseUser, type: Authenticator.Type) -> str:
        """What the device is, as people say it: “Android phone”."""
        return device_kind(context.request.headers.get("User-Agent", "")) or gettext("Passkey")

    def _practice_name(self) -> str:
        practice = getattr(context.request, "practice", None)
        return practice.name if practice else ""
