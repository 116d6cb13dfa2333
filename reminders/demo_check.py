"""`demo --check`: a text goes out and is answered, a moved visit lets none out, a risk climbs."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator

from portal import clock
from portal.access.viewer import SystemActor
from portal.appointments import services as appointments
from portal.appointments.models import Appointment
from portal.appointments.selectors import standing_between
from portal.dev.visitor import CheckFailed, DemoClient, Page, Visitor
from portal.practices.selectors import practice_named
from portal.tenancy.context import practice_scope
from portal.work import services as work

_BY = SystemActor("Demo check")
_LOOK_FIRST = 8.0


def steps(client: DemoClient) -> Iterator[str]:
    """The path of one text, seen on Ana's phone and at Dee's desk."""
    visitor = client.anonymous()
    phone = _phone_of(visitor, "Ana")
    page = _wait_for_the_text(client, visitor, phone)
    yield "Ana’s phone shows her text"
    page = visitor.submit(page, page.form(action="reply"), body="C")

    def confirmed() -> Page | None:
        shown = visitor.get(phone)
        return shown if "You are confirmed" in shown.text else None

    client.wait_for(confirmed, what="the answer to C on Ana’s phone")
    yield "C on the phone confirmed the appointment and was answered"
    dee = client.visitor("Dee")
    dee.get("/alder/staff/reminders/?show=gone").expect_status(200).expect("Ana", "delivered in")
    yield "Dee’s ledger says that it was delivered"
    visit = _book_and_plan(client, dee)
    yield "another visit planned a text"
    _move_and_see_it_dropped(client, dee, visit)
    yield "moving the visit dropped the text that had not gone out"
    _raise_an_alert()
    eve = client.visitor("Eve")

    def told() -> Page | None:
        page = eve.get("/alder/staff/notices/")
        return page if "Nobody has acknowledged a risk" in page.text else None

    client.wait_for(told, what="Eve’s notice of a risk that waits", seconds=60)
    yield "a risk that nobody acknowledged for half an hour reached Eve’s bell"

    def mailed() -> Page | None:
        page = visitor.get("/demo/mail/")
        return page if "Please look now" in page.text else None

    client.wait_for(mailed, what="the mail to Eve", seconds=60)
    yield "a mail told her to look, and nothing of whom"


def _raise_an_alert() -> None:
    """About Ben; and half an hour passes."""
    practice = practice_named("alder")
    with practice_scope(practice.pk):
        now = clock.now()
        ahead = standing_between(now, now + dt.timedelta(days=30))
        visit = next(visit for visit in ahead if visit.patient.given_name == "Ben")
        work.raise_alert(
            code="demo.check",
            title="A form needs to be looked at now",
            patient_id=visit.patient_id,
            source=visit,
            by=_BY,
        )
        clock.move_to(now + dt.timedelta(minutes=31))


def _phone_of(visitor: Visitor, name: str) -> str:
    phones = visitor.get("/demo/phone/").expect_status(200)
    return phones.link(name)


def _wait_for_the_text(client: DemoClient, visitor: Visitor, phone: str) -> Page:
    """The text goes out by itself by day; at night the clock is moved to tomorrow's morning."""

    def arrived() -> Page | None:
        page = visitor.get(phone).expect_status(200)
        return page if "Hello Ana" in page.text else None

    try:
        return client.wait_for(arrived, what="Ana’s text", seconds=_LOOK_FIRST)
    except CheckFailed:
        clock.move_to(_an_hour_before_the_visit())
        return client.wait_for(arrived, what="Ana’s text after the clock moved", seconds=60)


def _an_hour_before_the_visit() -> dt.datetime:
    practice = practice_named("alder")
    with practice_scope(practice.pk):
        now = clock.now()
        for visit in standing_between(now, now + dt.timedelta(days=3)):
            if visit.patient.given_name == "Ana":
                return visit.starts_at - dt.timedelta(hours=1)
    raise CheckFailed("Ana has no visit ahead")


def _book_and_plan(client: DemoClient, dee: Visitor) -> Appointment:
    """A visit of Ben's whose text is planned by the sweep and not due yet.

    Texts of his other visits may be planned already: it is one more that is waited for.
    """
    practice = practice_named("alder")
    with practice_scope(practice.pk):
        now = clock.now()
        ahead = standing_between(now, now + dt.timedelta(days=20))
        known = next(visit for visit in ahead if visit.patient.given_name == "Ben")

    def waiting() -> Page:
        page = f"/alder/staff/reminders/?show=waiting&patient={known.patient_id}"
        return dee.get(page).expect_status(200)

    before = waiting().text.count("Goes out")
    with practice_scope(practice.pk):
        visit = appointments.book(
            patient=known.patient,
            clinician=known.clinician,
            type=known.type,
            local_start=_a_free_hour(now, practice.time_zone),
            time_zone=practice.time_zone,
            by=_BY,
        )

    def planned() -> Page | None:
        page = waiting()
        return page if page.text.count("Goes out") > before else None

    client.wait_for(planned, what="Ben’s planned text in the ledger", seconds=45)
    return visit


def _a_free_hour(now: dt.datetime, zone: str) -> dt.datetime:
    """An evening on which nobody else is booked; its text is due the evening before."""
    local = clock.local_time(now, zone).replace(tzinfo=None)
    day = local.date() + dt.timedelta(days=1 if local.hour < 18 else 2)
    return dt.datetime.combine(day, dt.time(18, 40))


def _move_and_see_it_dropped(client: DemoClient, dee: Visitor, visit: Appointment) -> None:
    local = dt.datetime.fromisoformat(visit.local_start) + dt.timedelta(minutes=30)
    with practice_scope(visit.practice_id):
        appointments.move(appointment=visit, local_start=local, by=_BY, wished_by_patient=True)

    def dropped() -> Page | None:
        page = dee.get("/alder/staff/reminders/?show=not_sent")
        return page if "the appointment was moved" in page.text else None

    client.wait_for(dropped, what="the dropped text in the ledger", seconds=45)
