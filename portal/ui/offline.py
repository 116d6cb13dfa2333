"""What the service worker of a practice keeps for the time without a network."""

import hashlib
from typing import Any

from django.templatetags.static import static
from django.urls import get_script_prefix, reverse

# What the help page needs to be read without a network. All of it is public.
ASSETS = (
    "css/tokens.css",
    "css/base.css",
    "css/components/chrome.css",
    "css/components/controls.css",
    "css/components/content.css",
    "css/components/forms.css",
    "css/components/messages.css",
    "css/components/charts.css",
    "css/components/patient.css",
    "css/components/staff.css",
    "css/components/public.css",
    "css/components/narrow.css",
    "fonts/atkinson-hyperlegible-next-latin-wght.woff2",
    "icons/sprite.svg",
    "icons/favicon.svg",
    "js/quick_exit.js",
    "js/offline_help.js",
)


def worker_settings() -> dict[str, Any]:
    """Return the addresses the worker may keep, for the practice of the current script prefix.

    `family` and `cache` name its store: one a practice, and a new one when a file changes.
    """
    files = [static(name) for name in ASSETS]
    family = f"help:{get_script_prefix()}:"
    return {
        "family": family,
        "cache": family + hashlib.sha256("\n".join(files).encode()).hexdigest()[:12],
        "help": reverse("home:help"),
        "brand": reverse("home:brand_css"),
        "files": files,
    }
