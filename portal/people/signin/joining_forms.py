"""The forms of the way in: paper code, second fact, how to sign in, the privacy notice."""

from __future__ import annotations

import datetime as dt
from typing import Any

from allauth.account.adapter import get_adapter
from django import forms
from django.core.exceptions import ValidationError
from django.core.validators import MaxLengthValidator
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from portal.people.invitations.tokens import ALPHABET, CODE_SIGNS, TOKEN_SIGNS, read_signs
from portal.people.models import User
from portal.people.signin.forms import CODE_BOX, PASSWORD_HINT, SECRET
from portal.ui.forms import AccessibleForm, DatePartsField


class PaperCodeForm(AccessibleForm):
    """What stands on the sheet, typed."""

    sheet_code = forms.CharField(
        label=_("The code on your sheet"),
        help_text=_("Letters and digits in groups of four. Gaps do not matter."),
        widget=forms.TextInput({**CODE_BOX, "autocomplete": "off"}),
    )

    def clean_sheet_code(self) -> str:
        code = read_signs(self.cleaned_data["sheet_code"])
        if len(code) != TOKEN_SIGNS:
            raise ValidationError(
                _now("This code has %(count)d letters and digits. It needs %(wanted)d.")
                % {"count": len(code), "wanted": TOKEN_SIGNS}
            )
        if not set(code) <= set(ALPHABET):  # a slash would be no address
            raise ValidationError(_now("This code has a sign that is on no sheet. Look again."))
        return code


class BirthDateForm(AccessibleForm):
    """The second fact of a patient."""

    fact = DatePartsField(
        label=_("Your date of birth"), help_text=_("For example 27 3 1994."), birth_date=True
    )

    def answer(self) -> dt.date | None:
        given: dt.date | None = self.cleaned_data["fact"]
        return given


class GivenCodeForm(AccessibleForm):
    """The second fact of everybody else."""

    fact = forms.CharField(
        label=_("The short code that you were told"),
        help_text=_("Eight letters and digits. It is not in the mail and not on the sheet."),
        widget=forms.TextInput({**CODE_BOX, "autocomplete": "off"}),
    )

    def clean_fact(self) -> str:
        """A code of another length cannot be right, so it costs no try."""
        code = read_signs(self.cleaned_data["fact"])
        if len(code) != CODE_SIGNS:
            raise ValidationError(
                _now("This code has %(count)d letters and digits. It needs %(wanted)d.")
                % {"count": len(code), "wanted": CODE_SIGNS}
            )
        return code

    def answer(self) -> str:
        return str(self.cleaned_data["fact"])


class FirstPasswordForm(AccessibleForm):
    """A password for the new account; `user` is the account as it will be, not saved yet."""

    password = forms.CharField(
        label=_("Choose a password"),
        help_text=PASSWORD_HINT,
        strip=False,
        widget=forms.PasswordInput({"autocomplete": "new-password", **SECRET}),
        validators=[MaxLengthValidator(1024)],
    )

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.user = user

    def clean_password(self) -> str:
        password = str(self.cleaned_data["password"])
        get_adapter().clean_password(password, user=self.user)
        return password


class AgreeForm(AccessibleForm):
    """The privacy notice: read, and yes to using the portal."""

    agree = forms.BooleanField(label=_("I have read this and want to use the portal"))
