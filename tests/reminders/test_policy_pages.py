"""The pages on which a practice says what it sends."""

from __future__ import annotations

from decimal import Decimal

import pytest
from django.db import connections
from django.test.utils import CaptureQueriesContext

from portal.practices.selectors import settings_of_practice
from portal.practices.services import change_settings
from portal.tenancy.context import practice_scope
from reminders.models import ReminderPolicy
from reminders.rules.timing import OffsetKind
from reminders.selectors import policies_in_force
from reminders.services.policies import add_policy
from tests.cast import Cast
from tests.reminders.conftest import BY, furnish

pytestmark = pytest.mark.django_db

PAGE = "/alder/staff/reminders/policies/"


@pytest.fixture
def policy(cast: Cast) -> ReminderPolicy:
    with practice_scope(cast.alder.pk):
        return furnish(cast).policy


def posted(policy: ReminderPolicy, **more: object) -> dict[str, object]:
    """What the form sends for that policy."""
    return {
        "name": policy.name,
        "kind": policy.kind,
        "offset": policy.offset,
        "channel": policy.channel,
        "fallback": policy.fallback,
        "minimum_notice_hours": 0,
        "late_rule": policy.late_rule,
        "at_most": 1,
        "template": policy.template,
        "discreet_template": policy.discreet_template,
        **more,
    }


def in_force(cast: Cast) -> list[ReminderPolicy]:
    with practice_scope(cast.alder.pk):
        return list(policies_in_force())


@pytest.mark.parametrize("name", ["dee", "cole", "nat", "ana"])
@pytest.mark.parametrize("path", ["add/", "{pk}/", "{pk}/retire/", "{pk}/restore/"])
def test_only_managers_change_what_is_sent(
    cast: Cast, policy: ReminderPolicy, name: str, path: str
):
    client = cast.people[name].client()
    address = PAGE + path.format(pk=policy.pk)
    assert client.post(address, posted(policy, offset=5)).status_code == 403
    assert in_force(cast) == [policy]


def test_the_policies_of_another_practice_are_not_found(cast: Cast, policy: ReminderPolicy):
    client = cast.people["yan"].client()
    assert client.post(f"{PAGE}{policy.pk}/retire/").status_code == 404
    assert client.post(f"/birch/staff/reminders/policies/{policy.pk}/").status_code in (403, 404)
    assert in_force(cast) == [policy]


def test_those_who_may_not_change_it_see_no_button(cast: Cast, policy: ReminderPolicy):
    assert str(policy.pk) + "/retire/" not in cast.dee.client().get(PAGE).content.decode()
    assert str(policy.pk) + "/retire/" in cast.eve.client().get(PAGE).content.decode()


def test_a_text_is_added_changed_and_retired(cast: Cast, policy: ReminderPolicy):
    eve = cast.eve.client()
    assert eve.get(f"{PAGE}add/").status_code == 200
    added = eve.post(
        f"{PAGE}add/", posted(policy, name="Two days", kind="days_before", offset=2, at="10:00")
    )
    assert added.status_code == 302
    (two,) = [each for each in in_force(cast) if each.pk != policy.pk]
    assert two.when == "2 days before, at 10:00"
    assert eve.get(f"{PAGE}{two.pk}/").status_code == 200
    changed = posted(two, kind="days_before", at="11:00")
    assert eve.post(f"{PAGE}{two.pk}/", changed).status_code == 302
    (now,) = [each for each in in_force(cast) if each.pk != policy.pk]
    assert (now.when, now.replaces_id) == ("2 days before, at 11:00", two.pk)
    assert eve.get(f"{PAGE}{two.pk}/").status_code == 404
    page = eve.post(f"{PAGE}{now.pk}/retire/", follow=True)
    assert "It is not sent any more." in page.content.decode()
    assert in_force(cast) == [policy]
    eve.post(f"{PAGE}{now.pk}/restore/")
    assert len(in_force(cast)) == 2


@pytest.mark.parametrize(
    ("fields", "complaint"),
    [
        ({"template": "Hello {first_name}. Reply C. {phone} Automatic"}, "day and time"),
        ({"discreet_template": "Hello {first_name}, {day} {time}. {phone} Automatic"}, "how to"),
        ({"template": "{first_name.__class__}"}, "not a gap"),
        ({"kind": "nonsense"}, "not one of the choices"),
        ({"offset": "0"}, "must be 1 or more"),
        ({"offset": "9" * 40}, "must be 720 or less"),
        ({"appointment_type": "0b1e8a52-0d2c-4a7e-9a43-0f4a5f7c7d11"}, "not offered any more"),
        ({"channel": "email", "subject_line": "Your therapy"}, "tell too much"),
    ],
)
def test_what_cannot_be_is_said_beside_the_field_and_nothing_typed_is_lost(
    cast: Cast, policy: ReminderPolicy, fields: dict[str, str], complaint: str
):
    page = cast.eve.client().post(
        f"{PAGE}{policy.pk}/", posted(policy, name="Kept words", **fields)
    )
    words = page.content.decode()
    assert page.status_code == 422
    assert complaint in words
    assert "Kept words" in words
    assert in_force(cast) == [policy]


def test_a_place_that_is_taken_is_said(cast: Cast, policy: ReminderPolicy):
    page = cast.eve.client().post(f"{PAGE}add/", posted(policy))
    assert page.status_code == 422
    assert "There is a text at that time already." in page.content.decode()


def test_the_page_asks_the_same_for_one_text_and_for_ten(cast: Cast, policy: ReminderPolicy):
    eve = cast.eve.client()
    eve.get(PAGE)  # the first page after signing in asks more
    counted = []
    for offset in (0, *range(1, 10)):
        if offset:
            with practice_scope(cast.alder.pk):
                add_policy(name="X", kind=OffsetKind.DAYS_BEFORE, offset=offset, by=BY)
        if offset in (0, 9):
            with CaptureQueriesContext(connections["default"]) as asked:
                assert eve.get(PAGE).status_code == 200
            counted.append(len(asked))
    assert counted[0] == counted[1]


def test_the_page_says_quiet_hours_and_the_price(cast: Cast, policy: ReminderPolicy):
    eve = cast.eve.client()
    assert "Nobody has written yet what a segment costs." in eve.get(PAGE).content.decode()
    with practice_scope(cast.alder.pk):
        settings = settings_of_practice()
        change_settings(settings=settings, segment_price=Decimal("0.04"), by=BY)
    page = eve.get(PAGE).content.decode()
    assert "A segment costs £0.04." in page
    assert "Nothing leaves between 20:00 and 08:00" in page
    assert "2 segments (GSM-7), £0.08" in page


@pytest.mark.parametrize("price", ["0.04", "0", "20", "0.0375"])
def test_a_price_stands_in_its_field_as_it_was_typed(cast: Cast, price: str):
    with practice_scope(cast.alder.pk):
        change_settings(settings=settings_of_practice(), segment_price=Decimal(price), by=BY)
    page = cast.eve.client().get("/alder/staff/settings/safety/").content.decode()
    assert f'name="segment_price" value="{price}"' in page


@pytest.mark.parametrize(
    ("price", "currency", "complaint"),
    [
        ("-1", "GBP", "0 or more"),
        ("a penny", "GBP", "Write an amount"),
        ("0.00001", "GBP", "Four digits"),
        ("NaN", "GBP", "Write an amount"),
        ("0.04", "pounds", "3"),
        ("0.04", "G1P", "three letters"),
    ],
)
def test_a_price_that_cannot_be_is_said(cast: Cast, price: str, currency: str, complaint: str):
    form = {
        "texts_enabled": "yes",
        "late_cancel_hours": 24,
        "reschedule_notice_hours": 24,
        "segment_price": price,
        "currency": currency,
    }
    page = cast.eve.client().post("/alder/staff/settings/safety/", form)
    assert page.status_code == 422
    assert complaint in page.content.decode()
