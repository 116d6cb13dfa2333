"""What the documents promise is there: every test they name, every file of ours they link to."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest

from portal.env import BASE_DIR

NAMED = re.compile(r"`(tests/[\w/]+\.py)::(test_\w+)`")
DOCUMENTS = sorted((BASE_DIR / "docs").glob("*.md"))
PROVED_BY_TESTS = {"hazards.md": 20, "threat-model.md": 20, "asvs.md": 70}
LINES_OF_ASVS = 71


@pytest.mark.parametrize("path", DOCUMENTS, ids=lambda path: path.name)
def test_every_test_that_a_document_names_is_there(path: Path) -> None:
    named = NAMED.findall(path.read_text(encoding="utf-8"))
    assert len(named) >= PROVED_BY_TESTS.get(path.name, 0)
    for file, test in named:
        tree = ast.parse((BASE_DIR / file).read_text(encoding="utf-8"))
        found = {node.name for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)}
        assert test in found, f"{path.name} names {file}::{test}, which is not there"


@pytest.mark.parametrize("document", ["hazards.md", "threat-model.md"])
def test_no_hazard_stands_without_a_test_or_a_not_yet(document: str) -> None:
    for line in (BASE_DIR / "docs" / document).read_text(encoding="utf-8").splitlines():
        if re.match(r"\| H\d", line):
            assert NAMED.search(line) or "*not yet*" in line, line[:60]


def test_every_line_of_the_standard_is_answered() -> None:
    text = (BASE_DIR / "docs" / "asvs.md").read_text(encoding="utf-8")
    lines = [line for line in text.splitlines() if re.match(r"\| \d", line)]
    assert len(lines) == LINES_OF_ASVS
    for line in lines:
        number, _level, ours, control, shown = (part.strip() for part in line.split("|")[1:6])
        assert ours, number
        assert control, number
        assert NAMED.search(shown) or "*not yet*" in control, number


def test_the_readme_leads_only_to_what_is_there() -> None:
    text = (BASE_DIR / "README.md").read_text(encoding="utf-8")
    for place in re.findall(r"`((?:docs|portal|tests|messaging)/[\w./-]*)`", text):
        assert (BASE_DIR / place).exists(), place
