"""The honest pages of goals: who is refused, and what they promise."""

import pytest

from goals.home import patient_tabs, staff_nav

pytestmark = pytest.mark.django_db


def test_an_outsider_finds_nothing_and_other_roles_are_refused(cast):
    for name in ("yan", "xia", "zoe"):
        for path in ("me/goals/", "staff/goals/"):
            assert getattr(cast, name).client().get(f"/alder/{path}").status_code == 404
    for name in ("fay", "cole", "dee", "eve", "nat"):
        assert getattr(cast, name).client().get("/alder/me/goals/").status_code == 403
    for name in ("ana", "fay", "dee", "eve", "nat"):
        assert getattr(cast, name).client().get("/alder/staff/goals/").status_code == 403


def test_a_patient_is_told_what_will_come_and_what_to_do_until_then(cast):
    page = cast.ana.client().get("/alder/me/goals/").content.decode()
    assert "You cannot write goals here yet" in page
    assert "Tell your clinician at the next appointment" in page
    assert "<textarea" not in page


def test_a_clinician_is_told_where_goals_go_until_then(cast):
    page = cast.cole.client().get("/alder/staff/goals/").content.decode()
    assert "Goals are not here yet" in page


def test_only_those_who_may_open_the_page_have_it_in_their_navigation(cast):
    assert [item.url_name for item in patient_tabs(cast.ana.viewer)] == ["goals:goal_list"]
    assert patient_tabs(cast.fay.viewer) == []
    assert [item.url_name for item in staff_nav(cast.cole.viewer)] == ["goals:team_goals"]
    assert staff_nav(cast.eve.viewer) == []
