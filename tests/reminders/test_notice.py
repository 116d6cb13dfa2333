"""Texts and the notice for another time: the defaults go together, and a clash is said."""

from __future__ import annotations

import datetime as dt

import pytest

from portal.appointments import services as appointments
from portal.practices.models import PracticeSettings
from portal.practices.selectors import settings_of_practice
from portal.practices.services import change_settings
from portal.tenancy.context import practice_scope
from reminders import notice
from reminders.rules.timing import OffsetKind
from reminders.services import policies
from tests.cast import Cast
from tests.reminders.conftest import BY, furnish
from tests.reminders.test_policy_pages import PAGE, posted

pytestmark = pytest.mark.django_db
SETTINGS = "/alder/staff/settings/"
TOO_LATE = "too late to choose another time from it"
NO_TEXT = "no text comes early enough"


def choose(cast: Cast, hours: int) -> None:
    with practice_scope(cast.alder.pk):
        change_settings(settings=settings_of_practice(), reschedule_notice_hours=hours, by=BY)


def page_of(cast: Cast, address: str) -> str:
    return cast.eve.client().get(address).content.decode()


def test_with_the_usual_text_and_the_usual_notice_there_is_half_a_day(cast: Cast) -> None:
    with practice_scope(cast.alder.pk):
        usual = policies.add_usual_policy(by=BY)
        left = notice.time_left(usual.step, PracticeSettings())
    assert left == dt.timedelta(hours=12)


def test_where_nothing_is_too_late_nothing_is_said(cast: Cast) -> None:
    with practice_scope(cast.alder.pk):
        policy = furnish(cast).policy
    for address in (PAGE, f"{PAGE}{policy.pk}/", SETTINGS):
        words = page_of(cast, address)
        assert TOO_LATE not in words
        assert NO_TEXT not in words.lower()


def test_a_notice_as_long_as_the_texts_lead_is_said_in_settings_list_and_editor(
    cast: Cast,
) -> None:
    with practice_scope(cast.alder.pk):
        policy = furnish(cast).policy
    choose(cast, 24)
    assert NO_TEXT in page_of(cast, SETTINGS).lower()
    assert TOO_LATE in page_of(cast, PAGE)
    assert TOO_LATE in page_of(cast, f"{PAGE}{policy.pk}/")
    earlier = posted(policy, offset=72)
    preview = cast.eve.client().post(f"{PAGE}preview/", earlier).content.decode()
    assert TOO_LATE not in preview


@pytest.mark.parametrize("offset", ["", "x", "-1", "99999", "\x00"])
def test_a_moment_that_makes_no_sense_says_nothing_of_notice(cast: Cast, offset: str) -> None:
    with practice_scope(cast.alder.pk):
        policy = furnish(cast).policy
    choose(cast, 24)
    answer = cast.eve.client().post(f"{PAGE}preview/", posted(policy, offset=offset))
    assert answer.status_code == 200
    assert TOO_LATE not in answer.content.decode()


def test_an_earlier_text_of_the_same_visits_is_enough(cast: Cast) -> None:
    with practice_scope(cast.alder.pk):
        furnish(cast)
        policies.add_policy(name="Early", kind=OffsetKind.DAYS_BEFORE, offset=3, by=BY)
    choose(cast, 24)
    assert NO_TEXT not in page_of(cast, SETTINGS).lower()
    assert TOO_LATE in page_of(cast, PAGE)  # of the later one it is true


def test_a_type_with_texts_of_its_own_is_named(cast: Cast) -> None:
    with practice_scope(cast.alder.pk):
        furnish(cast)
        own = appointments.add_type(name="Short call", minutes=20, by=BY)
        policies.add_policy(
            name="Just before",
            kind=OffsetKind.HOURS_BEFORE,
            offset=2,
            appointment_type=own,
            by=BY,
        )
    assert "For Short call, no text comes early enough" in page_of(cast, SETTINGS)


def test_a_practice_that_sends_nothing_or_asks_no_notice_is_told_nothing(cast: Cast) -> None:
    with practice_scope(cast.alder.pk):
        furnish(cast)
    choose(cast, 24)
    with practice_scope(cast.alder.pk):
        change_settings(settings=settings_of_practice(), texts_enabled=False, by=BY)
    assert NO_TEXT not in page_of(cast, SETTINGS).lower()
    with practice_scope(cast.alder.pk):
        change_settings(settings=settings_of_practice(), texts_enabled=True, by=BY)
    choose(cast, 0)
    assert NO_TEXT not in page_of(cast, SETTINGS).lower()
    assert TOO_LATE not in page_of(cast, PAGE)
