"""The honest pages of messages: who is refused, and what they promise."""

import pytest

from messaging.home import patient_tabs, staff_nav
from portal.practices import services as practices
from portal.tenancy.context import practice_scope
from tests.cast import SET_UP

pytestmark = pytest.mark.django_db


def test_an_outsider_finds_nothing_and_other_roles_are_refused(cast):
    for name in ("yan", "xia", "zoe"):
        for path in ("me/messages/", "staff/inbox/"):
            assert getattr(cast, name).client().get(f"/alder/{path}").status_code == 404
    for name in ("fay", "cole", "dee", "eve", "nat"):
        assert getattr(cast, name).client().get("/alder/me/messages/").status_code == 403
    for name in ("ana", "fay", "dee", "eve", "nat"):
        assert getattr(cast, name).client().get("/alder/staff/inbox/").status_code == 403


def test_a_patient_is_told_that_nothing_can_be_sent_and_whom_to_ring(cast):
    page = cast.ana.client().get("/alder/me/messages/").content.decode()
    assert "You cannot write here yet" in page
    assert 'href="tel:+441134960142"' in page
    assert "<textarea" not in page


def test_without_a_number_the_page_does_not_tell_anyone_to_ring(cast):
    with practice_scope(cast.alder.pk):
        practices.change_facts(practice=cast.alder, phone="", by=SET_UP)
    page = cast.ana.client().get("/alder/me/messages/").content.decode()
    assert "Ask at your next appointment" in page


def test_a_clinician_is_told_that_nothing_waits_unread(cast):
    page = cast.cole.client().get("/alder/staff/inbox/").content.decode()
    assert "Messages are not here yet" in page
    assert "Nothing is waiting unread" in page


def test_only_those_who_may_open_the_page_have_it_in_their_navigation(cast):
    assert [item.url_name for item in patient_tabs(cast.ana.viewer)] == ["messaging:thread_list"]
    assert patient_tabs(cast.fay.viewer) == []
    assert [item.url_name for item in staff_nav(cast.cole.viewer)] == ["messaging:inbox"]
    assert staff_nav(cast.dee.viewer) == []
