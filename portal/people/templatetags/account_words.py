"""Words for the account pages. `{% load account_words %}`."""

from django import template
from django.contrib.auth.base_user import AbstractBaseUser
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from portal.people.signin.devices import browser_name, device_kind

register = template.Library()


@register.simple_tag
def device_name(user_agent: str) -> str:
    """Say what a browser runs on, as people would: “Firefox, Windows computer”."""
    parts = [part for part in (browser_name(user_agent), device_kind(user_agent)) if part]
    return ", ".join(parts) or _("A device we cannot name")


@register.simple_tag
def sign_in_ways(passkeys: list[object], app: object, user: AbstractBaseUser) -> str:
    """Say in one line how somebody signs in: “Password, 2 passkeys, authenticator app”."""
    ways = [_("Password")] if user.has_usable_password() else []
    if passkeys:
        count = len(passkeys)
        ways.append(ngettext("one passkey", "%(count)d passkeys", count) % {"count": count})
    if app:
        ways.append(_("authenticator app"))
    text = ", ".join(ways)
    return text[:1].upper() + text[1:]
