"""T-KEY-05: every class of key that the code uses is on the list."""

from __future__ import annotations

import json

import pytest
from django.core.management import call_command

from portal.encryption.models import Purpose, StoredKey
from portal.encryption.selectors import KEY_CLASSES
from tests.cast import Cast

pytestmark = pytest.mark.django_db


def test_every_kind_of_stored_key_is_on_the_list() -> None:
    used = {kind._meta.db_table for kind in StoredKey.__subclasses__()}
    listed = " ".join(each.lives for each in KEY_CLASSES)
    assert used
    assert all(table in listed for table in used)
    names = {each.name for each in KEY_CLASSES}
    of_purpose = {Purpose.DATA: "practice", Purpose.LOOKUP: "lookup"}
    assert set(of_purpose) == set(Purpose)
    assert {*of_purpose.values(), "patient", "key-encryption", "signing"} == names


def test_the_command_lists_age_and_next_rotation(
    cast: Cast, capsys: pytest.CaptureFixture[str]
) -> None:
    call_command("keys", "--json")
    lines = json.loads(capsys.readouterr().out)["keys"]
    alder = {line["class"]: line for line in lines if line["owner"] == "alder"}
    assert alder["patient"]["count"] == 2
    assert alder["practice"]["count"] == alder["lookup"]["count"] == 1
    assert alder["patient"]["age_days"] is not None
    assert alder["patient"]["next_rotation"] > "2026"
    assert {line["class"] for line in lines} == {each.name for each in KEY_CLASSES}
    call_command("keys")
    said = capsys.readouterr().out
    assert "ENCRYPTION_KEYS" in said
    assert "5e5e" not in said
