"""Production refuses to start where it would be unsafe, names the setting and says what to do."""

from __future__ import annotations

import os
import runpy
import subprocess
import sys
from typing import Any

import pytest
from django.core.exceptions import ImproperlyConfigured
from django.db import connections
from django.db.backends.signals import connection_created

from portal.env import BASE_DIR
from portal.tenancy.checks import refuse_to_serve

SAFE = {
    "PORTAL_MODE": "production",
    "SECRET_KEY": "k" * 50,
    "ENCRYPTION_KEYS": "4b" * 32,
    "PUBLIC_URL": "https://portal.example.org",
    "EMAIL_URL": "smtp+tls://user:word@mail.example.org:587",
    "DEBUG": "",
}


def load_settings(monkeypatch: pytest.MonkeyPatch, **changes: str) -> None:
    for name, value in {**SAFE, **changes}.items():
        monkeypatch.setenv(name, value) if value else monkeypatch.delenv(name, raising=False)
    runpy.run_path(str(BASE_DIR / "portal" / "settings.py"))


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("SECRET_KEY", ""),
        ("ENCRYPTION_KEYS", ""),
        ("ENCRYPTION_KEYS", "not a key"),
        ("PUBLIC_URL", ""),
        ("PUBLIC_URL", "http://portal.example.org"),
        ("DATABASE_URL", ""),
        ("DATABASE_URL", "sqlite:///portal.db"),
        ("DATABASE_URL", "postgres://portal_app:word@database.example.org/portal"),
        ("REDIS_URL", ""),
        ("EMAIL_URL", ""),
        ("DEBUG", "1"),
    ],
)
def test_a_missing_or_unsafe_setting_is_named_with_its_mend(
    monkeypatch: pytest.MonkeyPatch, name: str, value: str
) -> None:
    with pytest.raises(ImproperlyConfigured) as refused:
        load_settings(monkeypatch, **{name: value})
    said = str(refused.value)
    assert name in said or "database address" in said
    assert any(mend in said for mend in ("Set", "Unset", "Point", "must begin", "Add"))


def test_a_key_file_that_cannot_be_read_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(ImproperlyConfigured, match="ENCRYPTION_KEY_FILE cannot be read"):
        load_settings(monkeypatch, ENCRYPTION_KEYS="", ENCRYPTION_KEY_FILE="/nowhere/key")


def test_what_is_safe_is_loaded(monkeypatch: pytest.MonkeyPatch) -> None:
    load_settings(monkeypatch)


def start_web_server(**changes: str) -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, **SAFE, **changes}
    return subprocess.run(
        [sys.executable, "-c", "import portal.wsgi"],
        cwd=BASE_DIR,
        env={name: value for name, value in environment.items() if value},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )


@pytest.mark.django_db
def test_a_web_server_as_the_tables_owner_does_not_start() -> None:
    """Nothing else would say it: as their owner, or as a superuser, every page still works.

    The mark sees to it that the database is there: of one that is away nothing can be told.
    """
    ended = start_web_server(DATABASE_URL=os.environ["DATABASE_OWNER_URL"])
    assert ended.returncode != 0
    assert "DATABASE_URL signs in as portal_owner" in ended.stderr
    assert "Point DATABASE_URL at the role portal_app." in ended.stderr
    assert "DATABASE_OWNER_URL is set" in ended.stderr


@pytest.mark.django_db
def test_a_database_that_was_a_demo_serves_nobody(settings: Any) -> None:
    refuse_to_serve()
    settings.PRODUCTION = True
    with pytest.raises(ImproperlyConfigured) as refused:
        refuse_to_serve()
    assert "this database was a demo" in str(refused.value)
    assert "signs in as" not in str(refused.value)


@pytest.mark.django_db
def test_a_database_that_comes_later_is_asked_then(settings: Any) -> None:
    """A process may start while the database is away: its first connection is looked at."""
    settings.PRODUCTION = True
    again = connections["default"].copy()
    with pytest.raises(ImproperlyConfigured):
        refuse_to_serve()
    try:
        with pytest.raises(ImproperlyConfigured, match="this database was a demo"):
            again.connect()
        assert again.connection is None, "nothing may be asked through it"
    finally:
        again.close()
        connection_created.disconnect(dispatch_uid="tenancy: the first connection")
