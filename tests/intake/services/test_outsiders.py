"""Who may know of a form, and who may read what came back: the refusals first."""

from __future__ import annotations

import datetime as dt

import pytest

from intake import selectors
from intake.models import (
    Assignment,
)
from intake.services import responses
from portal import clock
from portal.people.models import Cover
from portal.tenancy.context import practice_scope
from portal.tenancy.errors import DomainError, NotFound
from tests.cast import Cast
from tests.intake.conftest import (
    Filled,
    fill_in,
    send,
)

pytestmark = pytest.mark.django_db


class TestOutsiders:
    def test_people_of_another_practice_see_no_form_and_no_answer(
        self, cast: Cast, asked: Assignment, filled: Filled
    ) -> None:
        response = filled(asked, *[1] * 9)
        for name in ("yan", "xia", "zoe"):
            viewer = cast.people[name].viewer
            with practice_scope(cast.birch.pk):
                with pytest.raises(NotFound):
                    selectors.assignment_for(viewer, asked.pk)
                with pytest.raises(NotFound):
                    responses.open_response(response_id=response.pk, by=viewer)
                assert not selectors.questionnaires_for(viewer).exists()

    def test_only_the_care_team_reads_answers(
        self, cast: Cast, asked: Assignment, filled: Filled
    ) -> None:
        response = filled(asked, *[1] * 9)
        for name in ("cleo", "dee", "eve", "nat", "ben", "fay"):
            with pytest.raises(NotFound):
                responses.open_response(response_id=response.pk, by=cast.people[name].viewer)
        opened = responses.open_response(response_id=response.pk, by=cast.cole.viewer)
        assert opened == response

    def test_who_knows_that_a_form_is_asked(self, cast: Cast, asked: Assignment) -> None:
        knows = {
            name
            for name, person in cast.people.items()
            if person.practice == cast.alder
            and selectors.assignments_for(person.viewer).filter(pk=asked.pk).exists()
        }
        assert knows == {"ana", "cole", "dee", "eve"}

    def test_cover_reads_what_the_absent_clinician_would(
        self, cast: Cast, asked: Assignment, filled: Filled
    ) -> None:
        response = filled(asked, *[0] * 9)
        now = clock.now()
        Cover.objects.create(
            absent=cast.cole.membership,
            cover=cast.cleo.membership,
            starts_at=now - dt.timedelta(hours=1),
            ends_at=now + dt.timedelta(hours=1),
            created_at=now,
        )
        opened = responses.open_response(response_id=response.pk, by=cast.cleo.viewer)
        assert opened == response

    def test_nobody_answers_for_another_person(self, cast: Cast, asked: Assignment) -> None:
        for name in ("ben", "cole", "fay"):
            with pytest.raises(DomainError):
                fill_in(asked, {"q1": 1}, by=cast.people[name])
            with pytest.raises(DomainError):
                send(asked, by=cast.people[name])
