"""What keeps a class of attack out altogether: settings and parts that are not there."""

from __future__ import annotations

import ast
from pathlib import Path

from django.conf import settings

from portal.env import BASE_DIR
from tests.everywhere.urls import addresses

OURS = ("portal", "intake", "messaging", "goals", "reminders", "metrics")
# Who may speak to the network, and to whom. Nobody fetches an address that a person gave.
SPEAKS = {
    "portal/production/healthy.py": "this machine's own web server",
    "reminders/transports/twilio.py": "the provider, at an address out of the settings",
    "reminders/transports/twilio_checks.py": "the same, asked about an account before it is kept",
}
CLIENTS = {"urllib.request", "http.client", "requests", "httpx", "aiohttp", "ftplib", "twilio.rest"}
DANGEROUS = {"pickle", "marshal", "shelve", "yaml"}


def sources() -> list[Path]:
    found = [path for name in OURS for path in (BASE_DIR / name).rglob("*.py")]
    return [path for path in found if "portal/dev/" not in path.as_posix()]


def imports_of(path: Path) -> set[str]:
    names: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            names |= {node.module, *(f"{node.module}.{alias.name}" for alias in node.names)}
    return names


def test_there_is_no_admin_site() -> None:
    assert "django.contrib.admin" not in settings.INSTALLED_APPS
    assert not [address for address in addresses() if "admin" in address.route.split("/")]


def test_nothing_is_read_back_as_an_object() -> None:
    """T-CFG: sessions, cache values and tasks are JSON or ids; no source reads a pickle."""
    assert settings.SESSION_SERIALIZER.endswith("JSONSerializer")
    assert settings.CELERY_TASK_SERIALIZER == "json"
    assert settings.CELERY_ACCEPT_CONTENT == ["json"]
    unsafe = {str(path): found for path in sources() if (found := imports_of(path) & DANGEROUS)}
    assert not unsafe


def test_nobody_fetches_an_address_that_a_person_gave() -> None:
    """T-IN-09 by construction: two files speak to the network, each to one known place."""
    speaking = {
        path.relative_to(BASE_DIR).as_posix() for path in sources() if imports_of(path) & CLIENTS
    }
    assert speaking <= set(SPEAKS), f"say whom it speaks to: {sorted(speaking - set(SPEAKS))}"


def test_the_first_factor_of_staff_is_never_a_text() -> None:
    assert set(settings.MFA_SUPPORTED_TYPES) == {"totp", "webauthn", "recovery_codes"}
