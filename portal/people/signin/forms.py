"""allauth's forms in our words: a password once, nothing inside the boxes, plain errors."""

from __future__ import annotations

import struct
from typing import Any, ClassVar
from uuid import UUID

from allauth.account import forms as account
from allauth.mfa.adapter import get_adapter
from allauth.mfa.base import forms as mfa
from allauth.mfa.totp import forms as totp
from allauth.mfa.webauthn import forms as webauthn
from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from django import forms
from django.core.validators import MaxLengthValidator
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from portal.people.accounts import account_called, plain_name
from portal.people.models import User
from portal.people.signin import letters
from portal.ui.forms import AccessibleForm

NAME_BOX = {
    "autocomplete": "username webauthn",
    "autocapitalize": "none",
    "spellcheck": "false",
}
CODE_BOX = {"autocomplete": "one-time-code", "autocapitalize": "characters", "spellcheck": "false"}
PASSWORD_HINT = _("At least 12 characters. Three or four words in a row are easy to remember.")
SECRET = {
    "data-secret": "",
    "data-show": _("Show"),
    "data-hide": _("Hide"),
    "data-show-aloud": _("Show the password"),
    "data-hide-aloud": _("Hide the password"),
}
NEW_PASSWORD = (_("New password"), PASSWORD_HINT)


class _Worded(forms.BaseForm):
    """Takes allauth's placeholders and help texts off; `words` gives label and hint for each."""

    words: ClassVar[dict[str, tuple[Any, Any]]] = {}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        # Once is enough where the page can show what was typed (static/js/secrets.js).
        self.fields.pop("password2", None)
        for name, each in self.fields.items():
            each.widget.attrs.pop("placeholder", None)
            each.help_text = ""
            if name in self.words:
                each.label, each.help_text = self.words[name]
            if isinstance(each.widget, forms.PasswordInput):
                each.widget.attrs.update(SECRET)


class SignInForm(AccessibleForm, _Worded, account.LoginForm):  # type: ignore[misc]  # untyped
    """User name or e-mail, and the password."""

    words = {"login": (_("User name or e-mail"), ""), "password": (_("Password"), "")}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["login"].widget.attrs.update(NAME_BOX)
        self.fields["login"].validators.append(MaxLengthValidator(254))
        self.fields["password"].validators.append(MaxLengthValidator(1024))


class ConfirmPasswordForm(AccessibleForm, _Worded, account.ReauthenticateForm):  # type: ignore[misc]  # untyped
    """The password again, before something that matters."""

    words = {"password": (_("Your password"), "")}


class ChangePasswordForm(AccessibleForm, _Worded, account.ChangePasswordForm):  # type: ignore[misc]  # untyped
    words = {"oldpassword": (_("The password you have now"), ""), "password1": NEW_PASSWORD}


class SetPasswordForm(AccessibleForm, _Worded, account.SetPasswordForm):  # type: ignore[misc]  # untyped
    words = {"password1": NEW_PASSWORD}


class NewPasswordForm(AccessibleForm, _Worded, account.ResetPasswordKeyForm):  # type: ignore[misc]  # untyped
    """The page behind the link in the mail."""

    words = {"password1": NEW_PASSWORD}


class ForgotPasswordForm(AccessibleForm, _Worded, account.ResetPasswordForm):  # type: ignore[misc]  # untyped
    """Asks for the address; the same answer and the same work for one that nobody has."""

    words = {"email": (_("Your e-mail address"), _("The one you gave to the practice."))}

    def clean_email(self) -> str:
        return plain_name(self.cleaned_data["email"])

    def save(self, request: HttpRequest, **kwargs: Any) -> str:
        address = str(self.cleaned_data["email"])
        user = account_called(address)
        letters.write(
            "password_link",
            user=user if user and user.is_active else None,
            address=address,
            practice=getattr(request, "practice", None),
        )
        return address


class NewAddressForm(AccessibleForm, _Worded, account.AddEmailForm):  # type: ignore[misc]  # untyped
    words = {
        "email": (
            _("New e-mail address"),
            _("We send a link there. Until you open it, nothing changes."),
        )
    }


class _CodeBox(_Worded):
    words = {"code": (_("Code"), _("Six digits from your authenticator app, or a recovery code."))}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["code"].widget.attrs.update(CODE_BOX)


class CodeForm(AccessibleForm, _CodeBox, mfa.AuthenticateForm):  # type: ignore[misc]  # untyped
    """The second step of a sign-in."""


class ConfirmCodeForm(AccessibleForm, _CodeBox, mfa.ReauthenticateForm):  # type: ignore[misc]  # untyped
    """A code, before something that matters."""


class ActivateAppForm(AccessibleForm, _Worded, totp.ActivateTOTPForm):  # type: ignore[misc]  # untyped
    words = {"code": (_("The six digits that the app shows now"), "")}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["code"].widget.attrs.update({**CODE_BOX, "inputmode": "numeric"})


# What the parsers of a device's answer raise when it is not one. The library expects the first two.
MALFORMED = (
    TypeError,
    ValueError,
    KeyError,
    IndexError,
    AttributeError,
    OverflowError,
    struct.error,
    InvalidSignature,
    UnsupportedAlgorithm,
)


class _CredentialField(forms.JSONField):
    """JSON that is nested without end ends the reader's stack, which is no ValueError."""

    def to_python(self, value: Any) -> Any:
        try:
            return super().to_python(value)
        except RecursionError as error:
            raise get_adapter().validation_error("incorrect_code") from error

    def bound_data(self, data: Any, initial: Any) -> Any:
        try:
            return super().bound_data(data, initial)
        except RecursionError:
            return None


class _DeviceAnswer(forms.Form):
    """A device's answer that is none at all is answered like a wrong one."""

    credential = _CredentialField(required=True, widget=forms.HiddenInput)

    def clean_credential(self) -> Any:
        look = getattr(super(), "clean_credential", lambda: self.cleaned_data["credential"])
        try:
            return look()
        except MALFORMED as error:
            raise get_adapter().validation_error("incorrect_code") from error

    def clean(self) -> Any:
        try:
            return super().clean()
        except MALFORMED as error:
            raise get_adapter().validation_error("incorrect_code") from error


class PasskeySignInForm(_DeviceAnswer, webauthn.LoginWebAuthnForm):  # type: ignore[misc]  # untyped
    """A passkey in place of name and password."""


class PasskeyStepForm(_DeviceAnswer, webauthn.AuthenticateWebAuthnForm):  # type: ignore[misc]  # untyped
    """A passkey as the second step."""


class ConfirmPasskeyForm(_DeviceAnswer, webauthn.ReauthenticateWebAuthnForm):  # type: ignore[misc]  # untyped
    """A passkey, before something that matters."""


class FirstPasskeyForm(_DeviceAnswer, webauthn.SignupWebAuthnForm):  # type: ignore[misc]  # untyped
    """A passkey of the account that is about to be made."""

    def __init__(self, *args: Any, account_id: UUID, username: str, **kwargs: Any) -> None:
        kwargs["user"] = User(pk=account_id, username=username)
        super().__init__(*args, **kwargs)


class AddPasskeyForm(AccessibleForm, _Worded, _DeviceAnswer, webauthn.AddWebAuthnForm):  # type: ignore[misc]  # untyped
    """Always a passkey that can sign in by itself: it asks the device for a finger, face or PIN."""

    words = {"name": (_("What do you call this device?"), _("So that you know it in the list."))}
    passwordless = forms.BooleanField(
        required=False, initial=True, widget=forms.CheckboxInput({"hidden": True})
    )


class RenamePasskeyForm(AccessibleForm, _Worded, webauthn.EditWebAuthnForm):  # type: ignore[misc]  # untyped
    words = {"name": (_("What do you call this device?"), "")}
