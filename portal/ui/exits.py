"""Leaving a page quickly, and coming back after a sign-in has ended."""

from django.conf import settings
from django.contrib.auth.base_user import AbstractBaseUser
from django.contrib.auth.models import AnonymousUser
from django.utils.crypto import salted_hmac

# Plain, quick, without consent banners, known everywhere, and looked at by anybody for any reason.
DEFAULT = "https://www.wikipedia.org/"


def neutral_page() -> str:
    """Return the outside page that leaving quickly ends on (setting `QUICK_EXIT_URL`)."""
    return str(getattr(settings, "QUICK_EXIT_URL", "") or DEFAULT)


def mark_of(user: AbstractBaseUser | AnonymousUser) -> str:
    """Return 16 hex digits: the same for the same person, and saying nothing about who it is."""
    return salted_hmac("portal.ui.exits", str(user.pk), algorithm="sha256").hexdigest()[:16]
