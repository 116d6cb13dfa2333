"""A small practice: one person is clinician and manager, or clinician and front desk.

Each role alone opens less than the two together must: the desk's whole practice by name, and the
clinician's own patients by what they wrote.
"""

from __future__ import annotations

import pytest

from intake.models import Assignment
from portal import clock
from portal.access.roles import Role
from portal.practices import services as practices
from portal.practices.models import Practice
from reminders.models import InboundMessage, InboundState
from reminders.selectors import inbound_for
from tests.cast import SET_UP, Cast, Person
from tests.intake.conftest import asked, fill_in, in_alder, phq9, phq9_places

__all__ = ["asked", "in_alder", "phq9"]


@pytest.fixture(params=[Role.MANAGER, Role.FRONT_DESK])
def cleo(cast: Cast, in_alder: Practice, request: pytest.FixtureRequest) -> Person:
    """Cleo, who is not on Ana's care team, with a second role."""
    practices.change_roles(
        membership=cast.cleo.membership, roles={Role.CLINICIAN, request.param}, by=SET_UP
    )
    return cast.cleo


def test_risk_answers_are_not_shown_outside_the_care_team(
    cast: Cast, asked: Assignment, cleo: Person
) -> None:
    fill_in(asked, phq9_places(0, 0, 0, 0, 0, 0, 0, 0, 3), by=cast.ana)
    page = f"staff/forms/{asked.pk}/"
    own = cast.cole.client().get(cast.cole.url(page))
    off_team = cleo.client().get(cleo.url(page))
    assert b"Nearly every day" in own.content
    assert off_team.status_code == 200
    assert b"Nearly every day" not in off_team.content


def test_a_form_is_taken_back_by_the_care_team_only(
    cast: Cast, asked: Assignment, cleo: Person
) -> None:
    response = cleo.client().post(cleo.url(f"staff/forms/{asked.pk}/withdraw/"))
    assert response.status_code == 404
    asked.refresh_from_db()
    assert asked.is_open


def test_a_manager_who_is_a_clinician_reads_alarming_texts_of_their_own_patients(
    cast: Cast, in_alder: Practice
) -> None:
    practices.change_roles(
        membership=cast.cleo.membership, roles={Role.CLINICIAN, Role.MANAGER}, by=SET_UP
    )
    for name in ("ana", "ben"):
        InboundMessage.objects.create(
            sid=f"SM{name}",
            number="+447700900101",
            body="I cannot go on",
            received_at=clock.now(),
            meaning="free_text",
            distress=True,
            state=InboundState.WAITING,
            patient=cast.patient(name),
        )
    cast.cleo.membership.refresh_from_db()
    seen = {row.patient_id for row in inbound_for(cast.cleo.viewer)}
    assert seen == {cast.patient("ben").pk}
