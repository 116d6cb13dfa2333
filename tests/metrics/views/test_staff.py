"""The manager's figures over the wire: who is refused, what is said, what is recorded."""

import csv
import datetime as dt
import io
import re

import pytest
from django.db import connections
from django.http import HttpResponse
from django.test.utils import CaptureQueriesContext

from portal.appointments.models import Status
from portal.audit.models import AuditEvent
from portal.practices.models import Practice
from portal.tenancy.context import practice_scope
from tests.metrics.appointments import MONDAY, at, more_patients, past, save, weeks_of

pytestmark = pytest.mark.django_db

PAGE = "staff/metrics/no-shows/"
CSV = "staff/metrics/no-shows/csv/"
PEOPLE = "staff/metrics/no-shows/people/"
JUNE = "from_on=2024-06-03&to_on=2024-06-30"
MISSED = f"{JUNE}&outcome=not_attended"
EACH = [f"{PAGE}?{JUNE}", f"{CSV}?{JUNE}", f"{PEOPLE}?{MISSED}"]


@pytest.fixture
def june(cast):
    """Four weeks at Alder with 36 who came and 4 who did not, by 20 patients; and one at Birch."""
    weeks_of(cast.cole, more_patients(cast.cole, 20), weeks=4, came=36, missed=4)
    weeks_of(cast.yan, [cast.patient("zoe")], weeks=1, came=10, missed=30)


def events(practice: Practice, action: str) -> list[AuditEvent]:
    with practice_scope(practice.pk):
        return list(AuditEvent.objects.filter(action=action))


def words(response: HttpResponse) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", response.content.decode()))


@pytest.mark.parametrize("path", EACH)
def test_people_of_another_practice_find_nothing_and_the_roles_without_figures_are_refused(
    cast, june, path
):
    for name in ("yan", "xia", "zoe"):
        assert getattr(cast, name).client().get(f"/alder/{path}").status_code == 404, name
    for name in ("ana", "ben", "fay", "cole", "cleo", "dee", "nat"):
        assert getattr(cast, name).client().get(f"/alder/{path}").status_code == 403, name
    assert cast.eve.client().get(f"/alder/{path}").status_code == 200


def test_the_other_practices_numbers_and_names_are_nowhere(cast, june):
    page = words(cast.eve.client().get(f"/alder/{PAGE}?{JUNE}"))
    assert "16 of 160" in page
    people = words(cast.eve.client().get(f"/alder/{PEOPLE}?{MISSED}"))
    assert "Zoe" not in people
    assert "Did not come, 16" in people


def test_the_page_says_the_finding_the_figure_its_count_and_its_interval(cast, june):
    response = cast.eve.client().get(f"/alder/{PAGE}?{JUNE}")
    page = words(response)
    assert "about 1 in 10 appointments: 16 of 160" in page
    assert "10.0 % 16 of 160, interval 6.2 to 15.6 %" in page
    assert "literature: 23 %" in page
    assert "did not come ÷ (came + did not come)" in page
    assert response.content.count(b'role="img"') == 4
    assert b"style=" not in response.content


def test_each_week_of_the_table_leads_to_its_own_list(cast, june):
    client = cast.eve.client()
    page = client.get(f"/alder/{PAGE}?{JUNE}").content.decode()
    links = set(re.findall(r'href="(/alder/staff/metrics/no-shows/people/[^"]+)"', page))
    week = next(link for link in links if "from_on=2024-06-10" in link)
    listed = words(client.get(week.replace("&amp;", "&")))
    assert "10 to 16 June 2024" in listed
    assert listed.count("Mon 10 Jun 2024") == 4


def test_eighteen_appointments_are_not_enough_and_the_page_says_so(cast):
    weeks_of(cast.cole, [cast.patient("ana")], weeks=1, came=15, missed=3)
    response = cast.eve.client().get(f"/alder/{PAGE}?{JUNE}")
    page = words(response)
    assert "Not enough data yet: 18 appointments, 30 are needed" in page
    assert "literature" not in page
    # A figure has a no-break space before its sign; "95 % interval" is a heading.
    figures = response.content.decode().split("What counts")[0]
    assert "\N{NO-BREAK SPACE}%" not in figures


def test_unrecorded_appointments_stand_beside_the_rate(cast, june):
    rows = [past(cast.cole, cast.patient("ana"), at(MONDAY, 20, n), Status.BOOKED) for n in (0, 20)]
    save(cast.cole, *rows)
    page = words(cast.eve.client().get(f"/alder/{PAGE}?{JUNE}"))
    assert "Not recorded 2 in no rate" in page
    assert "16 of 160" in page


def test_a_bad_date_is_said_at_its_field_and_nothing_is_drawn(cast, june):
    response = cast.eve.client().get(f"/alder/{PAGE}?from_on=2024-06-31&to_on=2024-06-30")
    assert response.status_code == 422
    page = response.content.decode()
    assert 'aria-invalid="true"' in page
    assert 'href="#id_from_on"' in page
    assert "<svg viewBox" not in page


def test_one_week_and_many_cost_the_same(cast, june):
    client = cast.eve.client()
    url = f"/alder/{PAGE}?{JUNE}"
    client.get(url)
    with CaptureQueriesContext(connections["default"]) as few:
        client.get(url)
    weeks_of(
        cast.cole, [cast.patient("ana")], weeks=20, came=9, missed=2, first=dt.date(2024, 7, 1)
    )
    with CaptureQueriesContext(connections["default"]) as many:
        client.get(f"/alder/{PAGE}?from_on=2024-01-01&to_on=2024-12-31")
    assert len(many) == len(few)


def test_a_comparison_shows_both_sides_and_the_difference(cast, june):
    page = words(cast.eve.client().get(f"/alder/{PAGE}?{JUNE}&change_on=2024-06-17"))
    assert "Before and since 17 June 2024" in page
    assert page.count("8 of 80") == 2
    assert "no difference" in page
    assert "may be chance" in page


def test_a_look_at_names_is_recorded_without_the_names(cast, june):
    cast.eve.client().get(f"/alder/{PEOPLE}?{MISSED}")
    (event,) = events(cast.alder, "metrics.list_people")
    assert event.actor_id == cast.eve.membership.pk
    assert event.details["outcome"] == "not_attended"
    assert (event.details["total"], event.details["shown"]) == (16, 16)
    assert len(event.details["ids_sha256"]) == 64
    assert "Extra" not in str(event.details)


def test_a_long_list_comes_in_pages_of_the_same_cost(cast, june):
    client = cast.eve.client()
    came = f"/alder/{PEOPLE}?{JUNE}&outcome=attended"
    client.get(came)
    with CaptureQueriesContext(connections["default"]) as first:
        page = words(client.get(came))
    assert "Page 1 of 6" in page
    with CaptureQueriesContext(connections["default"]) as short:
        client.get(f"/alder/{PEOPLE}?{MISSED}")
    assert len(first) == len(short)
    assert "Page 6 of 6" in words(client.get(f"{came}&page=6"))


def test_times_are_the_practices_own(cast):
    row = past(cast.cole, cast.patient("ana"), at(MONDAY, 0, 15), Status.NO_SHOW)
    save(cast.cole, row)
    page = words(cast.eve.client().get(f"/alder/{PEOPLE}?{MISSED}"))
    assert "Mon 3 Jun 2024, 00:15" in page


def test_the_list_holds_names_times_and_notice_and_no_clinical_text(cast):
    start = at(MONDAY)
    row = past(
        cast.cole,
        cast.patient("ana"),
        start,
        Status.CANCELLED_BY_PATIENT,
        status_at=start - dt.timedelta(hours=3),
    )
    row.cancel_reason = "Cannot face it today"
    row.location = "Room of sorrows"
    save(cast.cole, row)
    page = words(
        cast.eve.client().get(
            f"/alder/{PEOPLE}?{MISSED}".replace("not_attended", "late_cancellation")
        )
    )
    assert "Ana Abbott" in page
    assert "3 hours before" in page
    assert "Cannot face" not in page
    assert "Room of sorrows" not in page
    assert "Meeting" not in page


@pytest.mark.parametrize(
    "query",
    [
        "",
        JUNE,
        f"{JUNE}&outcome=upcoming",
        "from_on=x&to_on=y&outcome=attended",
        "from_on=2024-06-30&to_on=2024-06-01&outcome=attended",
    ],
)
def test_an_address_that_means_no_list_is_not_found(cast, query):
    assert cast.eve.client().get(f"/alder/{PEOPLE}?{query}").status_code == 404


def test_an_empty_list_says_so(cast):
    page = words(cast.eve.client().get(f"/alder/{PEOPLE}?{MISSED}"))
    assert "In this period none ended this way." in page


def test_the_file_hides_small_cells_and_taking_it_is_recorded(cast, june):
    response = cast.eve.client().get(f"/alder/{CSV}?{JUNE}")
    assert response["Content-Type"] == "text/csv; charset=utf-8"
    assert 'filename="no-shows-alder-2024-06-03-2024-06-30.csv"' in response["Content-Disposition"]
    head, *lines = csv.reader(io.StringIO(response.content.decode("utf-8-sig")))
    week = dict(zip(head, lines[0], strict=True))
    assert week["Week from"] == "2024-06-03"
    assert week["Came"] == "36"
    assert week["Did not come"] == "fewer than 11"
    assert week["No-show rate (%)"] == ""
    (event,) = events(cast.alder, "metrics.export")
    assert event.details == {
        "from": "2024-06-03",
        "to": "2024-06-30",
        "report": "no_shows",
        "step": "week",
    }


def test_a_month_with_enough_people_is_in_the_file(cast, june):
    response = cast.eve.client().get(f"/alder/{CSV}?{JUNE}&step=month")
    head, line, *_rest = csv.reader(io.StringIO(response.content.decode("utf-8-sig")))
    month = dict(zip(head, line, strict=True))
    # Sixteen no-shows, but by four people: the rule counts people.
    assert month["Did not come"] == "fewer than 11"
    assert month["Came"] == "144"


def test_a_file_of_a_bad_question_leads_back_to_the_question(cast):
    response = cast.eve.client().get(f"/alder/{CSV}?from_on=2024-06-31")
    assert response.status_code == 302
    assert response["Location"] == f"/alder/{PAGE}?from_on=2024-06-31"
    assert events(cast.alder, "metrics.export") == []


@pytest.mark.parametrize("path", EACH)
def test_figures_are_only_read(cast, path):
    assert cast.eve.client().post(f"/alder/{path}").status_code == 405
