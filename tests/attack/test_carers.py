"""A carer sees what the patient has named, until the end of the day the patient has named."""

from __future__ import annotations

import datetime as dt

import pytest

from portal.people.models import ProxyCategory, ProxyGrant
from portal.people.selectors import patients_helped_by
from portal.practices import services as practices
from portal.tenancy.context import practice_scope
from tests.cast import SET_UP, Cast

LAST_DAY = dt.date(2026, 7, 10)


@pytest.mark.parametrize(
    ("zone", "moment", "helps"),
    [
        ("Europe/London", "2026-07-10T22:30+00:00", True),
        ("Europe/London", "2026-07-10T23:30+00:00", False),  # half past midnight there
        ("America/Denver", "2026-07-11T05:30+00:00", True),  # still the evening before
        ("Asia/Tokyo", "2026-07-10T15:30+00:00", False),
    ],
)
def test_the_last_day_ends_at_midnight_where_the_practice_is(
    cast: Cast, db: None, zone: str, moment: str, helps: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    with practice_scope(cast.alder.pk):
        practices.change_facts(practice=cast.alder, time_zone=zone, by=SET_UP)
        ProxyGrant.objects.update(ends_on=LAST_DAY)
    client = cast.fay.client()
    at = dt.datetime.fromisoformat(moment)
    monkeypatch.setattr("portal.clock.now", lambda: at)
    monkeypatch.setattr("portal.clock.database_clock.now", lambda: at)
    page = client.get(cast.fay.url("me/settings/"))
    assert page.status_code == 200
    assert (b"Ben" in page.content) is helps


def test_only_what_was_named_is_seen(cast: Cast, db: None) -> None:
    with practice_scope(cast.alder.pk):
        ProxyGrant.objects.update(categories=[ProxyCategory.FORMS.value])
        assert patients_helped_by(cast.fay.viewer).count() == 1
    assert b"Ben" not in cast.fay.client().get(cast.fay.url("me/appointments/")).content
