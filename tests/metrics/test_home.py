"""The manager's card and place in the navigation."""

import pytest
from django.template.loader import render_to_string

from metrics.home import staff_cards, staff_nav
from metrics.reports import usual_period
from portal import clock
from portal.tenancy.context import practice_scope
from portal.ui.cards import Card
from tests.cast import Person
from tests.metrics.appointments import more_patients, weeks_of

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("addresses")]


def cards(person: Person) -> list[Card]:
    with practice_scope(person.practice.pk):
        return staff_cards(person.viewer)


def shown(person: Person) -> str:
    (card,) = cards(person)
    return " ".join(render_to_string(card.template, dict(card.context)).split())


def test_only_a_manager_has_the_card_and_the_entry(cast):
    for name in ("ana", "fay", "cole", "dee", "nat"):
        person = getattr(cast, name)
        assert cards(person) == []
        assert staff_nav(person.viewer) == []
    assert len(cards(cast.eve)) == 1
    assert [item.url_name for item in staff_nav(cast.eve.viewer)] == ["metrics:no_shows"]


def test_a_new_practice_is_told_what_will_stand_here(cast):
    assert "First record what became of each appointment" in shown(cast.eve)


def test_few_appointments_are_counted_and_not_divided(cast):
    first = usual_period(clock.today("Europe/London")).first
    weeks_of(cast.cole, [cast.patient("ana")], weeks=1, came=15, missed=3, first=first)
    assert "Not enough data yet: 18 appointments, 30 are needed." in shown(cast.eve)


def test_the_card_shows_the_rate_with_count_and_interval(cast):
    first = usual_period(clock.today("Europe/London")).first
    people = more_patients(cast.cole, 3)
    weeks_of(cast.cole, people, weeks=2, came=36, missed=4, first=first)
    card = shown(cast.eve)
    assert "10.0 %" in card
    assert "8 of 80 appointments, 95 % interval 5.2 to 18.5 %" in card
