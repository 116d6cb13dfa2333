"""Mail about an account: after the commit, by the worker, saying little (T-AUTH-04)."""

from __future__ import annotations

import datetime as dt
import re

import pytest
from django.core import mail
from django.test import Client
from pytest_django import DjangoCaptureOnCommitCallbacks

from portal import clock
from portal.people.models import Letter
from portal.people.signin import letters
from portal.people.tasks import send_letter, send_waiting_letters
from tests.cast import PASSWORD, Cast
from tests.people.hands import give_code, give_password, is_signed_in

pytestmark = pytest.mark.django_db
NEW_PASSWORD = "four-green-doors-open"


def send_all() -> list[mail.EmailMessage]:
    for letter in Letter.objects.filter(sent_at=None).order_by("created_at"):
        send_letter(str(letter.pk))
    sent, mail.outbox = list(mail.outbox), []
    return sent


def link_in(message: mail.EmailMessage) -> str:
    (found,) = re.findall(r"http://localhost:8000(/alder/\S+)", str(message.body))
    return str(found)


def test_nobody_is_written_to_before_the_commit(
    cast: Cast, django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks
) -> None:
    with django_capture_on_commit_callbacks() as bells:
        Client().post("/alder/accounts/password/reset/", {"email": "ana@example.org"})
    assert (len(bells), mail.outbox) == (1, [])


def test_a_new_password_through_the_mail_leaves_the_second_step_where_it_is(cast: Cast) -> None:
    """T-AUTH-03: no door with fewer locks."""
    client = Client()
    client.post("/alder/accounts/password/reset/", {"email": "cole@example.org"})
    (letter,) = send_all()
    assert letter.to == ["cole@example.org"]
    page = client.get(link_in(letter), follow=True)
    form = page.redirect_chain[-1][0]
    assert client.post(form, {"password1": NEW_PASSWORD}).status_code == 302
    assert not is_signed_in(client)
    give_password(client, "cole", NEW_PASSWORD)
    assert not is_signed_in(client)
    give_code(client)
    assert is_signed_in(client)
    (notice,) = [each for each in send_all() if "link in a mail" in each.body]
    assert notice.to == ["cole@example.org"]


def test_the_link_works_once_and_for_a_day(cast: Cast) -> None:
    client = Client()
    client.post("/alder/accounts/password/reset/", {"email": "ana@example.org"})
    (letter,) = send_all()
    form = client.get(link_in(letter), follow=True).redirect_chain[-1][0]
    client.post(form, {"password1": NEW_PASSWORD})
    again = Client().get(link_in(letter), follow=True)
    assert "no longer works" in again.content.decode()


def test_a_new_password_signs_out_everywhere(cast: Cast) -> None:
    before, client = Client(), Client()
    give_password(before, "ana")
    client.post("/alder/accounts/password/reset/", {"email": "ana@example.org"})
    letter = next(each for each in send_all() if "Choose a new" in each.subject)
    form = client.get(link_in(letter), follow=True).redirect_chain[-1][0]
    client.post(form, {"password1": NEW_PASSWORD})
    assert not is_signed_in(before)


def test_no_letter_row_holds_a_link(cast: Cast) -> None:
    Client().post("/alder/accounts/password/reset/", {"email": "ana@example.org"})
    send_all()
    stored = str(list(Letter.objects.values()))
    assert "http" not in stored
    assert "/reset/" not in stored


def test_a_letter_leaves_once_however_often_the_bell_rings(cast: Cast) -> None:
    Client().post("/alder/accounts/password/reset/", {"email": "ana@example.org"})
    letter = Letter.objects.get()
    for _bell in range(3):
        send_letter(str(letter.pk))
    assert len(mail.outbox) == 1


def test_a_letter_whose_bell_was_lost_is_found_a_minute_later(cast: Cast) -> None:
    Client().post("/alder/accounts/password/reset/", {"email": "ana@example.org"})
    send_waiting_letters()
    assert mail.outbox == []
    Letter.objects.update(created_at=clock.now() - dt.timedelta(seconds=61))
    send_waiting_letters()
    assert len(mail.outbox) == 1


def test_a_mail_server_that_is_away_is_tried_five_times(
    cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    Client().post("/alder/accounts/password/reset/", {"email": "ana@example.org"})
    letter, tried = Letter.objects.get(), []

    def refuse(message: mail.EmailMessage) -> int:
        tried.append(message)
        raise ConnectionRefusedError

    monkeypatch.setattr(mail.EmailMessage, "send", refuse)
    for _bell in range(8):
        try:
            send_letter(str(letter.pk))
        except ConnectionRefusedError:
            continue
    assert len(tried) == letters.MAX_TRIES


def test_old_letters_are_forgotten(cast: Cast) -> None:
    Client().post("/alder/accounts/password/reset/", {"email": "ana@example.org"})
    Letter.objects.update(created_at=clock.now() - dt.timedelta(days=31))
    assert letters.tidy() == 1


def test_a_sign_in_on_a_new_device_is_told_and_one_on_a_known_device_is_not(cast: Cast) -> None:
    client = Client(headers={"User-Agent": "Mozilla/5.0 (Android 14) Firefox/140.0"})
    give_password(client, "ana")
    (letter,) = send_all()
    assert "a device that we have not seen before" in letter.body
    assert "Firefox, Android device" in letter.body
    client.post("/alder/accounts/logout/")
    give_password(client, "ana")
    assert send_all() == []


@pytest.mark.parametrize(
    ("path", "values", "words"),
    [
        (
            "password/change/",
            {"oldpassword": PASSWORD, "password1": NEW_PASSWORD},
            "password was changed",
        ),
    ],
)
def test_every_change_is_told(cast: Cast, path: str, values: dict[str, str], words: str) -> None:
    client = Client()
    give_password(client, "ana")
    send_all()
    client.post(f"/alder/accounts/{path}", values)
    (letter,) = send_all()
    assert words in letter.body
    assert letter.to == ["ana@example.org"]


def test_a_new_address_must_say_yes_and_the_old_one_is_told(cast: Cast) -> None:
    client = Client()
    give_password(client, "ana")
    send_all()
    client.post("/alder/accounts/email/", {"email": "ana@new.example", "action_add": "1"})
    (question,) = send_all()
    assert question.to == ["ana@new.example"]
    cast.ana.user.refresh_from_db()
    assert cast.ana.user.email == "ana@example.org"
    page = client.get(link_in(question))
    assert "Is this your address?" in page.content.decode()
    client.post(link_in(question))
    cast.ana.user.refresh_from_db()
    assert cast.ana.user.email == "ana@new.example"
    told = {letter.to[0]: letter.body for letter in send_all()}
    assert "changed to ana@new.example" in told["ana@example.org"]


def test_an_address_of_somebody_else_is_not_given_away(cast: Cast) -> None:
    """The page answers as always; the link in the mail cannot take the address over."""
    client = Client()
    give_password(client, "ana")
    send_all()
    answer = client.post("/alder/accounts/email/", {"email": "ben@example.org", "action_add": "1"})
    assert answer.status_code == 302
    (question,) = send_all()
    client.post(link_in(question))
    cast.ben.user.refresh_from_db()
    cast.ana.user.refresh_from_db()
    assert (cast.ana.user.email, cast.ben.user.email) == ("ana@example.org", "ben@example.org")


def test_no_letter_says_what_kind_of_place_it_comes_from(cast: Cast) -> None:
    client = Client()
    give_password(client, "ana")
    client.post("/alder/accounts/password/reset/", {"email": "ana@example.org"})
    for letter in send_all():
        for word in ("therap", "mental", "patient", "clinic", "Abbott", "health"):
            assert word not in f"{letter.subject}{letter.body}".lower(), letter.subject


def test_times_in_a_letter_are_those_of_the_practice(cast: Cast) -> None:
    cast.birch.time_zone = "America/New_York"
    letter = Letter(kind="totp_activated", practice_slug="birch", details={}, user=cast.zoe.user)
    letter.created_at = dt.datetime(2026, 7, 1, 12, 0, tzinfo=dt.UTC)
    from portal.practices.models import Practice
    from portal.tenancy.context import practice_scope

    with practice_scope(cast.birch.pk):
        Practice.objects.filter(pk=cast.birch.pk).update(time_zone="America/New_York")
    _subject, body = letters.compose(letter, cast.zoe.user)
    assert "08:00" in body
