"""What the pages cost: the same number of queries with 1, 20 and 200 rows."""

from __future__ import annotations

import pytest

from goals.models import Goal, Note
from goals.services import goals, notes
from tests.counting import queries_of
from tests.goals.rows import rated, signed_note, written_goal

pytestmark = pytest.mark.django_db
ROWS = (1, 20, 200)


def grow_to(cast, number: int) -> None:
    """That many goals of Ana's, each rated by both sides, and as many notes that were shared."""
    for _each in range(number - Goal.objects.count()):
        goal = written_goal(cast)
        for person, value in ((cast.ana, 4), (cast.cole, 5)):
            rated(goal, value, by=person)
        goals.bring(goal=goal, bring=True, by=cast.ana.viewer)
    for _each in range(number - Note.objects.count()):
        signed_note(cast)


@pytest.mark.parametrize(
    ("name", "path"),
    [
        ("ana", "me/"),
        ("ana", "me/goals/"),
        ("ana", "me/notes/"),
        ("cole", "staff/"),
        ("cole", "staff/goals/"),
        ("cole", "staff/patients/{ana}/goals/"),
        ("cole", "staff/patients/{ana}/notes/"),
        ("cole", "staff/patients/{ana}/session/"),
    ],
)
def test_a_page_costs_the_same_however_much_there_is(cast, in_alder, name, path):
    client = cast.people[name].client()
    url = f"/alder/{path.format(ana=cast.patient('ana').pk)}"
    counts = {}
    for number in ROWS[: 3 if name == "ana" or "session" in path else 2]:
        grow_to(cast, number)
        counts[number] = queries_of(client, url)
    assert len(set(counts.values())) == 1, counts


def test_a_goal_costs_the_same_however_often_it_was_rated(cast, in_alder):
    goal = written_goal(cast)
    client, counts = cast.cole.client(), {}
    url = f"/alder/staff/patients/{goal.patient_id}/goals/{goal.pk}/"
    for number in ROWS:
        for _each in range(number - goal.ratings.count()):
            rated(goal, 5, by=cast.ana, comment="Why")
        counts[number] = queries_of(client, url)
    assert len(set(counts.values())) == 1, counts


def test_a_note_costs_the_same_however_much_was_added_and_kept(cast, in_alder):
    note = signed_note(cast)
    client, counts = cast.cole.client(), {}
    url = f"/alder/staff/patients/{note.patient_id}/notes/{note.pk}/"
    for number in ROWS:
        for _each in range(number - note.addenda.count()):
            notes.add_to_note(note=note, text="More", by=cast.cole.viewer)
        counts[number] = queries_of(client, url)
    assert len(set(counts.values())) == 1, counts
