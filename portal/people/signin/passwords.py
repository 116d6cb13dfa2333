"""Which passwords are too easy, said in words that tell what to do instead."""

from __future__ import annotations

import re

from django.contrib.auth import password_validation as django_rules
from django.contrib.auth.base_user import AbstractBaseUser
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

MINIMUM_LENGTH = 12


class LongEnough(django_rules.MinimumLengthValidator):
    """At least twelve characters; nothing is said about which, because length does the work."""

    def __init__(self) -> None:
        super().__init__(MINIMUM_LENGTH)

    def get_error_message(self) -> str:
        return _("Use at least %(number)d characters. Three or four words in a row are good.") % {
            "number": self.min_length
        }

    def get_help_text(self) -> str:
        return self.get_error_message()


class NotCommon(django_rules.CommonPasswordValidator):
    """Not on the list of common passwords, nor one of them with digits and signs at its end."""

    def validate(self, password: str, user: AbstractBaseUser | None = None) -> None:
        plain = password.lower().strip()
        stem = re.sub(r"[\W\d_]+$", "", plain)
        half = plain[: len(plain) // 2]
        doubled = len(plain) % 2 == 0 and half * 2 == plain
        one_sign = len(set(plain)) < 5
        if plain in self.passwords or stem in self.passwords or doubled or one_sign:
            raise ValidationError(self.get_error_message(), code="password_too_common")

    def get_error_message(self) -> str:
        return _("Many people use this password, so it is tried first. Choose something longer.")

    def get_help_text(self) -> str:
        return self.get_error_message()


class NotTheName(django_rules.UserAttributeSimilarityValidator):
    """Not the user name or the address."""

    def __init__(self) -> None:
        super().__init__(user_attributes=("username", "email"))

    def get_error_message(self) -> str:
        return _("This is too close to your name or address. Choose something else.")

    def get_help_text(self) -> str:
        return self.get_error_message()
