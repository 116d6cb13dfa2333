"""Walks every address: a declared permission, the role matrix, and 404 across practices."""

from __future__ import annotations

import contextlib
import datetime as dt
from collections.abc import Iterator
from uuid import UUID

import pytest
from django.apps import apps
from django.conf import settings
from django.db import connections, models
from django.test import Client

from goals.services import goals
from intake.services import assignments
from messaging.services import devices, threads
from portal import clock
from portal.access.roles import ROLE_PERMISSIONS, Role
from portal.appointments import away, places
from portal.appointments import services as appointments
from portal.appointments.importing import runs
from portal.people import invitations
from portal.people import services as people
from portal.people.accounts import make_account
from portal.practices.models import Practice
from portal.practices.prefix import RESERVED
from portal.tenancy import models as tenancy_models
from portal.tenancy.context import practice_scope
from portal.tenancy.models import PracticeOwned
from portal.work import services as work
from reminders.services import planning, policies, receiving
from tests.cast import PASSWORD, SET_UP, Cast, Person
from tests.everywhere.urls import addresses, practice_addresses
from tests.goals.rows import signed_note, written_goal
from tests.intake.conftest import fill_in, in_use, phq9_places, send

# Answered without sign-in. Each line says why; a new one is a decision, made in a diff.
PUBLIC = {
    "landing:landing": "the installation's front page",
    "landing:health": "for load balancers",
    "landing:ready": "for people on call",
    "leave": "leaving quickly must work on every page, at once",
    "session_check": "tells a waiting page that its sign-in has ended",
    "home:front_door": "the practice's own page",
    "home:brand_css": "the practice's colour",
    "home:service_worker": "static files and the help page",
    "home:help": "I need help now",
    "people:join_code": "an invitation on paper: its code is typed here",
    "people:join": "an invitation's second fact",
    "people:join_account": "an invitation that was proved, on its way to an account",
    "reminders:link": "the page behind a text's link; its token is the key",
    "reminders:link_calendar": "the visit as a file for a calendar; the same key",
    "reminders:link_times": "the free times behind it; the same key",
    "reminders:twilio_inbound": "replies; signed by the provider",
    "reminders:twilio_status": "news about texts; signed by the provider",
}
ONE_OF_EACH = {
    Role.PATIENT: "ana",
    Role.PROXY: "fay",
    Role.CLINICIAN: "cole",
    Role.FRONT_DESK: "dee",
    Role.MANAGER: "eve",
    Role.NAVIGATOR: "nat",
}
OUTSIDERS = ("yan", "xia", "zoe")
# What a parameter's name stands for. An id of another kind would be refused whatever the page does,
# so each kind has a row below, and a name that is not here fails.
MEANS = {
    "patient_id": "people.Patient",
    "membership_id": "practices.Membership",
    "member_id": "people.CareTeamMember",
    "point_id": "people.ContactPoint",
    "grant_id": "people.ProxyGrant",
    "cover_id": "people.Cover",
    "appointment_id": "appointments.Appointment",
    "type_id": "appointments.AppointmentType",
    "location_id": "appointments.Location",
    "time_off_id": "appointments.TimeOff",
    "import_id": "appointments.AppointmentImport",
    "item_id": "work.WorkItem",
    "notice_id": "work.Notice",
    "invitation_id": "people.Invitation",
    "questionnaire_id": "intake.Questionnaire",
    "version_id": "intake.QuestionnaireVersion",
    "assignment_id": "intake.Assignment",
    "response_id": "intake.Response",
    "goal_id": "goals.Goal",
    "step_id": "goals.GoalStep",
    "note_id": "goals.Note",
    "reminder_id": "reminders.Reminder",
    "policy_id": "reminders.ReminderPolicy",
    "message_id": "reminders.InboundMessage",
    "thread_id": "messaging.Thread",
    "device_id": "messaging.UnlockSlot",
}


def test_every_view_says_who_may_open_it() -> None:
    silent = [
        address.name
        for address in addresses()
        if not (
            address.is_public
            or address.is_accounts
            or address.is_for_anyone_signed_in
            or (address.below_practice and address.permission)
        )
    ]
    assert not silent, f"declare @requires(...) or @public_page on {silent}"


def test_no_view_says_two_things() -> None:
    for address in addresses():
        said = (address.is_public, address.is_for_anyone_signed_in, address.permission is not None)
        assert sum(said) <= 1, address.name


def test_every_public_view_stands_in_the_list() -> None:
    public = {address.name for address in addresses() if address.is_public}
    demo = {name for name in public if _is_demo(name)}
    assert public - demo == set(PUBLIC)


def _is_demo(name: str) -> bool:
    return any(
        address.name == name and address.route.startswith("demo/") for address in addresses()
    )


def test_a_practice_cannot_be_called_like_a_global_page() -> None:
    first = {a.route.split("/", 1)[0] for a in addresses() if not a.below_practice}
    first |= {settings.STATIC_URL.strip("/")}
    assert first - {""} <= RESERVED


@pytest.fixture
def signed_in(cast: Cast) -> dict[str, Client]:
    return {name: person.client() for name, person in cast.people.items()}


@pytest.mark.django_db
@pytest.mark.parametrize("role", Role)
def test_the_role_matrix_holds_for_every_page(
    cast: Cast, signed_in: dict[str, Client], role: Role
) -> None:
    """403 exactly where the role lacks the permission; elsewhere anything but 403 and 5xx."""
    name = ONE_OF_EACH[role]
    for address in practice_addresses():
        if address.permission is None:
            continue
        status = signed_in[name].get(f"/alder{address.path()}").status_code
        allowed = address.permission in ROLE_PERMISSIONS[role]
        assert status < 500, f"{name} {address.name}: {status}"
        if not allowed:
            assert status == 403, f"{name} may not {address.permission}: {address.name} is {status}"


@pytest.mark.django_db
def test_no_method_goes_round_the_permission(cast: Cast, signed_in: dict[str, Client]) -> None:
    for address in practice_addresses():
        if address.permission is None:
            continue
        for role, name in ONE_OF_EACH.items():
            if address.permission in ROLE_PERMISSIONS[role]:
                continue
            for method in address.methods[1:]:  # the matrix has asked with the first
                response = getattr(signed_in[name], method)(f"/alder{address.path()}")
                assert response.status_code == 403, f"{method} {address.name} as {name}"


@pytest.mark.django_db
def test_a_stranger_is_led_to_the_sign_in(cast: Cast) -> None:
    client = Client()
    for address in practice_addresses():
        if address.is_public:
            continue
        response = client.get(f"/alder{address.path()}")
        assert response.status_code in (302, 401, 403), address.name
        if response.status_code == 302:
            assert "/alder/accounts/" in response.headers["Location"], address.name


@pytest.mark.django_db
@pytest.mark.parametrize("name", OUTSIDERS)
def test_people_of_another_practice_find_nothing_here(
    cast: Cast, signed_in: dict[str, Client], name: str
) -> None:
    for address in practice_addresses():
        if address.is_public or address.is_for_anyone_signed_in:
            continue
        for method in address.methods:
            response = getattr(signed_in[name], method)(f"/alder{address.path()}")
            assert response.status_code == 404, f"{method} {address.name}: {response.status_code}"


@pytest.mark.django_db
def test_an_account_without_a_place_anywhere_finds_nothing(cast: Cast) -> None:
    """Whoever runs the installation works with commands: no account opens a practice by itself."""
    client = Client()
    operator = make_account(username="operator", email="operator@host.example", password=PASSWORD)
    client.force_login(operator, backend=settings.AUTHENTICATION_BACKENDS[0])
    for address in practice_addresses():
        if address.is_public or address.is_for_anyone_signed_in:
            continue
        response = client.get(f"/alder{address.path()}")
        assert response.status_code in (404, 405), f"{address.name}: {response.status_code}"


def _rows_of(practice: Practice) -> dict[str, UUID]:
    """One id of every practice-owned model that has a row, by the model's label."""
    with practice_scope(practice.pk):
        found = {
            model._meta.label: model.objects.order_by("pk").values_list("pk", flat=True).first()
            for model in apps.get_models()
            if issubclass(model, PracticeOwned)
        }
    return {label: pk for label, pk in found.items() if pk is not None}


@pytest.fixture
def foreign(cast: Cast) -> dict[str, UUID]:
    """Rows of Alder of the kinds that pages open by their id."""
    with practice_scope(cast.alder.pk):
        kind = appointments.add_type(name="Session", minutes=50, by=SET_UP)
        appointment = appointments.book(
            patient=cast.patient("ana"),
            clinician=cast.cole.membership,
            type=kind,
            local_start=dt.datetime(2099, 6, 1, 10),  # noqa: DTZ001 - a wall-clock time
            time_zone=cast.alder.time_zone,
            by=SET_UP,
        )
        work.raise_alert(
            code="test", title="T", patient_id=appointment.patient_id, source=appointment, by=SET_UP
        )
        people.arrange_cover(
            absent=cast.cole.membership,
            cover=cast.cleo.membership,
            starts_at=clock.now(),
            ends_at=clock.now() + dt.timedelta(days=1),
            by=SET_UP,
        )
        _away_and_elsewhere(cast)
        _ask_and_answer(cast)
        goal = written_goal(cast)
        goals.add_step(goal=goal, text="One stop", by=cast.ana.viewer)
        signed_note(cast)
        _text_and_reply(cast)
        threads.begin_thread(patient_id=cast.patient("ana").pk, by=cast.cole.viewer)
        devices.begin_device(by=cast.ana.viewer)
        invitations.invite_staff(
            display_name="New", roles={Role.FRONT_DESK}, on_paper=True, by=SET_UP
        )
    return _rows_of(cast.alder)


def _away_and_elsewhere(cast: Cast) -> None:
    """A time in which Cole is away, and a place."""
    away.add_time_off(
        clinician=cast.cole.membership,
        starts_at=clock.now() + dt.timedelta(days=40),
        ends_at=clock.now() + dt.timedelta(days=50),
        by=SET_UP,
    )
    places.add_location(name="Mill", address="1 Mill Lane", directions="", by=SET_UP)
    runs.upload(content=runs.EXAMPLE.encode(), by=SET_UP)


def _ask_and_answer(cast: Cast) -> None:
    """A form that Ana has sent, with a flag, and one that she has still to fill in."""
    version = in_use("phq-9")
    for is_sent in (True, False):
        asked = assignments.assign(
            patient=cast.patient("ana"), version=version, by=cast.cole.viewer
        )
        if is_sent:
            fill_in(asked, phq9_places(*[1] * 9), by=cast.ana)
            send(asked, by=cast.ana)


def _text_and_reply(cast: Cast) -> None:
    """A text planned for Ana's visit in two days, and one that she wrote."""
    policies.add_usual_policy(by=SET_UP)
    day = clock.today(cast.alder.time_zone) + dt.timedelta(days=2)
    appointments.book(
        patient=cast.patient("ana"),
        clinician=cast.cole.membership,
        type=appointments.add_type(name="Meeting", minutes=50, by=SET_UP),
        local_start=dt.datetime.combine(day, dt.time(12)),
        time_zone=cast.alder.time_zone,
        by=SET_UP,
    )
    planning.plan()
    receiving.receive(sid="IN1", number="+447700900101", body="is there parking")


def _probe(person: Person, client: Client, foreign: dict[str, UUID]) -> None:
    """Ask one's own practice for another's rows, on every page of one's own that takes an id."""
    for address in practice_addresses():
        names = [name for name, kind in address.parameters if "uuid" in str(kind).lower()]
        if not names or address.permission not in person.viewer.permissions:
            continue
        for pk in _ids_for(names, foreign):
            path = address.path(**dict.fromkeys(names, pk))
            for method in ("get", "post"):
                response = getattr(client, method)(person.url(path.lstrip("/")))
                assert response.status_code in (403, 404, 405), (
                    f"{method} {address.name} as {person.name}: {response.status_code}"
                )


def _ids_for(names: list[str], foreign: dict[str, UUID]) -> set[UUID]:
    """The rows that such parameters mean."""
    unknown = {name for name in names if MEANS.get(name) not in foreign}
    assert not unknown, f"say in MEANS what {unknown} stand for, and make a row of it in `foreign`"
    return {foreign[MEANS[name]] for name in names}


@contextlib.contextmanager
def _row_security_off() -> Iterator[None]:
    """The application connects as the tables' owner, whose policy shows every row."""
    ours, owners = connections["default"], connections["owner"].settings_dict
    before = {key: ours.settings_dict[key] for key in ("USER", "PASSWORD")}
    ours.close()
    ours.settings_dict.update(USER=owners["USER"], PASSWORD=owners["PASSWORD"])
    try:
        yield
    finally:
        ours.close()
        ours.settings_dict.update(before)


@pytest.mark.parametrize("name", OUTSIDERS)
def test_with_row_security_off_the_selectors_alone_leak_nothing(
    committed_db: object, cast: Cast, foreign: dict[str, UUID], name: str
) -> None:
    client = cast.people[name].client()
    with _row_security_off():
        with connections["default"].cursor() as cursor:
            cursor.execute("SELECT count(*) FROM people_patient")
            assert cursor.fetchone() == (3,), "row security should be off here"
        _probe(cast.people[name], client, foreign)


@pytest.mark.django_db
@pytest.mark.parametrize("name", OUTSIDERS)
def test_with_the_selectors_bypassed_row_security_alone_leaks_nothing(
    cast: Cast,
    signed_in: dict[str, Client],
    foreign: dict[str, UUID],
    monkeypatch: pytest.MonkeyPatch,
    name: str,
) -> None:
    monkeypatch.setattr(tenancy_models.PracticeManager, "get_queryset", models.Manager.get_queryset)
    _probe(cast.people[name], signed_in[name], foreign)
