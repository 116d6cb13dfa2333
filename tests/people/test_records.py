"""Finding, adding and changing records through the pages."""

from __future__ import annotations

import datetime as dt
import html
import re
import uuid

import pytest

from portal.audit.models import AuditEvent
from portal.people import services
from portal.people.models import CareTeamMember, ContactPoint, ContactSystem, EpisodeOfCare, Patient
from portal.tenancy.context import practice_scope
from tests.cast import SET_UP, Cast
from tests.counting import queries_of
from tests.odd_input import survives_odd_input

pytestmark = pytest.mark.django_db
PAGES = ("", "details/", "edit/", "contact/", "episode/", "carers/", "end/", "appointments/")


def page_of(patient: Patient, action: str = "") -> str:
    return f"/alder/staff/patients/{patient.pk}/{action}"


def facts(**changes: str) -> dict[str, str]:
    return {"given_name": "Ana", "family_name": "Abbott", "language": "en-gb", **changes}


def test_outsiders_find_nobody(cast: Cast) -> None:
    ana = cast.patient("ana")
    for name in ("yan", "xia", "zoe"):
        client = cast.people[name].client()
        assert client.post("/alder/staff/patients/", {"words": "Ana"}).status_code == 404
        for action in PAGES:
            assert client.get(page_of(ana, action)).status_code == 404, (name, action)


def test_a_clinician_outside_the_care_team_gets_404_and_finds_nobody(cast: Cast) -> None:
    ana, client = cast.patient("ana"), cast.cleo.client()
    for action in PAGES:
        assert client.get(page_of(ana, action)).status_code == 404, action
    found = client.post("/alder/staff/patients/", {"words": "Abbott"}).content.decode()
    assert "Nobody found" in found


def test_navigators_patients_and_carers_have_no_records_to_open(cast: Cast) -> None:
    ana = cast.patient("ana")
    for name in ("nat", "ana", "ben", "fay"):
        assert cast.people[name].client().get(page_of(ana)).status_code == 403, name


def test_the_front_desk_sees_contact_and_never_the_episode(cast: Cast) -> None:
    ana, client = cast.patient("ana"), cast.dee.client()
    page = client.get(page_of(ana, "details/")).content.decode()
    assert "900101" in page
    assert "Episode of care" not in page
    assert "In treatment" not in client.get(page_of(ana)).content.decode()
    assert client.get(page_of(ana, "episode/")).status_code == 403
    assert client.get(page_of(ana, "care-team/")).status_code == 403


def test_an_unknown_or_garbled_patient_is_not_found(cast: Cast) -> None:
    client = cast.eve.client()
    assert client.get(f"/alder/staff/patients/{uuid.uuid4()}/").status_code == 404
    assert client.get("/alder/staff/patients/x'--/").status_code == 404
    ana = cast.patient("ana")
    assert client.get(page_of(ana, f"contact/{uuid.uuid4()}/")).status_code == 404
    assert client.post(page_of(ana, f"carers/{uuid.uuid4()}/end/")).status_code == 404
    assert client.post(page_of(ana, f"care-team/{uuid.uuid4()}/leave/")).status_code == 404


def test_opening_a_record_is_an_event(cast: Cast) -> None:
    ana = cast.patient("ana")
    cast.cole.client().get(page_of(ana))
    with practice_scope(cast.alder.pk):
        event = AuditEvent.objects.get(action="patient.open", patient_id=ana.pk)
    assert event.actor_id == cast.cole.membership.pk


@pytest.mark.parametrize(
    "words",
    ["abb", "ana abb", "Abbott Ana", "07700 900101", "+44 7700 900 101", "900101", "7700900101"],
)
def test_a_patient_is_found_however_they_are_written(cast: Cast, words: str) -> None:
    page = cast.dee.client().post("/alder/staff/patients/", {"words": words}).content.decode()
    assert "Ana Abbott" in page
    assert "Ben Bright" not in page


@pytest.mark.parametrize("words", ["%", "_na", "bott", "101", "+", "zeller", "07700900126"])
def test_other_words_find_nobody(cast: Cast, words: str) -> None:
    page = cast.dee.client().post("/alder/staff/patients/", {"words": words}).content.decode()
    assert "Ana Abbott" not in page
    assert "Zoe" not in page


def test_a_search_is_an_event_without_its_words(cast: Cast) -> None:
    cast.dee.client().post("/alder/staff/patients/", {"words": "Abbott"})
    with practice_scope(cast.alder.pk):
        event = AuditEvent.objects.get(action="patient.search")
    assert event.details["patients"] == [str(cast.patient("ana").pk)]
    assert "Abbott" not in str(event.details)


def test_results_cost_the_same_for_one_and_for_five(cast: Cast) -> None:
    from django.db import connection  # noqa: TID251 - only counts
    from django.test.utils import CaptureQueriesContext

    client = cast.dee.client()

    def cost() -> int:
        with CaptureQueriesContext(connection) as queries:
            client.post("/alder/staff/patients/", {"words": "Abb"})
        return len(queries)

    cost()
    one = cost()
    with practice_scope(cast.alder.pk):
        for number in range(4):
            services.add_patient(given_name=f"A{number}", family_name="Abbott", by=SET_UP)
    assert cost() == one


def test_a_clinician_leads_the_patient_they_add(cast: Cast) -> None:
    answer = cast.cole.client().post(
        "/alder/staff/patients/add/",
        facts(given_name="Max", family_name="Neu", mobile="07700 900188", consent_how="on paper"),
    )
    assert answer.status_code == 302
    with practice_scope(cast.alder.pk):
        new = Patient.objects.get(family_name="Neu")
        point = ContactPoint.objects.get(patient=new)
        assert CareTeamMember.objects.get(patient=new).membership_id == cast.cole.membership.pk
        assert EpisodeOfCare.objects.filter(patient=new, status="active").count() == 1
    assert (point.value, point.may_be_used) == ("+447700900188", True)
    assert cast.cole.client().get(page_of(new)).status_code == 200


def test_somebody_of_the_same_name_is_pointed_out_first(cast: Cast) -> None:
    client, address = cast.dee.client(), "/alder/staff/patients/add/"
    asked = client.post(address, facts())
    assert asked.status_code == 422
    assert page_of(cast.patient("ana")) in asked.content.decode()
    assert client.post(address, facts(someone_else="on")).status_code == 302


def test_two_people_who_edit_lose_nothing(cast: Cast) -> None:
    ana = cast.patient("ana")
    form = facts(version=str(ana.version))
    first, second = cast.dee.client(), cast.eve.client()
    assert first.post(page_of(ana, "edit/"), {**form, "pronouns": "she/her"}).status_code == 302
    clash = second.post(page_of(ana, "edit/"), {**form, "preferred_name": "Annie"})
    assert clash.status_code == 422
    words = clash.content.decode()
    assert "Both versions are kept" in words
    assert "she/her" in words
    assert "Annie" in words
    kept = {**form, "preferred_name": "Annie", "pronouns": "she/her", "version": ana.version + 1}
    assert second.post(page_of(ana, "edit/"), kept).status_code == 302
    with practice_scope(cast.alder.pk):
        ana.refresh_from_db()
    assert (ana.preferred_name, ana.pronouns) == ("Annie", "she/her")


def test_what_only_the_other_changed_is_taken_over(cast: Cast) -> None:
    ana, client = cast.patient("ana"), cast.eve.client()
    fields = _fields_of(client.get(page_of(ana, "edit/")).content.decode())
    cast.dee.client().post(
        page_of(ana, "edit/"), facts(version="1", pronouns="she/her", birth_date="1991-02-03")
    )
    clash = client.post(page_of(ana, "edit/"), {**fields, "preferred_name": "Annie"})
    again = _fields_of(clash.content.decode())
    assert (again["preferred_name"], again["pronouns"]) == ("Annie", "she/her")
    assert again["birth_date_year"] == "1991"
    assert client.post(page_of(ana, "edit/"), again).status_code == 302
    with practice_scope(cast.alder.pk):
        ana.refresh_from_db()
    assert (ana.preferred_name, ana.pronouns) == ("Annie", "she/her")
    assert ana.birth_date == dt.date(1991, 2, 3)


def _fields_of(page: str) -> dict[str, str]:
    """What a browser would send back, untouched."""
    sent = {}
    for tag in re.findall(r"<input[^>]*>", page):
        name, value = re.search(r' name="([^"]+)"', tag), re.search(r' value="([^"]*)"', tag)
        if name and name[1] != "csrfmiddlewaretoken":
            sent[name[1]] = html.unescape(value[1]) if value else ""
    return {"language": "en-gb", "time_zone": "", **sent}


@pytest.mark.parametrize(("year", "words"), [("2099", "still to come"), ("1850", "Check the year")])
def test_a_birth_date_that_cannot_be_is_said_at_the_field(
    cast: Cast, year: str, words: str
) -> None:
    born = {"birth_date_day": "1", "birth_date_month": "2", "birth_date_year": year}
    form = {**facts(given_name="Eva", family_name="Neu"), **born}
    answer = cast.dee.client().post("/alder/staff/patients/add/", form)
    assert answer.status_code == 422
    assert words in answer.content.decode()


def test_pausing_automation_shows_on_the_chart(cast: Cast) -> None:
    ana, client = cast.patient("ana"), cast.dee.client()
    client.post(page_of(ana, "automation/"), {"paused": "yes"})
    for name in ("dee", "cole", "eve"):
        words = cast.people[name].client().get(page_of(ana)).content.decode()
        assert "Automatic texts paused" in words
        assert f"by {cast.dee.membership.display_name}" in words
    client.post(page_of(ana, "automation/"), {"paused": "no"})
    client.post(page_of(ana, "automation/"), {"paused": "perhaps"})
    with practice_scope(cast.alder.pk):
        ana.refresh_from_db()
    assert ana.automation_paused_at is None


def test_pausing_is_undone_with_one_press(cast: Cast) -> None:
    ana, client = cast.patient("ana"), cast.dee.client()
    page = client.post(page_of(ana, "automation/"), {"paused": "yes"}, follow=True)
    undo = re.search(r'action="([^"]*automation/\?paused=no)"', page.content.decode())
    assert undo is not None
    client.post(undo[1])
    with practice_scope(cast.alder.pk):
        ana.refresh_from_db()
    assert (ana.automation_paused_at, ana.automation_paused_by) == (None, None)


def test_a_second_press_does_not_change_who_paused_it(cast: Cast) -> None:
    ana = cast.patient("ana")
    for person in (cast.dee, cast.eve):
        person.client().post(page_of(ana, "automation/"), {"paused": "yes"})
    with practice_scope(cast.alder.pk):
        ana.refresh_from_db()
        assert ana.automation_paused_by == cast.dee.membership


def test_a_record_ends_and_resumes_and_is_not_deleted(cast: Cast) -> None:
    ana, client = cast.patient("ana"), cast.eve.client()
    assert client.get(page_of(ana, "end/")).status_code == 200
    assert client.post(page_of(ana, "end/")).status_code == 302
    assert (
        "Nobody found"
        in client.post("/alder/staff/patients/", {"words": "Abbott"}).content.decode()
    )
    assert client.post(page_of(ana, "resume/")).status_code == 302
    with practice_scope(cast.alder.pk):
        assert Patient.objects.get(pk=ana.pk).status == "active"


def test_a_long_name_and_a_short_one_both_stand(cast: Cast) -> None:
    with practice_scope(cast.alder.pk):
        long = services.add_patient(
            given_name="Maximiliane", family_name="von Hohenlohe-Schillingsfürst", by=SET_UP
        )
        short = services.add_patient(given_name="Bo", birth_date=dt.date(2000, 2, 29), by=SET_UP)
    client = cast.eve.client()
    assert "Schillingsfürst" in client.get(page_of(long)).content.decode()
    assert "Bo" in client.get(page_of(short)).content.decode()


def test_no_form_falls_over_odd_input(cast: Cast) -> None:
    ana, client = cast.patient("ana"), cast.eve.client()
    survives_odd_input(client, "/alder/staff/patients/")
    survives_odd_input(client, "/alder/staff/patients/add/")
    survives_odd_input(client, page_of(ana, "edit/"))
    survives_odd_input(client, page_of(ana, "automation/"), names={"paused"})


def test_the_page_of_a_patient_costs_the_same_for_one_number_and_for_five(cast: Cast) -> None:
    ana, client = cast.patient("ana"), cast.dee.client()
    one = queries_of(client, page_of(ana, "details/"))
    with practice_scope(cast.alder.pk):
        for number in range(4):
            services.add_contact_point(
                patient=ana, system=ContactSystem.EMAIL, value=f"a{number}@example.org", by=SET_UP
            )
    assert queries_of(client, page_of(ana, "details/")) == one
