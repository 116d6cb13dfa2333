"""Password sign-in that takes the same work for everybody.

allauth's own backend tries a name first as an address and then as a name, so an account that exists
costs two hashes and one that does not costs one: a clock tells them apart. Here it is one hash,
whoever asks and whatever they typed.
"""

from __future__ import annotations

from typing import Any

from allauth.account.auth_backends import AuthenticationBackend
from django.contrib.auth.base_user import AbstractBaseUser
from django.http import HttpRequest

from portal.people.accounts import account_called


class OneHashBackend(AuthenticationBackend):  # type: ignore[misc]  # allauth has no types
    """Finds the account by user name or e-mail address, then checks the password once."""

    def _authenticate(
        self, request: HttpRequest | None, **credentials: Any
    ) -> AbstractBaseUser | None:
        """allauth hashes a throw-away password when this has checked none."""
        called = credentials.get("email") or credentials.get("username") or ""
        user = account_called(called)
        checked: AbstractBaseUser | None = self._check_password(user, credentials["password"])
        return checked

    def has_perm(self, user_obj: Any, perm: str, obj: Any = None) -> bool:
        """Django's permissions are not used here; roles say who may do what."""
        return False
