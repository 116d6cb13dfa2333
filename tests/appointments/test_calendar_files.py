"""The file for a patient's calendar: what it says, what it must not say, and that it is one."""

from __future__ import annotations

import datetime as dt
import re
import uuid

import pytest

from portal.appointments import places, services
from portal.appointments.calendar_files import calendar_file
from portal.appointments.models import Appointment, AppointmentType, Location
from portal.practices.models import Practice
from portal.tenancy.context import practice_scope
from tests.appointments.conftest import BY, Schedule

pytestmark = pytest.mark.django_db


def path_of(row: Appointment) -> str:
    return f"/alder/me/appointments/{row.pk}/calendar/"


def unfolded(content: bytes) -> dict[str, str]:
    """The properties of the file by name, read as RFC 5545 says; the lines checked on the way."""
    assert content.endswith(b"END:VCALENDAR\r\n")
    assert b"\n" not in content.replace(b"\r\n", b"")
    for line in content.split(b"\r\n"):
        assert len(line) <= 75, line
        line.decode()  # no character is cut in two
    whole = content.replace(b"\r\n ", b"").decode()
    pairs = [line.split(":", 1) for line in whole.removesuffix("\r\n").split("\r\n")]
    signs = {"n": "\n", "N": "\n"}
    return {
        name: re.sub(r"\\(.)", lambda found: signs.get(found[1], found[1]), value)
        for name, value in pairs
    }


def made(**values: object) -> dict[str, str]:
    """A file of an appointment that is in no database."""
    practice = Practice(name="Alder", address=str(values.pop("practice_address", "")))
    title = str(values.pop("title", "Appointment"))
    row = Appointment(
        practice_id=practice.pk,
        type=AppointmentType(practice_id=practice.pk, name="Trauma", discreet_title=title),
        starts_at=dt.datetime(2027, 3, 14, 13, tzinfo=dt.UTC),
        ends_at=dt.datetime(2027, 3, 14, 13, 50, tzinfo=dt.UTC),
        **values,
    )
    return unfolded(calendar_file(row, practice=practice))


def test_outsiders_get_no_file(schedule: Schedule) -> None:
    row = schedule.book("ana")
    for name in ("yan", "xia", "zoe"):
        assert schedule.cast.people[name].client().get(path_of(row)).status_code == 404
    assert schedule.cast.people["ben"].client().get(path_of(row)).status_code == 404
    for name in ("cole", "dee", "eve", "nat"):
        assert schedule.cast.people[name].client().get(path_of(row)).status_code == 403
    assert schedule.cast.ana.client().post(path_of(row)).status_code == 405


def test_the_patient_gets_a_file_that_says_little(schedule: Schedule) -> None:
    row = schedule.book("ana", 10)
    answer = schedule.cast.ana.client().get(path_of(row))
    assert answer.headers["Content-Type"] == "text/calendar; charset=utf-8"
    assert answer.headers["Content-Disposition"] == 'attachment; filename="appointment.ics"'
    found = unfolded(answer.content)
    assert found["DTSTART"] == "20261125T100000Z"
    assert found["DTEND"] == "20261125T105000Z"
    assert found["SUMMARY"] == "Appointment"
    assert found["SEQUENCE"] == "1"
    whole = answer.content.decode()
    for word in ("Ana", "Abbott", "Cole", "Staff", "Meeting", "Alder Practice", "http"):
        assert word not in whole, word


def test_the_file_of_a_moved_appointment_replaces_the_first(schedule: Schedule) -> None:
    row = schedule.book("ana", 10)
    client = schedule.cast.ana.client()
    before = unfolded(client.get(path_of(row)).content)
    with practice_scope(schedule.cast.alder.pk):
        start = dt.datetime(2026, 11, 26, 11)  # noqa: DTZ001 - a wall-clock time
        services.move(appointment=row, local_start=start, wished_by_patient=True, by=BY)
    after = unfolded(client.get(path_of(row)).content)
    assert after["UID"] == before["UID"]
    assert int(after["SEQUENCE"]) > int(before["SEQUENCE"])
    assert after["DTSTART"] == "20261126T110000Z"
    with practice_scope(schedule.cast.alder.pk):
        services.cancel(appointment=row, by_patient=True, by=BY)
    gone = unfolded(client.get(path_of(row)).content)
    assert (gone["STATUS"], gone["METHOD"]) == ("CANCELLED", "CANCEL")
    assert int(gone["SEQUENCE"]) > int(after["SEQUENCE"])


def test_the_page_offers_the_file_while_the_appointment_stands(schedule: Schedule) -> None:
    row = schedule.book("ana", 10)
    client = schedule.cast.ana.client()
    page = f"/alder/me/appointments/{row.pk}/"
    shown = client.get(page).content.decode()
    assert path_of(row) in shown
    assert "Your calendar will say “Appointment” and the address" in shown
    with practice_scope(schedule.cast.alder.pk):
        services.cancel(appointment=row, by_patient=True, by=BY)
    assert path_of(row) not in client.get(page).content.decode()


def test_the_address_is_told_and_the_name_of_the_place_is_not(schedule: Schedule) -> None:
    row = schedule.book("ana", 10)
    with practice_scope(schedule.cast.alder.pk):
        place = places.add_location(
            name="Trauma Centre", address="1 Mill Lane\nLeeds", directions="", by=BY
        )
        Appointment.objects.filter(pk=row.pk).update(place=place, location="Couple room")
    whole = schedule.cast.ana.client().get(path_of(row)).content
    assert unfolded(whole)["LOCATION"] == "1 Mill Lane, Leeds"
    assert b"Trauma" not in whole
    assert b"Couple" not in whole


def test_a_meeting_by_video_has_no_place_and_no_link() -> None:
    found = made(video_url="https://video.example/secret", practice_address="12 Row")
    assert "LOCATION" not in found
    assert not any("video" in value for value in found.values())


@pytest.mark.parametrize(
    "title",
    [
        "One, two; three\\n",
        "A\r\nATTENDEE:mailto:x@example.org",
        "Line\nBEGIN:VEVENT",
        "Ж" * 79,
        "😀" * 40,
        "x" * 80,
        "\x00\x0b\x1f",
        "",
    ],
)
def test_no_title_leaves_its_line(title: str) -> None:
    found = made(title=title)
    assert set(found) == {
        "BEGIN",
        "VERSION",
        "PRODID",
        "CALSCALE",
        "METHOD",
        "UID",
        "DTSTAMP",
        "SEQUENCE",
        "DTSTART",
        "DTEND",
        "SUMMARY",
        "STATUS",
        "CLASS",
        "TRANSP",
        "END",
    }
    kept = title.replace("\r\n", "\n").translate(dict.fromkeys((0, 11, 31)))
    assert found["SUMMARY"] == kept


def test_an_address_of_many_lines_is_one_line() -> None:
    place = Location(practice_id=uuid.uuid4(), name="X", address="1 Mill Lane;\n\n Leeds, LS1\n")
    assert made(place=place)["LOCATION"] == "1 Mill Lane;, Leeds, LS1"


def test_a_place_that_is_called_by_its_street_is_said_once():
    place = Location(practice_id=uuid.uuid4(), name="1 Mill Lane", address="1 Mill Lane\nLeeds")
    assert place.in_one_line == "1 Mill Lane, Leeds"
    place.name = "Mill"
    assert place.in_one_line == "Mill, 1 Mill Lane, Leeds"
    place.address = ""
    assert place.in_one_line == "Mill"
