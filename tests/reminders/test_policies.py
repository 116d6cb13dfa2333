"""What a practice may send."""

from __future__ import annotations

import datetime as dt

import pytest

from portal.tenancy.errors import DomainError
from reminders.models import ReminderPolicy
from reminders.rules.timing import OffsetKind
from reminders.rules.wording import DISCREET_TEMPLATE, FULL_TEMPLATE
from reminders.selectors import policies_in_force
from reminders.services import policies
from tests.reminders.conftest import BY, Desk

pytestmark = pytest.mark.django_db


def add(**more: object) -> ReminderPolicy:
    values: dict[str, object] = {
        "name": "Two days",
        "kind": OffsetKind.DAYS_BEFORE,
        "offset": 2,
        "by": BY,
    }
    return policies.add_policy(**{**values, **more})  # type: ignore[arg-type]


def test_a_policy_knows_its_step_and_says_when(desk: Desk):
    assert add(at=dt.time(10)).when == "2 days before, at 10:00"
    assert add(offset=1).when == "1 day before, at the hour of the visit"
    assert desk.policy.when == "24 hours before"
    assert policies_in_force().count() == 3


def test_the_same_time_twice_is_refused(desk: Desk):
    with pytest.raises(DomainError, match="already"):
        add(kind=OffsetKind.HOURS_BEFORE, offset=24)


@pytest.mark.parametrize(
    ("words", "complaint"),
    [
        ({"template": "Hello {first_name}, reply C. Automatic {phone}"}, "day and time"),
        ({"template": FULL_TEMPLATE.replace("{clinician}", "us")}, "the clinician"),
        ({"template": FULL_TEMPLATE + " Your therapy matters."}, "therapy"),
        ({"template": FULL_TEMPLATE + " {diagnosis}"}, "not a gap"),
        ({"template": FULL_TEMPLATE + " {"}, "curly bracket"),
        ({"discreet_template": DISCREET_TEMPLATE + " {link}"}, "Discreet words"),
        ({"discreet_template": DISCREET_TEMPLATE + " {practice}"}, "Discreet words"),
    ],
)
def test_words_that_lack_a_part_or_say_too_much_are_refused_in_plain_words(
    desk: Desk, words: dict[str, str], complaint: str
):
    with pytest.raises(DomainError, match=complaint):
        add(**words)
    assert policies_in_force().count() == 1


def test_a_nonsense_offset_is_refused_by_the_database(desk: Desk):
    with pytest.raises(DomainError):
        add(offset=0)


def test_retiring_twice_is_retiring_once(desk: Desk):
    first = policies.retire_policy(policy=desk.policy, by=BY).retired_at
    assert policies.retire_policy(policy=desk.policy, by=BY).retired_at == first
