"""New time zone data: the hour on the wall stays, the instant follows; twice is once."""

from __future__ import annotations

import datetime as dt
from io import StringIO
from zoneinfo import ZoneInfo

import pytest
from django.core.management import CommandError, call_command

from portal import clock
from portal.appointments import clock_rules, services, wall_time
from portal.appointments.models import Appointment, AppointmentStatus, Status
from portal.audit.models import AuditEvent
from portal.tenancy.context import practice_scope
from portal.work.models import WorkItem
from tests.appointments.conftest import BY, NOON, TOMORROW, Schedule

pytestmark = pytest.mark.django_db
HOUR = dt.timedelta(hours=1)


@pytest.fixture
def new_rules(monkeypatch: pytest.MonkeyPatch) -> None:
    """Newer data: Britain has joined the clocks of Paris, an hour ahead."""
    real = clock.zone

    def zone(name: str) -> ZoneInfo:
        return ZoneInfo("Europe/Paris") if name == "Europe/London" else real(name)

    monkeypatch.setattr(wall_time, "zone", zone)


def mend(schedule: Schedule, **more: bool) -> tuple[int, int, int]:
    with practice_scope(schedule.cast.alder.pk):
        done = clock_rules.mend(by=BY, **more)
    return done.right, done.mended, done.left


def test_without_newer_data_everything_is_right(schedule: Schedule) -> None:
    row = schedule.book("ana")
    assert mend(schedule) == (1, 0, 0)
    assert schedule.again(row).starts_at == row.starts_at


def test_the_instant_follows_the_hour_on_the_wall(schedule: Schedule, new_rules: None) -> None:
    row = book_with_old_rules(schedule)
    assert mend(schedule) == (0, 1, 0)
    now = schedule.again(row)
    assert (now.local_start, now.version) == (row.local_start, row.version)
    assert now.starts_at == row.starts_at - HOUR
    assert now.ends_at - now.starts_at == row.ends_at - row.starts_at
    with practice_scope(schedule.cast.alder.pk):
        assert {step.starts_at for step in AppointmentStatus.objects.all()} == {now.starts_at}
        event = AuditEvent.objects.get(action="appointment.mend_instant")
        assert event.patient_id == row.patient_id
    assert mend(schedule) == (1, 0, 0)
    with practice_scope(schedule.cast.alder.pk):
        assert AuditEvent.objects.filter(action="appointment.mend_instant").count() == 1


def book_with_old_rules(schedule: Schedule, patient: str = "ana", hour: int = 10) -> Appointment:
    """As it was booked before the newer data came."""
    row = schedule.book(patient, hour)
    with practice_scope(schedule.cast.alder.pk):
        starts_at = dt.datetime.combine(TOMORROW, dt.time(hour), tzinfo=ZoneInfo("Europe/London"))
        Appointment.objects.filter(pk=row.pk).update(
            starts_at=starts_at, ends_at=starts_at + dt.timedelta(minutes=50)
        )
        AppointmentStatus.objects.filter(appointment=row).update(starts_at=starts_at)
    return schedule.again(row)


def test_neighbours_move_together(schedule: Schedule, new_rules: None) -> None:
    for hour, patient in ((12, "ben"), (11, "ana"), (10, "ben")):
        book_with_old_rules(schedule, patient, hour)
    assert mend(schedule) == (0, 3, 0)


def test_where_two_would_meet_a_person_decides_and_the_rest_is_mended(
    schedule: Schedule, new_rules: None
) -> None:
    """An appointment by another zone's clock does not move, and stands in the way of one."""
    meets = book_with_old_rules(schedule, "ana", 15)
    fits = book_with_old_rules(schedule, "ben", 10)
    with practice_scope(schedule.cast.alder.pk):
        services.book(
            patient=schedule.cast.patient("ben"),
            clinician=schedule.cast.cole.membership,
            type=schedule.type,
            local_start=dt.datetime.combine(TOMORROW, dt.time(16)),
            time_zone="Africa/Cairo",  # 14:00 in London's old hour
            by=BY,
        )
    assert mend(schedule) == (1, 1, 1)
    assert schedule.again(meets).starts_at == meets.starts_at
    assert schedule.again(fits).starts_at == fits.starts_at - HOUR
    mend(schedule)
    with practice_scope(schedule.cast.alder.pk):
        item = WorkItem.objects.get(code=clock_rules.CODE)
        assert (item.source_id, item.audience) == (meets.pk, "front_desk")


def test_looking_changes_nothing(schedule: Schedule, new_rules: None) -> None:
    row = book_with_old_rules(schedule)
    assert mend(schedule, only_look=True) == (0, 1, 0)
    assert schedule.again(row).starts_at == row.starts_at


def test_what_is_over_or_cancelled_stays(schedule: Schedule, new_rules: None) -> None:
    over, cancelled = book_with_old_rules(schedule), book_with_old_rules(schedule, "ben", 15)
    with practice_scope(schedule.cast.alder.pk):
        services.cancel(appointment=cancelled, by_patient=True, by=BY)
    clock.move_to(NOON + dt.timedelta(days=1))
    mend(schedule)
    assert schedule.again(over).starts_at == over.starts_at
    assert schedule.again(cancelled).starts_at == cancelled.starts_at
    assert schedule.again(cancelled).status == Status.CANCELLED_BY_PATIENT


def test_a_cancellation_that_is_taken_back_stands_at_its_hour_on_the_wall(
    schedule: Schedule, new_rules: None
) -> None:
    row = book_with_old_rules(schedule)
    with practice_scope(schedule.cast.alder.pk):
        services.cancel(appointment=row, by_patient=True, by=BY)
        mend(schedule)
        services.restore(appointment=row, by=BY)
    now = schedule.again(row)
    assert (now.local_start, now.starts_at) == (row.local_start, row.starts_at - HOUR)
    assert now.ends_at - now.starts_at == row.ends_at - row.starts_at
    assert mend(schedule) == (1, 0, 0)


def test_a_zone_that_this_machine_does_not_know_is_not_taken_for_another(
    schedule: Schedule,
) -> None:
    row = schedule.book("ana")
    with practice_scope(schedule.cast.alder.pk):
        Appointment.objects.update(time_zone="Europe/Atlantis")
    assert mend(schedule) == (0, 0, 1)
    assert schedule.again(row).starts_at == row.starts_at


def test_an_hour_that_is_skipped_now_is_for_a_person(
    schedule: Schedule, monkeypatch: pytest.MonkeyPatch
) -> None:
    def skips(local: dt.datetime, zone_name: str) -> dt.datetime:
        raise wall_time.NoSuchTime

    row = schedule.book("ana")
    monkeypatch.setattr(clock_rules, "instant", skips)
    assert mend(schedule) == (0, 0, 1)
    assert schedule.again(row).starts_at == row.starts_at


def test_the_hour_that_comes_twice_keeps_the_run_that_was_meant(schedule: Schedule) -> None:
    with practice_scope(schedule.cast.alder.pk):
        for fold in (0, 1):
            services.book(
                patient=schedule.cast.patient("ana"),
                clinician=schedule.cast.cole.membership,
                type=schedule.type,
                local_start=dt.datetime(2027, 10, 31, 1, 0, fold=fold),  # noqa: DTZ001 - wall clock
                time_zone="Europe/London",
                by=BY,
            )
    assert mend(schedule) == (2, 0, 0)


def test_the_command_goes_through_the_practices(schedule: Schedule, new_rules: None) -> None:
    book_with_old_rules(schedule)
    out = StringIO()
    call_command("mend_times", check=True, practice="alder", stdout=out)
    assert "alder: 0 right, 1 to mend, 0 for the front desk" in out.getvalue()
    call_command("mend_times", stdout=out)
    assert "alder: 0 right, 1 mended, 0 for the front desk" in out.getvalue()
    assert "birch: " in out.getvalue()
    with pytest.raises(CommandError):
        call_command("mend_times", practice="nowhere", stdout=out)
