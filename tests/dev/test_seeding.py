"""The demo's data: made through services, the same for the same numbers, all or nothing."""

import datetime as dt

import pytest
from django.conf import settings

from portal import clock
from portal.appointments.models import Appointment, Status
from portal.dev import seeding
from portal.dev.cast import CAST, DEMO, DemoPractice, cast_member, cast_of
from portal.people.models import Patient, User
from portal.practices.models import Membership
from portal.practices.selectors import active_practices, practice_named
from portal.tenancy.context import practice_scope
from portal.tenancy.errors import DomainError
from portal.work.responsible import next_after, responsible_for
from tests.environment.fixtures import CommittedDatabase

AS_OF = dt.datetime(2026, 3, 4, 10, tzinfo=dt.UTC)  # a Wednesday


def told(slug: str) -> list[tuple[object, ...]]:
    """What a practice's demo says, without ids."""
    with practice_scope(practice_named(slug).pk):
        appointments = Appointment.objects.order_by("local_start", "patient__given_name")
        people = Patient.objects.order_by("given_name").values_list(
            "given_name", "family_name", "birth_date", "created_at"
        )
        meetings = appointments.values_list(
            "patient__given_name", "local_start", "status", "status_at", "created_at"
        )
        return [*people, *meetings]


def test_the_same_day_and_number_give_the_same_demo(empty_db: CommittedDatabase) -> None:
    from django.db import transaction

    demos = []
    for _ in range(2):
        with transaction.atomic():
            seeding.seed(as_of=AS_OF, number=7, patients=3)
            demos.append({slug: told(slug) for slug in ("alder", "birch")})
            transaction.set_rollback(True)
        clock.forget()
    assert len(demos[0]["alder"]) > 30
    for slug in ("alder", "birch"):
        for one, other in zip(demos[0][slug], demos[1][slug], strict=True):
            assert all(map(alike, one, other)), (one, other)


def alike(first: object, second: object) -> bool:
    """Equal, or moments close to each other: the clock goes on while history is being made."""
    if isinstance(first, dt.datetime) and isinstance(second, dt.datetime):
        return abs(first - second) < dt.timedelta(minutes=5)
    return first == second


def test_a_seeded_demo_is_whole(empty_db: CommittedDatabase) -> None:
    seeding.seed(as_of=AS_OF, patients=12)
    everybody_of_the_cast_is_there()
    past_and_future_fit()
    ana_comes_tomorrow()
    a_risk_that_cole_leaves_goes_to_cleo()
    assert abs(clock.now() - AS_OF) < dt.timedelta(minutes=5)
    with pytest.raises(DomainError, match="demo-fresh"):
        seeding.seed()


def everybody_of_the_cast_is_there() -> None:
    for member in CAST:
        user = User.objects.get(username=member.username)
        assert user.check_password(member.password)
        with practice_scope(practice_named(member.practice).pk):
            membership = Membership.objects.get(user=user)
            assert membership.roles == [member.role.value]
            assert membership.privacy_version == settings.PRIVACY_VERSION
    statuses = dict(active_practices().values_list("slug", "status"))
    assert statuses == {"alder": "active", "birch": "active", "cedar": "setting_up"}


def past_and_future_fit() -> None:
    with practice_scope(practice_named("alder").pk):
        past = Appointment.objects.filter(ends_at__lt=clock.now())
        assert past.count() > 60
        assert past.filter(status=Status.NO_SHOW).count() > 3
        future = Appointment.objects.filter(starts_at__gt=clock.now())
        assert future.count() > 5
        assert not future.filter(status__in=[Status.ATTENDED, Status.NO_SHOW]).exists()
        assert not Appointment.objects.filter(created_at__gt=clock.now()).exists()


def ana_comes_tomorrow() -> None:
    with practice_scope(practice_named("alder").pk):
        (appointment,) = Appointment.objects.filter(patient__given_name="Ana")
        assert appointment.local_start.startswith("2026-03-05T")
        assert appointment.status == Status.BOOKED


@pytest.mark.django_db
def test_a_moment_in_the_past_ends_with_its_block() -> None:
    from random import Random

    from portal.practices import services

    practice = services.create_practice(slug="elm", name="Elm", by=DEMO)
    demo = DemoPractice(practice, clock.now(), Random(1))
    before = clock.offset()
    with demo.at(AS_OF):
        assert abs(clock.now() - AS_OF) < dt.timedelta(seconds=60)
        with demo.at(AS_OF - dt.timedelta(days=1)):
            assert clock.now() < AS_OF
        assert abs(clock.now() - AS_OF) < dt.timedelta(seconds=60)
    assert abs(clock.offset() - before) < dt.timedelta(seconds=60)


def test_the_printed_passwords_keep_the_rules_for_length() -> None:
    assert all(len(member.password) >= 12 for member in CAST)
    assert len({member.username for member in CAST}) == len(CAST)


def test_the_cast_is_found_by_name_and_practice() -> None:
    assert cast_member("Yan").practice == "birch"
    assert [member.name for member in cast_of("birch")] == ["Yan", "Zoe"]
    with pytest.raises(LookupError):
        cast_member("Nobody")


def a_risk_that_cole_leaves_goes_to_cleo() -> None:
    with practice_scope(practice_named("alder").pk):
        names = dict(Membership.objects.values_list("display_name", "pk"))
        ana = Patient.objects.get(given_name="Ana").pk
        first = responsible_for(ana)
        then = next_after(ana, standing_with=first, tried={first} if first else ())
    assert [name.split()[0] for pk in (first, then) for name in names if names[name] == pk] == [
        "Cole",
        "Cleo",
    ]
