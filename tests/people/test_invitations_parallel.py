"""Many at once: five tries are five, one use is one (T-AUTH-06, T-RATE-02)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

from django.db import connections
from django.test import Client

from portal.audit.models import AuditEvent
from portal.people import invitations, services
from portal.people.invitations import Invited
from portal.people.models import Invitation, InvitationState, Patient, User
from portal.practices.models import Membership
from portal.tenancy.context import practice_scope
from tests.cast import SET_UP, Cast

R = TypeVar("R")
BORN = {"fact_day": "2", "fact_month": "6", "fact_year": "1988"}
AT_ONCE, THREADS = 50, 10


def all_at_once(act: Callable[[int], R]) -> list[R]:
    def closing(number: int) -> R:
        try:
            return act(number)
        finally:
            connections.close_all()

    with ThreadPoolExecutor(THREADS) as pool:
        return list(pool.map(closing, range(AT_ONCE)))


def invite_gil(cast: Cast) -> tuple[Patient, Invited]:
    with practice_scope(cast.alder.pk):
        gil = services.add_patient(given_name="Gil", birth_date=dt.date(1988, 6, 2), by=SET_UP)
        return gil, invitations.invite_patient(patient=gil, on_paper=True, by=SET_UP)


def test_of_fifty_answers_at_once_five_are_looked_at(committed_db: object, cast: Cast) -> None:
    _gil, invited = invite_gil(cast)

    def guess(number: int) -> int:
        wrong = {**BORN, "fact_year": str(1920 + number)}
        address = f"/alder/a/join/{invited.token}/"
        return Client().post(address, wrong).status_code

    answers = all_at_once(guess)
    assert sorted(set(answers)) == [200, 410]
    assert answers.count(200) < 5, "the last of the five says that it is over"
    with practice_scope(cast.alder.pk):
        assert AuditEvent.objects.filter(action="invitation.refuse").count() == 5
        assert Invitation.objects.get(pk=invited.invitation.pk).tries == 5
        assert Client().post(f"/alder/a/join/{invited.token}/", BORN).status_code == 410


def test_of_fifty_acceptances_at_once_one_succeeds(committed_db: object, cast: Cast) -> None:
    gil, first = invite_gil(cast)
    with practice_scope(cast.alder.pk):
        second = invitations.invite_again(invitation=first.invitation, on_paper=True, by=SET_UP)
    before = User.objects.count()

    def join(number: int) -> int:
        client = Client()
        client.post(f"/alder/a/join/{(first, second)[number % 2].token}/", BORN)
        answer = client.post("/alder/a/join/account/", {"password": "four-green-doors-open"})
        return answer.status_code

    answers = all_at_once(join)
    assert User.objects.count() == before + 1
    with practice_scope(cast.alder.pk):
        assert Membership.objects.filter(patient_id=gil.pk).count() == 1
        states = Invitation.objects.filter(series=first.invitation.series)
        assert {row.state for row in states} == {InvitationState.ACCEPTED}
        assert states.exclude(accepted_at=None).count() == 1
    assert all(answer in (302, 410) for answer in answers)


def test_of_fifty_proved_browsers_one_gets_the_account(committed_db: object, cast: Cast) -> None:
    gil, invited = invite_gil(cast)

    def accept(number: int) -> bool:
        try:
            with practice_scope(cast.alder.pk):
                invitations.accept(
                    invitation_id=invited.invitation.pk, password="four-green-doors-open"
                )
        except invitations.LinkIsOver:
            return False
        return True

    assert all_at_once(accept).count(True) == 1
    with practice_scope(cast.alder.pk):
        assert Membership.objects.filter(patient_id=gil.pk).count() == 1
