"""What the base templates need on every page."""

from __future__ import annotations

from typing import Any

import structlog
from django.http import HttpRequest
from django.utils.functional import SimpleLazyObject

from portal.home import registry
from portal.ui.cards import nav_links


def page_frame(request: HttpRequest) -> dict[str, Any]:
    """`practice`, `viewer`, `patient_tabs`, `staff_nav` and `request_id`.

    The two menus are lazy: a page that does not show them does not pay for their counts.
    """
    viewer = getattr(request, "viewer", None)

    def menu(name: registry.Navigation) -> Any:
        return SimpleLazyObject(
            lambda: nav_links(registry.navigation(name, viewer), request) if viewer else []
        )

    return {
        "practice": getattr(request, "practice", None),
        "viewer": viewer,
        "patient_tabs": menu("patient_tabs"),
        "staff_nav": menu("staff_nav"),
        "request_id": structlog.contextvars.get_contextvars().get("request_id", ""),
    }
