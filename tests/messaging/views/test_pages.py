"""The pages of messages: who is refused, and that the server puts no word and no key in them."""

import gzip
import re
from pathlib import Path

import pytest
from django.conf import settings
from django.contrib.auth import password_validation

from messaging.blobs import MOST_PADDED
from messaging.home import patient_tabs, staff_nav
from messaging.promise import words
from messaging.views.pages import MOST_CHARACTERS
from tests.cast import Cast
from tests.messaging.people import Writers

pytestmark = pytest.mark.django_db

PINS = Path(settings.BASE_DIR) / "static" / "js" / "messages" / "common_pins.js"


def test_an_outsider_finds_nothing_and_other_roles_are_refused(
    cast: Cast, writers: Writers
) -> None:
    thread = f"staff/messages/{writers.thread}/"
    for name in ("yan", "xia", "zoe"):
        for path in ("me/messages/", "staff/messages/", "staff/messages/keys/", thread):
            assert getattr(cast, name).client().get(f"/alder/{path}").status_code == 404
    for name in ("fay", "cole", "dee", "eve", "nat"):
        assert getattr(cast, name).client().get("/alder/me/messages/").status_code == 403
    for name in ("ana", "fay", "dee", "eve", "nat"):
        for path in ("staff/messages/", thread):
            assert getattr(cast, name).client().get(f"/alder/{path}").status_code == 403
    for name in ("ana", "fay", "cole", "dee", "nat"):
        client = getattr(cast, name).client()
        assert client.get("/alder/staff/messages/keys/").status_code == 403


def test_a_clinician_outside_the_care_team_does_not_find_the_thread(
    cast: Cast, writers: Writers
) -> None:
    path = f"/alder/staff/messages/{writers.thread}/"
    assert cast.cole.client().get(path).status_code == 200
    assert cast.cleo.client().get(path).status_code == 404


def test_a_page_holds_the_promise_and_no_message(cast: Cast, writers: Writers) -> None:
    writers.cole.send(writers.thread, "Not for the server.")
    for person, path in (
        (cast.ana, "me/messages/"),
        (cast.cole, f"staff/messages/{writers.thread}/"),
    ):
        page = person.client().get(f"/alder/{path}").content.decode()
        assert words() in page
        assert "Not for the server." not in page
        assert "<noscript>" in page


def test_the_limits_are_printed_for_everybody_with_keys(cast: Cast) -> None:
    for person in (cast.ana, cast.cole, cast.eve):
        page = person.client().get("/alder/messages/limits/").content.decode()
        assert words() in page
        assert "nothing on this page could stop it" in page
    assert cast.dee.client().get("/alder/messages/limits/").status_code == 403


@pytest.mark.parametrize("path", ["me/messages/", "messages/devices/", "messages/limits/"])
def test_markup_cannot_be_made_from_text_there(cast: Cast, path: str) -> None:
    response = cast.ana.client().get(f"/alder/{path}")
    policy = response.headers["Content-Security-Policy"]
    assert "require-trusted-types-for 'script'" in policy
    assert "trusted-types messages-worker" in policy
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy
    assert b"htmx" not in response.content


def test_the_longest_text_fits_into_one_message() -> None:
    assert MOST_CHARACTERS * 4 + 1 <= MOST_PADDED


def test_only_those_who_may_open_a_page_have_it_in_their_navigation(cast: Cast) -> None:
    assert [item.url_name for item in patient_tabs(cast.ana.viewer)] == ["messaging:thread_list"]
    assert patient_tabs(cast.fay.viewer) == []
    assert [item.url_name for item in staff_nav(cast.cole.viewer)] == ["messaging:inbox"]
    assert [item.url_name for item in staff_nav(cast.eve.viewer)] == ["messaging:practice_keys"]
    assert staff_nav(cast.dee.viewer) == []


def test_the_refused_pins_are_the_thousand_commonest_passwords_of_digits() -> None:
    listed = PINS.read_text(encoding="utf-8").split("`")[1].split()
    common = Path(password_validation.__file__).with_name("common-passwords.txt.gz")
    with gzip.open(common, "rt") as lines:
        passwords = [line.strip() for line in lines]
    digits = [each for each in passwords if re.fullmatch(r"\d{6,}", each)]
    assert listed == digits[:1000]
