"""What a manager types to set up an account with a provider."""

from __future__ import annotations

import re
from typing import Any

from django import forms
from django.core.validators import RegexValidator
from django.utils.translation import gettext_lazy as _

from portal.ui.forms import AccessibleForm, PhoneField
from reminders.transports.checks import Trouble

_SERVICE = re.compile(r"MG[0-9a-f]{32}")
_TROUBLES = {
    Trouble.CREDENTIAL: (
        "token",
        _(
            "Twilio does not accept this account id with this auth token. Copy both again from "
            "the first page of the Twilio console."
        ),
    ),
    Trouble.CLOSED: (
        "account_sid",
        _("Twilio says that this account is suspended or closed. Ask Twilio’s support."),
    ),
    Trouble.NOT_THEIRS: (
        "sender",
        _("This is not in that Twilio account. Copy it from “Phone numbers” or “Services”."),
    ),
    Trouble.NO_TEXTS: (
        "sender",
        _("This number cannot send texts. Choose one that Twilio marks with “SMS”."),
    ),
    Trouble.AWAY: (
        None,
        _("Twilio could not be asked just now. Nothing was changed. Try again in a minute."),
    ),
}


class TwilioForm(AccessibleForm):
    """An account with Twilio. The token is never shown again, also not after a mistake."""

    account_sid = forms.CharField(
        label=_("Account SID"),
        max_length=34,
        help_text=_("On the first page of the Twilio console. It begins with AC."),
        validators=[
            RegexValidator(
                r"^AC[0-9a-f]{32}\Z",
                _("An account SID is AC and 32 characters: digits and the letters a to f."),
            )
        ],
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
    )
    token = forms.CharField(
        label=_("Auth token"),
        max_length=64,
        help_text=_("Beside it. We keep it encrypted, and nobody can read it here again."),
        validators=[
            RegexValidator(r"^[!-~]+\Z", _("A token is letters and digits, without spaces."))
        ],
        widget=forms.PasswordInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
    )
    sender = forms.CharField(
        label=_("What texts come from"),
        max_length=40,
        help_text=_("A number of that account, or a messaging service, which begins with MG."),
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
    )
    segments_a_second = forms.IntegerField(
        label=_("Segments a second that it may send"),
        required=False,
        min_value=1,
        max_value=1000,
        help_text=_("As Twilio has told you. Left empty, we slow down when Twilio asks us to."),
        widget=forms.NumberInput(attrs={"class": "input-short", "inputmode": "numeric"}),
    )

    def __init__(self, *args: Any, region: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._region = region

    def clean_sender(self) -> str:
        """A messaging service's id, or a number in E.164."""
        text = str(self.cleaned_data["sender"]).strip()
        if _SERVICE.fullmatch(text):
            return text
        if text[:2].upper() == "MG":
            raise forms.ValidationError(
                _("A messaging service is MG and 32 characters: digits and the letters a to f.")
            )
        return str(PhoneField(region=self._region).clean(text))

    @property
    def account(self) -> dict[str, Any]:
        """What `services.accounts.use_twilio` takes; only of a valid form."""
        sender = self.cleaned_data["sender"]
        is_service = sender.startswith("MG")
        return {
            "account_sid": self.cleaned_data["account_sid"],
            "token": self.cleaned_data["token"],
            "sender": "" if is_service else sender,
            "messaging_service": sender if is_service else "",
            "segments_a_second": self.cleaned_data["segments_a_second"],
        }

    def tell(self, trouble: Trouble) -> None:
        """Put what Twilio said next to the field that it is about."""
        field, words = _TROUBLES[trouble]
        self.add_error(field, words)

    def ask_for_token_again(self) -> None:
        """Say of a form that is shown again why the token's field is empty now."""
        if self.data.get("token"):
            self.add_error("token", _("Enter the token again: we do not show it."))
