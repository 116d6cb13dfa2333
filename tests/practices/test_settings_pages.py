"""A manager's settings: each said wrong next to its field, each written through a service."""

from __future__ import annotations

import pytest

from portal.audit.models import AuditEvent
from portal.practices.models import Practice, PracticeSettings
from portal.tenancy.context import practice_scope
from tests.cast import Cast
from tests.odd_input import survives_odd_input

pytestmark = pytest.mark.django_db
PAGES = ("", "facts/", "hours/", "crisis-lines/", "safety/", "look/")


def settings_of(cast: Cast) -> PracticeSettings:
    with practice_scope(cast.alder.pk):
        return PracticeSettings.objects.get()


def address(page: str = "") -> str:
    return f"/alder/staff/settings/{page}"


def test_only_managers_of_this_practice_open_the_settings(cast: Cast) -> None:
    for name, status in (("xia", 404), ("zoe", 404), ("cole", 403), ("dee", 403), ("ana", 403)):
        client = cast.people[name].client()
        for page in PAGES:
            assert client.get(address(page)).status_code == status, (name, page)
            assert client.post(address(page)).status_code == status, (name, page)


def test_facts_are_kept_with_the_phone_read_as_of_the_country(cast: Cast) -> None:
    form = {
        "name": "Alder Practice",
        "town": "Leeds",
        "address": "14 Harbour Lane",
        "country": "gb",
        "phone": "0113 496 0142",
        "email": "hello@example.org",
        "about": "We listen.",
    }
    client = cast.eve.client()
    assert client.post(address("facts/"), form).status_code == 302
    alder = Practice.objects.get(slug="alder")
    assert (alder.phone, alder.country, alder.address) == ("+441134960142", "GB", "14 Harbour Lane")
    wrong = client.post(address("facts/"), {**form, "country": "XX", "phone": "12"})
    assert wrong.status_code == 422
    assert "no country with this code" in wrong.content.decode()
    assert "14 Harbour Lane" in wrong.content.decode()  # nothing is lost


def test_hours_have_two_parts_a_day_and_are_confirmed_by_saving(cast: Cast) -> None:
    form = {
        "time_zone": "Europe/London",
        "quiet_from": "21:00",
        "quiet_until": "07:30",
        "d0_r0_from": "9",
        "d0_r0_until": "12.30",
        "d0_r1_from": "2 pm",
        "d0_r1_until": "6pm",
    }
    assert cast.eve.client().post(address("hours/"), form).status_code == 302
    settings = settings_of(cast)
    assert settings.hours == [
        {"day": 0, "opens": "09:00", "closes": "12:30"},
        {"day": 0, "opens": "14:00", "closes": "18:00"},
    ]
    assert settings.hours_confirmed_at is not None
    assert f"{settings.quiet_from:%H:%M}" == "21:00"


@pytest.mark.parametrize(
    ("hours", "words"),
    [
        ({"d0_r0_from": "09:00"}, "Write both times, or none."),
        ({"d0_r0_from": "17:00", "d0_r0_until": "09:00"}, "The end comes after the beginning"),
        (
            {
                "d0_r0_from": "09:00",
                "d0_r0_until": "13:00",
                "d0_r1_from": "12:00",
                "d0_r1_until": "17:00",
            },
            "before the first part has ended",
        ),
        ({}, "The practice would never be open"),
        ({"d0_r0_from": "soon", "d0_r0_until": "late"}, "This is not a time"),
    ],
)
def test_hours_that_cannot_be_are_said_in_words(
    cast: Cast, hours: dict[str, str], words: str
) -> None:
    form = {"time_zone": "Europe/London", "quiet_from": "20:00", "quiet_until": "08:00", **hours}
    before = settings_of(cast).hours
    answer = cast.eve.client().post(address("hours/"), form)
    assert answer.status_code == 422
    assert words in answer.content.decode()
    assert settings_of(cast).hours == before


def test_a_quiet_time_of_a_whole_day_and_an_unknown_zone_are_refused(cast: Cast) -> None:
    form = {"time_zone": "Mars/Olympus", "quiet_from": "20:00", "quiet_until": "20:00"}
    answer = cast.eve.client().post(address("hours/"), form)
    assert answer.status_code == 422
    assert "would last all day" in answer.content.decode()


def test_crisis_lines_are_rows_and_an_emptied_row_goes(cast: Cast) -> None:
    form = {
        "emergency_number": "999",
        "line0_name": "",
        "line0_phone": "",
        "line1_name": "Shout",
        "line1_text": "SHOUT to 85258",
        "line2_name": "Helpline",
        "line2_phone": "0800 123 456",
        "line2_hours": "Evenings",
    }
    assert cast.eve.client().post(address("crisis-lines/"), form).status_code == 302
    lines = settings_of(cast).crisis_lines
    assert [line["name"] for line in lines] == ["Shout", "Helpline"]
    assert "Helpline" in cast.eve.client().get("/alder/help/").content.decode()


@pytest.mark.parametrize(
    "line",
    [
        {"line0_name": "Nobody answers"},
        {"line0_phone": "116 123"},
        {"line0_name": "x", "line0_phone": "ring me"},
        {"emergency_number": "help"},
    ],
)
def test_a_crisis_line_that_nobody_could_ring_is_refused(cast: Cast, line: dict[str, str]) -> None:
    form = {"emergency_number": "999", **line}
    assert cast.eve.client().post(address("crisis-lines/"), form).status_code == 422
    assert settings_of(cast).crisis_lines[0]["name"] == "Samaritans"


@pytest.mark.parametrize(
    ("colour", "words"),
    [
        ("#ff0000", "Red is kept for risk"),
        ("#ffff99", "hard to read"),
        ("green", "A colour is written like"),
    ],
)
def test_a_colour_that_cannot_be_read_is_refused_with_the_reason(
    cast: Cast, colour: str, words: str
) -> None:
    answer = cast.eve.client().post(address("look/"), {"accent": colour})
    assert answer.status_code == 422
    assert words in answer.content.decode()


def test_a_colour_colours_the_practice_and_can_be_taken_back(cast: Cast) -> None:
    client = cast.eve.client()
    assert client.post(address("look/"), {"accent": "#1f3c88"}).status_code == 302
    assert "#1f3c88" in client.get("/alder/brand.css").content.decode()
    client.post(address("look/"), {"accent": ""})
    assert "#1f3c88" not in client.get("/alder/brand.css").content.decode()


def test_duty_and_texts_are_decided_together(cast: Cast) -> None:
    form = {
        "duty_clinician": str(cast.cole.membership.pk),
        "texts_enabled": "no",
        "late_cancel_hours": "48",
        "reschedule_notice_hours": "12",
        "currency": "GBP",
    }
    client = cast.eve.client()
    assert client.post(address("safety/"), form).status_code == 302
    settings = settings_of(cast)
    assert settings.duty_clinician_id == cast.cole.membership.pk
    assert settings.texts_confirmed_at is not None
    assert not settings.texts_enabled
    for wrong in ({"late_cancel_hours": "-1"}, {"duty_clinician": str(cast.dee.membership.pk)}):
        assert client.post(address("safety/"), {**form, **wrong}).status_code == 422


def test_a_change_is_an_event_with_the_names_of_the_fields(cast: Cast) -> None:
    cast.eve.client().post(address("look/"), {"accent": "#1f3c88"})
    with practice_scope(cast.alder.pk):
        event = AuditEvent.objects.get(action="practice.change")
    assert event.details == {"fields": ["accent"]}


def test_no_form_falls_over_odd_input(cast: Cast) -> None:
    client = cast.eve.client()
    for page in PAGES[1:]:
        survives_odd_input(client, address(page))
