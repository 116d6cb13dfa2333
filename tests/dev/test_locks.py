"""The lock files: complete, hashed, and without the name of any host."""

import re
import tomllib
from pathlib import Path
from typing import Any

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from portal.dev.locks import CHECKOUT, LOCKS

NAMES = sorted(LOCKS)
PINNED = re.compile(r"^(?P<name>[A-Za-z0-9._-]+)(?:\[[^\]]*\])?==(?P<version>[^ ;\\]+)")


def project() -> dict[str, Any]:
    return tomllib.loads((CHECKOUT / "pyproject.toml").read_text())


def lock_text(name: str) -> str:
    return Path(CHECKOUT / "requirements" / name).read_text()


def pins(name: str) -> dict[str, set[str]]:
    """The pinned versions by package; more than one where Python versions differ."""
    found: dict[str, set[str]] = {}
    for line in lock_text(name).splitlines():
        match = PINNED.match(line)
        if match:
            found.setdefault(canonicalize_name(match["name"]), set()).add(match["version"])
    return found


def assert_covers(lock: str, requirements: list[str]) -> None:
    pinned = pins(lock)
    for text in requirements:
        requirement = Requirement(text)
        versions = pinned.get(canonicalize_name(requirement.name), set())
        assert any(requirement.specifier.contains(version) for version in versions), text


@pytest.mark.parametrize("name", NAMES)
def test_no_lock_names_a_host_or_a_place(name: str) -> None:
    text = lock_text(name)
    assert "://" not in text
    assert "--index" not in text
    assert "--find-links" not in text
    assert "/home" not in text


@pytest.mark.parametrize("name", NAMES)
def test_every_pin_has_hashes(name: str) -> None:
    blocks = re.split(r"\n(?=[A-Za-z0-9])", lock_text(name).strip())
    for block in blocks:
        assert PINNED.match(block), block[:60]
        assert "--hash=sha256:" in block, block[:60]


def test_the_runtime_lock_covers_the_project_and_its_embedded_servers() -> None:
    described = project()["project"]
    assert_covers("runtime.lock", described["dependencies"])
    assert_covers("runtime.lock", described["optional-dependencies"]["embedded"])


def test_the_dev_lock_covers_the_tools_and_agrees_with_the_runtime_lock() -> None:
    assert_covers("dev.lock", project()["dependency-groups"]["dev"])
    dev = pins("dev.lock")
    for name, versions in pins("runtime.lock").items():
        assert versions <= dev[name], name


def test_the_installer_lock_pins_what_its_source_says() -> None:
    source = (CHECKOUT / "requirements/installer.in").read_text().split("#")[0].strip()
    assert_covers("installer.lock", [source])
