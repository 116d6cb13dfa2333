"""What every view says about itself. The middleware acts on it before the view is entered."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

from django.db import transaction

from portal.access.permissions import Permission

View = TypeVar("View", bound=Callable[..., Any])


def requires(permission: Permission) -> Callable[[View], View]:
    """Only people whose role holds `permission`; others get 403, strangers 404."""

    def mark(view: View) -> View:
        view.required_permission = permission  # type: ignore[attr-defined]  # read by the middleware
        return view

    return mark


def public_page(view: View) -> View:
    """No sign-in. Every public view stands in a list that a test compares."""
    view.is_public = True  # type: ignore[attr-defined]  # read by the middleware
    return view


def signed_in_page(view: View) -> View:
    """Any signed-in person, also one without a place in this practice: pages of one's account."""
    view.is_for_anyone_signed_in = True  # type: ignore[attr-defined]  # read by the middleware
    return view


def own_transactions(view: View) -> View:
    """Enter with the practice ambient and no transaction open; the view opens its own.

    For tries that must be counted even when refused, webhooks, uploads and calls to a provider.
    """
    view.has_own_transactions = True  # type: ignore[attr-defined]  # read by the middleware
    return transaction.non_atomic_requests(view)
