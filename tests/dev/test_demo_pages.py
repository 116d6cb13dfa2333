"""`/demo/`: one press signs in as one of the cast, and only in the demo."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.core.mail import EmailMessage
from django.test import Client
from pytest_django import Settings

from portal import clock
from portal.dev import mailbox, seeding
from portal.dev.cast import CAST
from portal.dev.embedded.home import CHECKOUT
from portal.practices.models import Practice
from portal.practices.prefix import RESERVED
from tests.environment.fixtures import CommittedDatabase

PATHS = ("/demo/", "/demo/sign-in/", "/demo/clock/", "/demo/mail/", "/demo/mail/x/")


@pytest.fixture
def boxed(settings: Settings, tmp_path: Path) -> Path:
    """The mailbox in a folder of this test."""
    settings.PORTAL_HOME = tmp_path
    settings.EMAIL_BACKEND = "portal.dev.mailbox.MailboxBackend"
    return tmp_path


@pytest.fixture
def real_time() -> Iterator[None]:
    yield
    clock.back_to_real_time()


@pytest.mark.django_db
@pytest.mark.parametrize("path", PATHS)
def test_where_people_are_real_there_is_no_demo(settings: Settings, path: str) -> None:
    settings.DEMO = settings.TESTING = False
    for method in ("get", "post"):
        response = getattr(Client(), method)(path, {"who": "ana", "to": "tomorrow"})
        assert response.status_code in (404, 405), path
        assert "session-8000" not in response.cookies


def test_production_does_not_even_mount_it() -> None:
    """Below `if not PRODUCTION`, and no practice can be called like it."""
    source = (CHECKOUT / "portal" / "urls.py").read_text()
    guard, _colon, guarded = source.partition("if not settings.PRODUCTION:")
    assert "demo" not in guard
    assert "portal.dev.urls" in guarded
    assert "demo" in RESERVED


@pytest.mark.django_db
def test_only_the_cast_can_be_chosen(boxed: Path) -> None:
    for who in ("", "root", "mallory", "ana@alder.example", "ANA", "\0"):
        assert Client().post("/demo/sign-in/", {"who": who}).status_code == 404
    assert Client().get("/demo/sign-in/").status_code == 405


@pytest.mark.django_db
def test_an_empty_demo_says_so(boxed: Path) -> None:
    Practice.objects.all()  # none of the demo's practices is made here
    assert Client().get("/demo/").status_code == 200


@pytest.mark.committed
def test_one_press_is_a_full_sign_in_for_each_of_the_cast(
    empty_db: CommittedDatabase, boxed: Path
) -> None:
    seeding.seed(as_of=None, patients=3)
    page = Client().get("/demo/").content.decode()
    for member in CAST:
        client = Client()
        response = client.post("/demo/sign-in/", {"who": member.username})
        assert response.headers["Location"] == f"/{member.practice}/"
        assert member.password in page
        own = "staff/account/" if member.is_staff else "me/settings/"
        assert client.get(f"/{member.practice}/{own}").status_code == 200, member.name
        # A fresh proof, so that pages which ask for one can be shown.
        assert client.get(f"/{member.practice}/accounts/2fa/webauthn/add/").status_code == 200
        assert client.get("/demo/").status_code == 200


@pytest.mark.django_db
@pytest.mark.usefixtures("real_time", "boxed")
def test_the_clock_jumps_to_tomorrow_morning_and_back() -> None:
    client = Client()
    client.post("/demo/clock/", {"to": "tomorrow"})
    moved = clock.now()
    assert dt.timedelta() < moved - dt.datetime.now(dt.UTC) < dt.timedelta(hours=48)  # noqa: TID251
    assert moved.minute == 0
    client.post("/demo/clock/", {"step": "hour"})
    assert clock.now() - moved >= dt.timedelta(hours=1)
    client.post("/demo/clock/", {"to": "real"})
    assert abs(clock.offset()) < dt.timedelta(seconds=5)


@pytest.mark.django_db
@pytest.mark.usefixtures("real_time", "boxed")
@pytest.mark.parametrize("day", ["", "yesterday", "0000-00-00", "9999-99-99"])
def test_a_moment_that_is_none_moves_nothing(day: str) -> None:
    response = Client().post("/demo/clock/", {"day": day, "time": "25:99"})
    assert response.status_code == 200
    assert abs(clock.offset()) < dt.timedelta(seconds=5)


def test_mail_is_kept_for_every_recipient_and_read_newest_first(boxed: Path, db: None) -> None:
    for number in range(2):
        message = EmailMessage(f"Number {number}", "Words.", to=["a@x.example", "b@x.example"])
        assert mailbox.MailboxBackend().send_messages([message]) == 1
    found = mailbox.mails()
    assert [mail.subject for mail in found] == ["Number 1", "Number 1", "Number 0", "Number 0"]
    assert {mail.to for mail in found} == {"a@x.example", "b@x.example"}
    mode = next((boxed / "files" / "mailbox").glob("*.json")).stat().st_mode
    assert oct(mode & 0o777) == "0o600"


def test_the_mailbox_keeps_the_newest(
    boxed: Path, db: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(mailbox, "KEPT", 3)
    for number in range(5):
        message = EmailMessage(str(number), "Words.", to=["a@x.example"])
        mailbox.MailboxBackend().send_messages([message])
    assert [mail.subject for mail in mailbox.mails()] == ["4", "3", "2"]


def test_a_mail_is_text_and_only_our_own_addresses_are_links(
    boxed: Path, db: None, settings: Settings
) -> None:
    body = f"<script>x</script>\n{settings.PUBLIC_URL}/alder/a/join/X/\nhttps://evil.example/"
    mailbox.MailboxBackend().send_messages([EmailMessage("A", body, to=["a@x.example"])])
    page = Client().get(f"/demo/mail/{mailbox.mails()[0].key}/").content.decode()
    assert "&lt;script&gt;" in page
    assert 'href="/alder/a/join/X/"' in page
    assert 'href="https://evil' not in page


@pytest.mark.parametrize("key", ["..", "nothing", "%2e%2e%2fcredentials", "a" * 300])
def test_a_key_leads_out_of_the_mailbox_nowhere(boxed: Path, db: None, key: str) -> None:
    assert Client().get(f"/demo/mail/{key}/").status_code == 404


def test_the_mailbox_can_be_emptied(boxed: Path, db: None) -> None:
    mailbox.MailboxBackend().send_messages([EmailMessage("A", "B", to=["a@x.example"])])
    Client().post("/demo/mail/")
    assert mailbox.mails() == []
