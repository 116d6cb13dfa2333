"""Two devices, two presses: the database decides, one record comes of it (T-CONC-02, -04)."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from django.db import connections

from intake import selectors
from intake.models import Assignment, DraftAnswer, Flag, Response, Score
from intake.services import answers, assignments
from portal.practices.models import Practice
from portal.tenancy.context import practice_scope
from portal.work.models import WorkItem
from tests.cast import Cast, build_cast, load_cast
from tests.environment.fixtures import CommittedDatabase
from tests.intake.conftest import chosen, fill_in, in_use, phq9_places

HANDS = 6


@pytest.fixture
def crowd(committed_db: CommittedDatabase) -> Cast:
    if not Practice.objects.filter(slug="alder").exists():
        build_cast()
    return load_cast()


def all_at_once(practice: Practice, act: Callable[[], object]) -> list[object]:
    """Run something on several connections at the same moment; what each gave or raised."""
    barrier = Barrier(HANDS)

    def hand() -> object:
        try:
            with practice_scope(practice.pk):
                barrier.wait(timeout=30)
                return act()
        except answers.FormClosed as error:
            return error
        finally:
            connections.close_all()

    with ThreadPoolExecutor(HANDS) as pool:
        return [future.result() for future in [pool.submit(hand) for _ in range(HANDS)]]


def ask_ana(cast: Cast) -> Assignment:
    return assignments.assign(
        patient=cast.patient("ana"), version=in_use("phq-9"), by=cast.cole.viewer
    )


def test_a_form_sent_from_everywhere_at_once_is_one_record(crowd: Cast) -> None:
    with practice_scope(crowd.alder.pk):
        assignment = ask_ana(crowd)
        fill_in(assignment, phq9_places(*[1] * 9), by=crowd.ana)
    ids = all_at_once(
        crowd.alder,
        lambda: (
            answers.submit(assignment=assignment, zone_name="Europe/London", by=crowd.ana.viewer).pk
        ),
    )
    assert len(set(ids)) == 1
    with practice_scope(crowd.alder.pk):
        counts = [model.objects.count() for model in (Response, Score, Flag, WorkItem)]
    assert counts == [1, 1, 1, 1]


def test_answers_and_sending_at_once_lose_nothing_and_double_nothing(crowd: Cast) -> None:
    with practice_scope(crowd.alder.pk):
        assignment = ask_ana(crowd)
        fill_in(assignment, phq9_places(*[0] * 8), by=crowd.ana)
    risky = chosen(assignment.version, {"q9": 3})
    turns = iter(range(HANDS))

    def act() -> object:
        if next(turns) == 0:
            return answers.submit(
                assignment=assignment, zone_name="Europe/London", by=crowd.ana.viewer
            ).pk
        return answers.save_answers(assignment=assignment, answers=risky, by=crowd.ana.viewer).state

    outcomes = all_at_once(crowd.alder, act)
    with practice_scope(crowd.alder.pk):
        response = Response.objects.get()
        kept_before_sending = sum(outcome == "started" for outcome in outcomes)
        flags = {flag.code for flag in Flag.objects.all()}
        assert not DraftAnswer.objects.exists()
        assert not any(flag.alert_raised_at is None for flag in Flag.objects.all())
        if kept_before_sending:
            assert response.answers["q9"] == risky["q9"]
            assert flags == {"suicide-item"}
        else:
            assert flags == {"risk-item-unanswered"}


def test_two_devices_that_save_at_once_keep_one_answer_and_one_flag(crowd: Cast) -> None:
    with practice_scope(crowd.alder.pk):
        assignment = ask_ana(crowd)
    places = iter([1, 2, 3, 1, 2, 3])
    all_at_once(
        crowd.alder,
        lambda: answers.save_answers(
            assignment=assignment,
            answers=chosen(assignment.version, {"q9": next(places)}),
            by=crowd.ana.viewer,
        ),
    )
    with practice_scope(crowd.alder.pk):
        assert list(selectors.answers_so_far(assignment)) == ["q9"]
        assert Flag.objects.count() == 1
