"""What we did not write ourselves is what its publisher released: hashes, licences, nothing
unlisted.
"""

import base64
import hashlib
import json
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
LISTS = [ROOT / "static/vendor", ROOT / "tests/vendor"]


@pytest.mark.parametrize("folder", LISTS, ids=["served", "tests"])
def test_every_vendored_file_has_the_hash_of_its_release(folder: Path) -> None:
    for package in json.loads((folder / "vendor.json").read_text()):
        for name, expected in package["files"].items():
            digest = hashlib.sha384((ROOT / name).read_bytes()).digest()
            assert f"sha384-{base64.b64encode(digest).decode()}" == expected, name


@pytest.mark.parametrize("folder", LISTS, ids=["served", "tests"])
def test_nothing_lies_there_unlisted_and_each_has_its_licence(folder: Path) -> None:
    packages = json.loads((folder / "vendor.json").read_text())
    listed = {name for package in packages for name in package["files"]}
    there = {
        path.relative_to(ROOT).as_posix()
        for path in folder.rglob("*")
        if path.is_file() and path.suffix not in {".json", ".txt"} and path.name != "LICENSE"
    }
    assert there == listed
    for name in listed:
        assert (ROOT / name).with_name("LICENSE").is_file()
    assert all(package["licence"] and package["version"] for package in packages)


@pytest.mark.parametrize(
    "licence", ["static/fonts/LICENSE-OFL.txt", "static/icons/LICENSE-ISC.txt"]
)
def test_the_font_and_the_icons_have_their_licence_beside_them(licence: str) -> None:
    assert (ROOT / licence).stat().st_size > 500


def test_no_script_of_ours_stores_anything_in_the_browser() -> None:
    """But for the one place of sealed messages, which keeps keys and hashes and no word."""
    keeps_keys = {ROOT / "static/js/messages/store.js"}
    for path in (ROOT / "static/js").rglob("*.js"):
        source = path.read_text().replace("globalThis.indexedDB", "")  # asks whether there is one
        assert "localStorage" not in source, path.name
        assert "sessionStorage" not in source.replace("sessionStorage.clear()", ""), path.name
        assert ("indexedDB" in source) == (path in keeps_keys), path.name


def test_no_stylesheet_names_another_host_or_a_raw_colour_outside_the_tokens() -> None:
    for path in (ROOT / "static/css").rglob("*.css"):
        source = path.read_text()
        assert "://" not in source, path.name
        if path.name not in {"tokens.css", "base.css"}:
            assert not re.search(r":[^;{}]*#[0-9a-fA-F]{3,8}\b", source), path.name
