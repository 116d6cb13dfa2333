"""The desk brings a file in and notes a holiday; the patient takes the visit into a calendar."""

from __future__ import annotations

import datetime as dt

from playwright.sync_api import expect

from portal import clock
from portal.appointments import places, services
from portal.appointments.models import Appointment
from portal.people.models import Patient
from portal.tenancy.context import practice_scope
from tests.cast import SET_UP
from tests.journeys.stage import DESK, Journey, Stage

HEAD = "id;patient;clinician;type;date;time;status;Fee\r\n"


def furnish(stage: Stage) -> dt.date:
    """Record numbers, a type and a place; the day that the file speaks of."""
    with practice_scope(stage.cast.alder.pk):
        for number, name in (("R1", "ana"), ("R2", "ben")):
            Patient.objects.filter(pk=stage.cast.patient(name).pk).update(record_number=number)
        services.add_type(name="Meeting", minutes=50, by=SET_UP)
        places.add_location(
            name="Quay House",
            address="3 Narrow Quay\nLeeds",
            directions="First floor, above the bookshop.",
            by=SET_UP,
        )
    return clock.today("Europe/London") + dt.timedelta(days=6)


def look(journey: Journey) -> None:
    """As it should be at every width."""
    journey.looks_right_everywhere()
    journey.page.set_viewport_size({"width": DESK, "height": 900})


def choose(journey: Journey, content: str) -> None:
    journey.go("staff/imports/")
    journey.page.get_by_label("The file").set_input_files(
        {"name": "export.csv", "mimeType": "text/csv", "buffer": content.encode("cp1252")}
    )
    journey.page.get_by_role("button", name="Look at it").click()


def test_a_file_is_looked_at_mended_and_brought_in(stage: Stage) -> None:
    day = furnish(stage)
    dee = stage.open("dee", width=DESK)
    dee.go("staff/schedule/")
    dee.page.get_by_role("link", name="Bring in a file of appointments").click()
    dee.page.get_by_text("What has to stand in the file").click()
    look(dee)

    def row(number: int, who: str, time: str) -> str:
        return f"{number};{who};Cole Staff;Meeting;{day:%d/%m/%Y};{time};;80\r\n"

    choose(dee, HEAD + row(1, "R1", "10:00") + row(2, "R9", "11:00") + row(3, "R2", "10:20"))
    mend = dee.page.get_by_role("heading", name="Nothing was brought in: 2 things to mend")
    expect(mend).to_be_visible()
    look(dee)
    dee.page.get_by_role("link", name="Choose another file").click()
    choose(dee, HEAD + row(1, "R1", "10:00") + row(2, "R2", "11:00"))
    expect(dee.page.get_by_role("heading", name="What it would do")).to_be_visible()
    look(dee)
    dee.page.get_by_role("button", name="Bring it in").click()
    expect(dee.page.get_by_role("heading", name="What it has done")).to_be_visible()
    choose(dee, HEAD + row(1, "R1", "14:00") + row(2, "R2", "11:00"))
    expect(dee.page.get_by_role("cell", name="Moves")).to_be_visible()
    look(dee)
    with practice_scope(stage.cast.alder.pk):
        assert Appointment.objects.count() == 2


def test_places_time_off_and_the_calendar_of_a_patient(stage: Stage) -> None:
    day = furnish(stage)
    dee = stage.open("dee", width=DESK)
    dee.go("staff/locations/")
    look(dee)
    dee.page.get_by_role("link", name="Change Quay House").click()
    expect(dee.page.get_by_role("heading", level=1)).to_have_text("Quay House")
    look(dee)
    dee.go("staff/appointment-types/")
    look(dee)
    dee.page.get_by_role("link", name="Change Meeting").click()
    expect(dee.page.get_by_role("heading", level=1)).to_have_text("Meeting")
    look(dee)
    patient = stage.cast.patient("ana").pk
    dee.go(f"staff/schedule/book/?patient={patient}&day={day}")
    look(dee)
    dee.page.get_by_label("Type").select_option(label="Meeting")
    dee.page.get_by_label("With", exact=True).select_option(label="Cole Staff")
    dee.page.get_by_label("Time", exact=True).fill("10:00")
    dee.page.get_by_role("button", name="Book").click()
    dee.page.get_by_label("Use this time all the same").check()  # nobody has hours here
    dee.page.get_by_role("button", name="Book").click()
    expect(dee.page.get_by_text("Quay House, 3 Narrow Quay, Leeds")).to_be_visible()
    dee.go(f"staff/availability/{stage.cast.cole.membership.pk}/time-off/")
    dee.page.get_by_label("First day").fill(day.isoformat())
    dee.page.get_by_label("Last day").fill(day.isoformat())
    dee.page.get_by_label("Note").fill("Training")
    dee.page.get_by_role("button", name="Add it").click()
    expect(dee.page.get_by_text("1 appointment is still booked meanwhile")).to_be_visible()
    look(dee)
    ana = stage.open("ana")
    with practice_scope(stage.cast.alder.pk):
        visit = Appointment.objects.get()
    ana.go(f"me/appointments/{visit.pk}/")
    expect(ana.page.get_by_text("First floor, above the bookshop.")).to_be_visible()
    look(ana)
    with ana.page.expect_download() as download:
        ana.page.get_by_role("link", name="Put it in my calendar").click()
    assert download.value.suggested_filename == "appointment.ics"
