"""What the pages cost: the same number of queries with 1, 20 and 200 rows."""

from __future__ import annotations

import pytest

from goals.models import Goal, Note
from goals.services import goals
from tests.cast import Cast
from tests.counting import queries_of
from tests.goals.rows import rated, signed_note, written_goal

pytestmark = pytest.mark.django_db
ROWS = (1, 20, 200)
PAGES = (
    ("ana", "me/"),
    ("ana", "me/goals/"),
    ("ana", "me/notes/"),
    ("cole", "staff/"),
    ("cole", "staff/goals/"),
    ("cole", "staff/patients/{ana}/"),
    ("cole", "staff/patients/{ana}/goals/"),
    ("cole", "staff/patients/{ana}/notes/"),
    ("cole", "staff/patients/{ana}/session/"),
)


def grow_to(cast: Cast, number: int) -> None:
    """That many goals of Ana's, each rated by both sides, and as many notes that were shared."""
    for _each in range(number - Goal.objects.count()):
        goal = written_goal(cast)
        for person, value in ((cast.ana, 4), (cast.cole, 5)):
            rated(goal, value, by=person)
        goals.bring(goal=goal, bring=True, by=cast.ana.viewer)
    for _each in range(number - Note.objects.count()):
        signed_note(cast)


def test_a_page_costs_the_same_however_many_goals_and_notes_there_are(cast, in_alder):
    clients = {name: cast.people[name].client() for name in ("ana", "cole")}
    counts: dict[str, list[int]] = {}
    for number in ROWS:
        grow_to(cast, number)
        for client in clients.values():
            client.get("/alder/")  # that somebody is here is noted once a minute
        for name, path in PAGES:
            url = f"/alder/{path.format(ana=cast.patient('ana').pk)}"
            counts.setdefault(path, []).append(queries_of(clients[name], url))
    assert not {path: found for path, found in counts.items() if len(set(found)) > 1}


def test_a_goal_costs_the_same_however_often_it_was_rated(cast, in_alder):
    goal = written_goal(cast)
    client, counts = cast.cole.client(), []
    url = f"/alder/staff/patients/{goal.patient_id}/goals/{goal.pk}/"
    for number in ROWS:
        for _each in range(number - goal.ratings.count()):
            rated(goal, 5, by=cast.ana, comment="Why")
        counts.append(queries_of(client, url))
    assert len(set(counts)) == 1, counts
