"""The way in: random, proved by a second fact, used once (T-AUTH-06)."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator

import pytest
from django.core import mail
from django.test import Client
from pytest_django import DjangoCaptureOnCommitCallbacks

from portal import clock
from portal.access.roles import Role
from portal.audit.models import AuditEvent
from portal.people import invitations, services
from portal.people.accounts import account_called
from portal.people.invitations import Invited
from portal.people.invitations.tokens import in_groups, new_code, new_token, read_signs
from portal.people.models import Invitation, InvitationState, Patient, ProxyCategory
from portal.people.selectors import patients_helped_by
from portal.people.tasks import mail_invitation
from portal.practices.models import Membership
from portal.practices.selectors import viewer_for
from portal.tenancy.context import practice_scope
from portal.tenancy.errors import DomainError
from tests.cast import SET_UP, Cast
from tests.people.hands import is_signed_in

pytestmark = pytest.mark.django_db

BORN = {"fact_day": "2", "fact_month": "6", "fact_year": "1988"}
NEW_PASSWORD = "four-green-doors-open"


@pytest.fixture
def alder(cast: Cast) -> Iterator[Cast]:
    """The cast, with Alder in force."""
    with practice_scope(cast.alder.pk):
        yield cast


@pytest.fixture
def gil(alder: Cast) -> Patient:
    """A patient without an account."""
    return services.add_patient(
        given_name="Gil", family_name="Gray", birth_date=dt.date(1988, 6, 2), by=SET_UP
    )


def on_paper(cast: Cast, gil: Patient, **more: str) -> Invited:
    return invitations.invite_patient(patient=gil, on_paper=True, by=cast.dee.viewer, **more)


def staff_on_paper(cast: Cast, **more: str) -> Invited:
    return invitations.invite_staff(
        display_name="Hal Hunt",
        roles={Role.CLINICIAN},
        on_paper=True,
        by=cast.eve.viewer,
        **more,
    )


def path(invited: Invited) -> str:
    return f"/alder/a/join/{invited.token}/"


def prove_birth_date(client: Client, invited: Invited) -> None:
    response = client.post(path(invited), BORN)
    assert response.headers["Location"] == "/alder/a/join/account/"


# --- Outsiders first ---


def test_the_link_of_another_practice_opens_nothing(alder: Cast, gil: Patient) -> None:
    invited = on_paper(alder, gil)
    assert Client().get(f"/birch/a/join/{invited.token}/").status_code == 410
    assert Client().post(f"/birch/a/join/{invited.token}/", BORN).status_code == 410


def test_the_second_step_of_another_practice_knows_nothing_of_it(alder: Cast, gil: Patient) -> None:
    client = Client()
    prove_birth_date(client, on_paper(alder, gil))
    assert client.get("/birch/a/join/account/").headers["Location"] == "/birch/a/join/"


@pytest.mark.parametrize("token", ["x", "0" * 26, "../../etc", "a" * 300, "%00", "ÄÖ"])
def test_a_guessed_link_says_what_an_old_one_says(alder: Cast, token: str) -> None:
    response = Client().get(f"/alder/a/join/{token.replace('/', '-')}/")
    assert response.status_code == 410
    assert "no longer works" in response.content.decode()


def test_without_the_second_fact_there_is_no_second_step(alder: Cast, gil: Patient) -> None:
    client = Client()
    client.get(path(on_paper(alder, gil)))
    response = client.post("/alder/a/join/account/", {"password": NEW_PASSWORD})
    assert response.headers["Location"] == "/alder/a/join/"
    assert account_called("gil") is None


def test_opening_the_link_changes_nothing_and_says_nothing_about_anybody(
    alder: Cast, gil: Patient
) -> None:
    invited = on_paper(alder, gil, email="gil@example.org")
    for _scanner in range(20):
        page = Client().get(path(invited)).content.decode()
        page = re.sub(r'value="\w{64}"', "", page)  # sixty-four random signs spell anything
        for secret in ("Gil", "Gray", "gil@", "1988"):
            assert secret not in page
    invited.invitation.refresh_from_db()
    assert invited.invitation.tries == 0
    assert invited.invitation.state == InvitationState.OPEN


# --- The second fact ---


def test_five_wrong_answers_end_an_invitation(alder: Cast, gil: Patient) -> None:
    client, invited = Client(), on_paper(alder, gil)
    for tries in range(1, 5):
        response = client.post(path(invited), {**BORN, "fact_year": f"195{tries}"})
        assert response.status_code == 200
        assert "not what we have" in response.content.decode()
    assert client.post(path(invited), {**BORN, "fact_year": "1955"}).status_code == 410
    assert client.post(path(invited), BORN).status_code == 410
    events = AuditEvent.objects.filter(action="invitation.refuse", patient_id=gil.pk)
    assert [event.details for event in events.order_by("occurred_at")] == [
        {"tries": number} for number in range(1, 6)
    ]


def test_a_date_that_is_none_costs_no_try(alder: Cast, gil: Patient) -> None:
    invited = on_paper(alder, gil)
    for wrong in ({"fact_day": "31"}, {"fact_month": "x"}, {"fact_year": "88"}, {"fact_day": ""}):
        Client().post(path(invited), {**BORN, "fact_month": "2", **wrong})
    invited.invitation.refresh_from_db()
    assert invited.invitation.tries == 0


def test_staff_are_asked_for_the_code_that_was_told_apart(alder: Cast) -> None:
    invited = staff_on_paper(alder)
    assert invited.code
    assert "short code" in Client().get(path(invited)).content.decode()
    assert Client().post(path(invited), {"fact": "ZZZZ-ZZZZ"}).status_code == 200
    typed = invited.code.lower().replace("-", "  ").replace("0", "o").replace("1", "l")
    response = Client().post(path(invited), {"fact": typed})
    assert response.headers["Location"] == "/alder/a/join/account/"


def test_neither_link_nor_code_can_be_read_from_the_row(alder: Cast) -> None:
    invited = staff_on_paper(alder)
    row = Invitation.objects.get(pk=invited.invitation.pk)
    stored = " ".join(str(value) for value in row.__dict__.values())
    assert invited.token not in stored
    assert invited.code not in stored
    assert read_signs(invited.code) not in stored


def test_secrets_are_long_enough_and_never_the_same() -> None:
    assert len({new_token() for _ in range(500)}) == 500
    assert 32**26 > 2**128
    assert re.fullmatch(r"[0-9A-HJKMNP-TV-Z]{4}-[0-9A-HJKMNP-TV-Z]{4}", new_code())
    token = new_token()
    assert read_signs(in_groups(token).lower()) == token


# --- Taking it up ---


def test_a_patient_comes_in_with_a_sheet_and_a_password(alder: Cast, gil: Patient) -> None:
    client, invited = Client(), on_paper(alder, gil)
    typed = in_groups(invited.token).lower()
    page = client.post("/alder/a/join/", {"sheet_code": typed})
    assert page.headers["Location"] == path(invited)
    prove_birth_date(client, invited)
    assert invited.invitation.username in client.get("/alder/a/join/account/").content.decode()
    response = client.post("/alder/a/join/account/", {"password": NEW_PASSWORD})
    assert response.headers["Location"] == "/alder/"
    membership = Membership.objects.get(patient_id=gil.pk)
    assert membership.role_set == {Role.PATIENT}
    assert is_signed_in(client)
    gate = client.get("/alder/me/settings/").headers["Location"]
    assert gate.startswith("/alder/accounts/privacy/")


def test_a_member_of_staff_comes_in_and_meets_the_second_step_at_once(alder: Cast) -> None:
    client, invited = Client(), staff_on_paper(alder, email="hal@example.org")
    client.post(path(invited), {"fact": invited.code})
    client.post("/alder/a/join/account/", {"password": NEW_PASSWORD})
    gate = client.get("/alder/staff/account/").headers["Location"]
    assert gate.startswith("/alder/accounts/second-step/")
    enrol = client.get("/alder/accounts/2fa/totp/activate/")
    assert enrol.status_code == 200, "a proof was just given, none is asked for again"


def test_a_carer_comes_in_with_what_was_allowed_and_no_more(alder: Cast) -> None:
    ends_on = clock.today("Europe/London") + dt.timedelta(days=90)
    invited = invitations.invite_proxy(
        patient=alder.patient("ana"),
        display_name="Ida Abbott",
        relation="Mother",
        categories={ProxyCategory.APPOINTMENTS},
        ends_on=ends_on,
        on_paper=True,
        by=alder.dee.viewer,
    )
    _user, membership = _accept(invited)
    (grant,) = patients_helped_by(viewer_for(membership))
    assert (grant.patient_id, grant.categories, grant.ends_on) == (
        alder.patient("ana").pk,
        ["appointments"],
        ends_on,
    )
    assert membership.patient_id is None, "a carer is never the patient"
    assert membership.role_set == {Role.PROXY}


@pytest.mark.parametrize("password", ["short", "password1234", "sunshine2024!", "aaaaaaaaaaaaaaaa"])
def test_an_easy_password_is_refused_and_the_invitation_stays_good(
    alder: Cast, gil: Patient, password: str
) -> None:
    client, invited = Client(), on_paper(alder, gil)
    prove_birth_date(client, invited)
    response = client.post("/alder/a/join/account/", {"password": password})
    assert response.status_code == 200
    assert not Membership.objects.filter(patient_id=gil.pk).exists()
    assert client.post("/alder/a/join/account/", {"password": NEW_PASSWORD}).status_code == 302


def test_a_second_use_is_refused(alder: Cast, gil: Patient) -> None:
    first, second, invited = Client(), Client(), on_paper(alder, gil)
    prove_birth_date(first, invited)
    prove_birth_date(second, invited)
    first.post("/alder/a/join/account/", {"password": NEW_PASSWORD})
    assert second.post("/alder/a/join/account/", {"password": NEW_PASSWORD}).status_code == 410
    assert Client().get(path(invited)).status_code == 410
    assert not is_signed_in(second)


def test_every_letter_of_an_offer_works_until_one_is_used(alder: Cast, gil: Patient) -> None:
    first = on_paper(alder, gil)
    second = invitations.invite_again(
        invitation=first.invitation, on_paper=True, by=alder.dee.viewer
    )
    assert Client().get(path(first)).status_code == 200
    assert Client().get(path(second)).status_code == 200
    _accept(second)
    assert Client().get(path(first)).status_code == 410


def test_after_three_days_a_link_is_over(alder: Cast, gil: Patient) -> None:
    invited = on_paper(alder, gil)
    clock.move_to(clock.now() + dt.timedelta(hours=72, seconds=1))
    try:
        assert Client().post(path(invited), BORN).status_code == 410
        again = invitations.invite_again(
            invitation=invited.invitation, on_paper=True, by=alder.dee.viewer
        )
        assert Client().get(path(again)).status_code == 200
    finally:
        clock.back_to_real_time()


def test_what_is_taken_back_opens_nothing_in_any_letter(alder: Cast, gil: Patient) -> None:
    first = on_paper(alder, gil)
    second = invitations.invite_again(
        invitation=first.invitation, on_paper=True, by=alder.dee.viewer
    )
    invitations.withdraw(invitation=first.invitation, by=alder.dee.viewer)
    for invited in (first, second):
        assert Client().get(path(invited)).status_code == 410
    with pytest.raises(DomainError):
        invitations.invite_again(invitation=first.invitation, by=alder.dee.viewer)


def _accept(invited: Invited) -> tuple[object, Membership]:
    return invitations.accept(invitation_id=invited.invitation.pk, password=NEW_PASSWORD)


# --- Somebody who has an account ---


def test_an_address_that_has_an_account_is_sent_to_sign_in(alder: Cast) -> None:
    """Nobody makes a second account for it, and nobody takes the first one over."""
    client, invited = Client(), staff_on_paper(alder, email="yan@example.org")
    client.post(path(invited), {"fact": invited.code})
    page = client.get("/alder/a/join/account/").content.decode()
    assert "You have an account already" in page
    client.post("/alder/a/join/account/", {"password": NEW_PASSWORD})
    assert not Membership.objects.filter(user=alder.yan.user).exists()


def test_its_owner_adds_the_practice_to_it(alder: Cast) -> None:
    client, invited = alder.yan.client(), staff_on_paper(alder, email="yan@example.org")
    client.post(path(invited), {"fact": invited.code})
    assert "Add Alder Practice" in client.get("/alder/a/join/account/").content.decode()
    client.post("/alder/a/join/account/")
    assert Membership.objects.get(user=alder.yan.user).role_set == {Role.CLINICIAN}
    assert client.get("/birch/staff/account/").status_code == 200


def test_somebody_else_who_is_signed_in_cannot_add_it(alder: Cast) -> None:
    client, invited = alder.zoe.client(), staff_on_paper(alder, email="yan@example.org")
    client.post(path(invited), {"fact": invited.code})
    client.post("/alder/a/join/account/")
    assert not Membership.objects.filter(user__in=[alder.zoe.user, alder.yan.user]).exists()


def test_in_a_browser_of_somebody_else_a_new_account_is_not_made(alder: Cast, gil: Patient) -> None:
    client, invited = alder.ben.client(), on_paper(alder, gil)
    prove_birth_date(client, invited)
    response = client.post("/alder/a/join/account/", {"password": NEW_PASSWORD})
    assert response.status_code == 409
    assert "Sign out and go on" in response.content.decode()
    assert not Membership.objects.filter(patient_id=gil.pk).exists()


def test_one_account_is_never_staff_and_patient_of_one_practice(alder: Cast) -> None:
    client = alder.ana.client()
    invited = staff_on_paper(alder, email="ana@example.org")
    client.post(path(invited), {"fact": invited.code})
    response = client.post("/alder/a/join/account/")
    assert response.status_code == 409
    assert alder.ana.user.memberships.model.objects.get(user=alder.ana.user).role_set == {
        Role.PATIENT
    }


# --- Inviting ---


def test_a_patient_with_an_account_is_not_invited_again(alder: Cast) -> None:
    with pytest.raises(DomainError, match="has an account"):
        invitations.invite_patient(
            patient=alder.patient("ana"), email="new@example.org", by=alder.dee.viewer
        )


def test_an_offer_needs_a_way_to_arrive(alder: Cast, gil: Patient) -> None:
    with pytest.raises(DomainError, match="sheet"):
        invitations.invite_patient(patient=gil, by=alder.dee.viewer)


@pytest.mark.parametrize("roles", [set(), {Role.PATIENT}, {Role.PROXY, Role.MANAGER}])
def test_staff_are_invited_to_roles_of_staff(alder: Cast, roles: set[Role]) -> None:
    with pytest.raises(DomainError):
        invitations.invite_staff(
            display_name="X", roles=roles, email="x@example.org", by=alder.eve.viewer
        )


def test_only_managers_see_who_is_invited_to_work_here(alder: Cast, gil: Patient) -> None:
    staff, patients = staff_on_paper(alder), on_paper(alder, gil)

    def seen(name: str) -> set[object]:
        rows = invitations.open_invitations_for(alder.people[name].viewer)
        return {row.pk for row in rows}

    assert seen("eve") == {staff.invitation.pk, patients.invitation.pk}
    assert seen("dee") == {patients.invitation.pk}
    assert seen("cole") == set(), "Gil is not in Cole's care"
    assert seen("ana") == set()


def test_an_offer_is_one_line_however_often_it_was_sent(alder: Cast, gil: Patient) -> None:
    first = on_paper(alder, gil)
    again = invitations.invite_again(
        invitation=first.invitation, on_paper=True, by=alder.dee.viewer
    )
    (row,) = invitations.open_invitations_for(alder.dee.viewer)
    assert row.pk in {first.invitation.pk, again.invitation.pk}


# --- Mail ---


def test_the_mail_leaves_after_the_commit_and_carries_a_link_that_works_once(
    cast: Cast, django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks
) -> None:
    with django_capture_on_commit_callbacks() as bells, practice_scope(cast.alder.pk):
        gil = services.add_patient(
            given_name="Gil", birth_date=dt.date(1988, 6, 2), opened_on=None, by=SET_UP
        )
        invited = invitations.invite_patient(
            patient=gil, email="Gil@Example.org", by=cast.dee.viewer
        )
        assert invited.token == ""
        assert invited.link == ""
    assert len(bells) == 1
    assert mail.outbox == []
    with practice_scope(cast.alder.pk):
        for _twice in range(2):
            mail_invitation(str(invited.invitation.pk))
    (letter,) = mail.outbox
    assert letter.to == ["gil@example.org"]
    for word in ("Gil", "patient", "therap", "1988", "mental"):
        assert word not in f"{letter.subject}{letter.body}"
    (link,) = re.findall(r"http\S+/a/join/\w+/", str(letter.body))
    client = Client()
    response = client.post(link.partition("8000")[2], BORN)
    assert response.headers["Location"] == "/alder/a/join/account/"


def test_a_mail_that_cannot_be_handed_over_waits_for_the_next_try(
    alder: Cast, gil: Patient, monkeypatch: pytest.MonkeyPatch
) -> None:
    invited = invitations.invite_patient(patient=gil, email="g@example.org", by=SET_UP)

    def refuse(*_args: object, **_kwargs: object) -> int:
        raise ConnectionRefusedError

    monkeypatch.setattr("django.core.mail.EmailMessage.send", refuse)
    with pytest.raises(ConnectionRefusedError):
        mail_invitation(str(invited.invitation.pk))
    monkeypatch.undo()
    invited.invitation.refresh_from_db()
    assert invited.invitation.mailed_at is None
    mail_invitation(str(invited.invitation.pk))
    assert len(mail.outbox) == 1


def test_a_withdrawn_invitation_is_not_mailed_any_more(alder: Cast, gil: Patient) -> None:
    invited = invitations.invite_patient(patient=gil, email="g@example.org", by=SET_UP)
    invitations.withdraw(invitation=invited.invitation, by=SET_UP)
    mail_invitation(str(invited.invitation.pk))
    assert mail.outbox == []
