"""Goals on both people's pages: who is refused, who said what, and what is kept."""

from __future__ import annotations

import pytest
from django.urls import reverse

from goals.home import patient_cards, patient_tabs, staff_nav
from goals.models import Goal, GoalOrigin, GoalRating, GoalState, GoalWording
from goals.services import goals
from portal.audit.models import AuditEvent
from portal.tenancy.errors import DomainError
from tests.goals.rows import rated, written_goal
from tests.odd_input import survives_odd_input

pytestmark = pytest.mark.django_db


@pytest.fixture
def goal(cast, in_alder) -> Goal:
    return written_goal(cast)


def staff_url(goal: Goal, end: str = "") -> str:
    return f"/alder/staff/patients/{goal.patient_id}/goals/{goal.pk}/{end}"


def own_url(goal: Goal, end: str = "") -> str:
    return f"/alder/me/goals/{goal.pk}/{end}"


def test_outsiders_and_clinicians_off_the_team_find_no_goal(cast, goal):
    for name in ("yan", "xia", "zoe", "cleo"):
        client = getattr(cast, name).client()
        assert client.get(staff_url(goal)).status_code == 404
        for end in ("turn/", "bring/"):
            assert client.post(staff_url(goal, end), {}).status_code == 404
    assert cast.ben.client().get(own_url(goal)).status_code == 404
    assert cast.cole.client().get(staff_url(goal)).status_code == 200
    assert cast.ana.client().get(own_url(goal)).status_code == 200


def test_front_desk_managers_navigators_and_carers_see_no_goal(cast, goal):
    for name in ("dee", "eve", "nat", "fay"):
        client = getattr(cast, name).client()
        for url in (staff_url(goal), own_url(goal), "/alder/staff/goals/", "/alder/me/goals/"):
            assert client.get(url).status_code == 403, (name, url)
        page = client.get(f"/alder/staff/patients/{goal.patient_id}/")
        assert "take the bus" not in page.content.decode()


def test_a_goal_of_one_patient_is_not_found_under_another(cast, goal):
    other = cast.patient("ben").pk
    url = f"/alder/staff/patients/{other}/goals/{goal.pk}/"
    assert cast.cole.client().get(url).status_code == 404
    assert cast.cleo.client().get(url).status_code == 404


def test_a_patient_writes_a_goal_and_it_is_said_to_be_theirs(cast, in_alder):
    client = cast.ana.client()
    answer = client.post("/alder/me/goals/new/", {"wording": "I want to sleep through"})
    goal = Goal.objects.get()
    assert answer.headers["Location"] == own_url(goal)
    assert (goal.origin, goal.state, goal.wording) == ("own", "active", "I want to sleep through")
    assert "Your own" in client.get(own_url(goal)).content.decode()


def test_a_suggestion_waits_for_the_patients_yes_and_nobody_elses(cast, in_alder):
    url = reverse("goals:goal_add", args=[cast.patient("ana").pk], urlconf="portal.practice_urls")
    given = {
        "wording": "I want to walk",
        "origin": "suggested",
        "patient": str(cast.patient("ana").pk),
    }
    assert cast.cole.client().post(f"/alder{url}", given).status_code == 302
    goal = Goal.objects.get()
    assert goal.state == GoalState.SUGGESTED
    with pytest.raises(DomainError):
        rated(goal, 4, by=cast.ana)
    with pytest.raises(DomainError):
        goals.turn(goal=goal, state=GoalState.ACTIVE, by=cast.cole.viewer)
    assert "Suggested to you" in cast.ana.client().get("/alder/me/goals/").content.decode()
    cast.ana.client().post(own_url(goal, "turn/"), {"state": "active"})
    goal.refresh_from_db()
    assert goal.state == GoalState.ACTIVE


def test_nobody_speaks_for_the_other_side(cast, in_alder):
    with pytest.raises(DomainError):
        written_goal(cast, origin=GoalOrigin.TOGETHER)
    with pytest.raises(DomainError):
        written_goal(cast, by="cole", origin=GoalOrigin.OWN)


def test_both_sides_rate_and_stay_apart(cast, goal):
    cast.ana.client().post(own_url(goal), {"value": "6", "comment": "Four stops"})
    answer = cast.cole.client().post(
        staff_url(goal), {"value": "4", "comment": "", "patient": str(goal.patient_id)}
    )
    assert answer.status_code == 302
    assert {(one.voice, one.value) for one in GoalRating.objects.all()} == {("own", 6), ("team", 4)}
    page = cast.cole.client().get(staff_url(goal)).content.decode()
    assert "Ana said 6." in page
    assert "Four stops" in page
    assert "c-dot-own" in page
    assert "c-dot-team" in page
    assert "You said 6." in cast.ana.client().get(own_url(goal)).content.decode()


@pytest.mark.parametrize(
    ("name", "shown"),
    [("Maximiliane", "Maximiliane</text>"), ("Maximiliane-Sophie", "Maximiliane…</text>")],
)
def test_a_long_name_at_the_end_of_its_line_is_whole_or_says_that_it_goes_on(
    cast, goal, name, shown
):
    patient = cast.patient("ana")
    patient.preferred_name = name
    patient.save(update_fields=["preferred_name"])
    rated(goal, 6, by=cast.ana)
    assert shown in cast.cole.client().get(staff_url(goal)).content.decode()


@pytest.mark.parametrize("value", ["", "11", "-1", "x", "3.5"])
def test_a_number_that_is_none_is_said_at_the_field_and_the_words_stay(cast, goal, value):
    answer = cast.ana.client().post(own_url(goal), {"value": value, "comment": "My own reason"})
    page = answer.content.decode()
    assert answer.status_code == 422
    assert "One thing to look at. Nothing is lost." in page
    assert "My own reason" in page
    assert not GoalRating.objects.exists()


def test_each_wording_is_kept(cast, goal):
    client = cast.ana.client()
    given = {"wording": "I want to take the bus twice a week", "version": goal.version}
    assert client.post(own_url(goal, "words/"), given).status_code == 302
    goal.refresh_from_db()
    assert goal.wording == "I want to take the bus twice a week"
    assert [one.wording for one in GoalWording.objects.order_by("at")] == [
        "I want to take the bus",
        "I want to take the bus twice a week",
    ]
    page = client.get(own_url(goal)).content.decode()
    assert "“I want to take the bus”" in page


def test_two_people_who_word_a_goal_are_both_shown_and_the_first_stands(cast, goal):
    goals.change_words(goal=goal, wording="I ride alone", version=1, by=cast.cole.viewer)
    answer = cast.ana.client().post(
        own_url(goal, "words/"), {"wording": "I ride with Sam", "version": "1"}
    )
    page = answer.content.decode()
    assert answer.status_code == 422
    assert "I ride alone" in page
    assert "I ride with Sam" in page
    goal.refresh_from_db()
    assert goal.wording == "I ride alone"
    again = cast.ana.client().post(
        own_url(goal, "words/"), {"wording": "I ride with Sam", "version": "2"}
    )
    assert again.status_code == 302
    goal.refresh_from_db()
    assert goal.wording == "I ride with Sam"


def test_a_goal_reached_and_taken_up_again_keeps_its_turns(cast, goal):
    client = cast.ana.client()
    for state in ("reached", "active", "set_aside"):
        client.post(own_url(goal, "turn/"), {"state": state})
    assert [turn.state for turn in goal.turns.order_by("at")] == [
        "active",
        "reached",
        "active",
        "set_aside",
    ]
    with pytest.raises(DomainError):
        rated(goal, 5, by=cast.ana)


def test_a_goal_that_somebody_turned_meanwhile_is_not_turned_over_them(cast, goal):
    """Each had the page open; the second is told how it stands."""
    cast.ana.client().post(own_url(goal, "turn/"), {"state": "set_aside"})
    page = cast.cole.client().post(
        staff_url(goal, "turn/"),
        {"patient": str(goal.patient_id), "state": "reached"},
        follow=True,
    )
    assert "has changed meanwhile" in page.content.decode()
    goal.refresh_from_db()
    assert goal.state == GoalState.SET_ASIDE
    suggested = written_goal(cast, by="cole", origin=GoalOrigin.SUGGESTED)
    with pytest.raises(DomainError):
        goals.turn(goal=suggested, state=GoalState.REACHED, by=cast.ana.viewer)


def test_what_was_typed_about_a_goal_set_aside_meanwhile_stays_on_the_page(cast, goal):
    goals.turn(goal=goal, state=GoalState.SET_ASIDE, by=cast.ana.viewer)
    given = {"value": "4", "comment": "The 14 was late twice"}
    own = cast.ana.client().post(own_url(goal), given)
    team = cast.cole.client().post(staff_url(goal), {**given, "patient": str(goal.patient_id)})
    for answer in (own, team):
        assert answer.status_code == 422
        assert "The 14 was late twice" in answer.content.decode()


def test_saving_the_same_words_twice_is_no_quarrel_with_oneself(cast, goal):
    given = {"wording": "I ride with Sam", "version": str(goal.version)}
    for _press in range(2):
        assert cast.ana.client().post(own_url(goal, "words/"), given).status_code == 302
    assert GoalWording.objects.filter(goal=goal).count() == 2


def test_a_goal_that_is_brought_stands_on_the_agenda_of_the_session(cast, goal):
    session = f"/alder/staff/patients/{goal.patient_id}/session/"
    page = cast.cole.client().get(session).content.decode()
    assert "Nobody has put anything on the list." in page
    cast.ana.client().post(own_url(goal, "bring/"), {"bring": "yes"})
    page = cast.cole.client().get(session).content.decode()
    assert "from Ana Abbott" in page
    given = {"bring": "no", "patient": str(goal.patient_id), "came_from": "session"}
    answer = cast.cole.client().post(staff_url(goal, "bring/"), given)
    assert answer.headers["Location"] == session
    goal.refresh_from_db()
    assert goal.brought_at is None


def test_steps_are_written_down_and_ticked_off_by_the_patient_alone(cast, goal):
    client = cast.ana.client()
    client.post(own_url(goal, "steps/"), {"text": "Two stops with Sam"})
    step = goal.steps.get()
    client.post(own_url(goal, f"steps/{step.pk}/"), {"done": "yes"})
    step.refresh_from_db()
    assert step.done_by_id == cast.ana.membership.pk
    at = step.done_at
    client.post(own_url(goal, f"steps/{step.pk}/"), {"done": "yes"})
    step.refresh_from_db()
    assert step.done_at == at
    assert AuditEvent.objects.filter(action="goal.tick_step").count() == 1
    other = written_goal(cast, wording="Another")
    assert client.post(own_url(other, f"steps/{step.pk}/"), {"done": "no"}).status_code == 404
    assert cast.ben.client().post(own_url(goal, f"steps/{step.pk}/"), {}).status_code == 404


def test_reading_a_goal_is_an_event_with_no_words_in_it(cast, goal):
    cast.cole.client().get(staff_url(goal))
    cast.cole.client().get("/alder/staff/goals/")
    seen = AuditEvent.objects.filter(action__in=["goal.open", "goal.list"])
    assert {event.action for event in seen} == {"goal.open", "goal.list"}
    for event in AuditEvent.objects.filter(action__startswith="goal."):
        assert "bus" not in str(event.details)


def test_the_navigation_and_today_show_what_a_person_may_open(cast, goal):
    assert [item.url_name for item in patient_tabs(cast.ana.viewer)] == [
        "goals:goal_list",
        "goals:shared_notes",
    ]
    assert patient_tabs(cast.fay.viewer) == []
    assert [item.url_name for item in staff_nav(cast.cole.viewer)] == ["goals:team_goals"]
    assert staff_nav(cast.eve.viewer) == []
    assert patient_cards(cast.ben.viewer) == []
    assert "take the bus" in cast.ana.client().get("/alder/me/").content.decode()


def test_odd_input_is_never_an_error_of_ours(cast, goal):
    ana, cole, patient = cast.ana.client(), cast.cole.client(), str(goal.patient_id)
    for end in ("", "words/", "steps/"):
        survives_odd_input(ana, own_url(goal, end))
    for end, names in (("turn/", {"state"}), ("bring/", {"bring"})):
        survives_odd_input(ana, own_url(goal, end), names=names)
        survives_odd_input(cole, staff_url(goal, end), names=names | {"patient"})
    survives_odd_input(ana, "/alder/me/goals/new/")
    survives_odd_input(cole, staff_url(goal))
    survives_odd_input(cole, f"/alder/staff/patients/{patient}/goals/add/")
