"""Signing in with a passkey, in a real browser with a virtual authenticator."""

from __future__ import annotations

import datetime as dt
from typing import Any

from playwright.sync_api import CDPSession, Page, expect

from portal.dev.visitor import code_of_now
from portal.people import invitations, services
from portal.people.accounts import second_factors_of
from portal.people.models import User
from portal.tenancy.context import practice_scope
from tests.cast import SET_UP, TOTP_SECRET
from tests.journeys.stage import Stage


def with_authenticator(page: Page) -> tuple[CDPSession, str]:
    """A device with a screen lock that always says yes."""
    session = page.context.new_cdp_session(page)
    session.send("WebAuthn.enable")
    options = {
        "protocol": "ctap2",
        "transport": "internal",
        "hasResidentKey": True,
        "hasUserVerification": True,
        "isUserVerified": True,
        "automaticPresenceSimulation": True,
    }
    answer = session.send("WebAuthn.addVirtualAuthenticator", {"options": options})
    return session, str(answer["authenticatorId"])


def test_an_invited_patient_comes_in_with_a_passkey_and_back_with_it(stage: Stage) -> None:
    """No password anywhere: invitation, birth date, screen lock, recovery codes, and in again."""
    with practice_scope(stage.cast.alder.pk):
        gil = services.add_patient(given_name="Gil", birth_date=dt.date(1988, 6, 2), by=SET_UP)
        invited = invitations.invite_patient(patient=gil, on_paper=True, by=SET_UP)
    gils = stage.open("")
    page = gils.page
    with_authenticator(page)
    gils.go(f"/alder/a/join/{invited.token}/")
    gils.looks_right()
    page.get_by_label("Day").fill("2")
    page.get_by_label("Month").fill("June")
    page.get_by_label("Year").fill("1988")
    page.get_by_role("button", name="Go on").click()
    expect(page.get_by_role("heading", name="How you will sign in")).to_be_visible()
    gils.looks_right()
    page.get_by_role("button", name="Use this device’s screen lock").click()
    expect(page.get_by_role("heading", name="Recovery codes")).to_be_visible()
    assert page.locator(".codes li").count() == 10
    page.get_by_role("link", name="I have kept them. Go on").click()
    expect(page.get_by_role("heading", name="What is kept, and who reads it")).to_be_visible()
    gils.looks_right()
    page.get_by_label("I have read this").check()
    page.get_by_role("button", name="Go on").click()
    expect(page.get_by_role("navigation")).to_be_visible()
    user = User.objects.get(username=invited.invitation.username)
    assert not user.has_usable_password()
    assert len(second_factors_of(user.pk)) == 1

    page.get_by_role("button", name="Sign out").first.click()
    gils.go("/alder/accounts/login/")
    gils.looks_right()
    page.get_by_role("button", name="Use this device’s screen lock").click()
    expect(page.get_by_role("navigation")).to_be_visible()
    assert gils.path() == "me/"


def test_a_device_that_stops_says_so_in_words(stage: Stage) -> None:
    """Somebody presses cancel: the page says what happened and the password still works."""
    someone = stage.open("")
    page = someone.page
    session, device = with_authenticator(page)
    session.send(
        "WebAuthn.setUserVerified",
        {"authenticatorId": device, "isUserVerified": False},
    )
    someone.go("/alder/accounts/login/")
    page.get_by_role("button", name="Use this device’s screen lock").click()
    expect(page.get_by_role("alert")).to_contain_text("You can try again, or use another way.")
    page.get_by_label("User name or e-mail").fill("ana")
    page.get_by_label("Password", exact=True).fill("quiet-lamp-by-the-door")
    page.get_by_role("button", name="Show the password").click()
    expect(page.get_by_label("Password", exact=True)).to_have_attribute("type", "text")
    page.get_by_role("button", name="Sign in").click()
    expect(page.get_by_role("navigation")).to_be_visible()


def test_a_clinician_adds_a_passkey_and_uses_it_as_the_second_step(stage: Stage) -> None:
    cole = stage.open("")
    page = cole.page
    with_authenticator(page)
    sign_in(cole, page, "cole")
    page.get_by_label("Code").fill(code_of_now(TOTP_SECRET, good_for=12))
    page.get_by_role("button", name="Go on").click()
    expect(page.get_by_role("button", name="Menu")).to_be_visible()
    cole.go("/alder/accounts/2fa/webauthn/add/")
    cole.looks_right()
    page.get_by_label("What do you call this device?").fill("Desk at the window")
    page.get_by_role("button", name="Use this device’s screen lock").click()
    expect(page.get_by_role("heading", name="Recovery codes")).to_be_visible()
    cole.go("/alder/accounts/2fa/")
    expect(page.get_by_text("Desk at the window")).to_be_visible()
    cole.looks_right()

    page.context.clear_cookies()
    sign_in(cole, page, "cole")
    page.get_by_role("button", name="Use a passkey").click()
    expect(page.get_by_role("button", name="Menu")).to_be_visible()


def sign_in(journey: Any, page: Page, name: str) -> None:
    journey.go("/alder/accounts/login/")
    page.get_by_label("User name or e-mail").fill(name)
    page.get_by_label("Password", exact=True).fill("quiet-lamp-by-the-door")
    page.get_by_role("button", name="Sign in").click()


def test_without_script_the_password_is_the_way(stage: Stage) -> None:
    someone = stage.open("", script=False)
    page = someone.page
    someone.go("/alder/accounts/login/")
    expect(page.get_by_role("button", name="Use this device’s screen lock")).to_be_hidden()
    page.get_by_label("User name or e-mail").fill("ana")
    page.get_by_label("Password", exact=True).fill("quiet-lamp-by-the-door")
    page.get_by_role("button", name="Sign in").click()
    expect(page.get_by_role("navigation")).to_be_visible()
