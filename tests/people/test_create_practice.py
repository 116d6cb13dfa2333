"""`manage.py create_practice`: a practice and a way in, or one line and exit 2."""

from __future__ import annotations

import json
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.test import Client

from portal.practices.models import Membership, Practice
from portal.tenancy.context import practice_scope
from tests.cast import Cast

pytestmark = pytest.mark.django_db
GOOD = {"name": "Elm Court", "manager_email": "mia@elm.example"}


def run(*arguments: str, **options: object) -> str:
    out = StringIO()
    call_command("create_practice", *arguments, **options, stdout=out)
    return out.getvalue()


@pytest.mark.parametrize(
    ("slug", "change", "words"),
    [
        ("api", {}, "kept for the portal"),
        ("demo", {}, "kept for the portal"),
        ("alder", {}, "exists already"),
        ("E", {}, "3 to 40"),
        ("elm court", {}, "3 to 40"),
        ("elm/court", {}, "3 to 40"),
        ("elm-court", {"manager_email": "mia"}, "not an e-mail"),
        ("elm-court", {"manager_email": ""}, "not an e-mail"),
        ("elm-court", {"time_zone": "Mars/North"}, "not a time zone"),
        ("elm-court", {"country": "Mars"}, "two letters"),
        ("elm-court", {"name": "E"}, "2 to 120"),
        ("elm-court", {"name": "E" * 121}, "2 to 120"),
    ],
)
def test_bad_input_is_one_line_and_makes_nothing(
    cast: Cast, slug: str, change: dict[str, str], words: str
) -> None:
    before = Practice.objects.count()
    with pytest.raises(CommandError, match=words) as error:
        run(slug, **{**GOOD, **change})
    assert error.value.returncode == 2
    assert "\n" not in str(error.value)
    assert Practice.objects.count() == before


def test_a_missing_argument_is_one_line_too() -> None:
    with pytest.raises(CommandError, match="manager-email") as error:
        run("elm-court", "--name", "Elm Court")
    assert error.value.returncode == 2


def test_its_manager_comes_in_by_the_printed_link(cast: Cast) -> None:
    printed = json.loads(run("elm-court", **GOOD, as_json=True))
    assert printed["slug"] == "elm-court"
    path = printed["link"].removeprefix("http://localhost:8000")
    client = Client()
    client.post(path, {"fact": printed["code"]})
    client.post("/elm-court/a/join/account/", {"password": "four-green-doors-open"})
    practice = Practice.objects.get(slug="elm-court")
    with practice_scope(practice.pk):
        assert Membership.objects.get().roles == ["manager"]
    gate = client.get("/elm-court/staff/").headers["Location"]
    assert gate.startswith("/elm-court/accounts/second-step/")


def test_the_words_name_the_link_and_the_code_apart(cast: Cast) -> None:
    words = run("elm-court", **GOOD)
    assert "Elm Court is made" in words
    assert "/elm-court/a/join/" in words
    assert "told apart" in words
