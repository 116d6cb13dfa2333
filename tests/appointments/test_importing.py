"""Appointments out of a record system's file: all of them, once, or none and the reasons."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from django.db import connections
from django.test.utils import CaptureQueriesContext

from portal.appointments import services
from portal.appointments.importing.planning import plan
from portal.appointments.importing.writing import write
from portal.appointments.models import Appointment, Status
from portal.audit.models import AuditEvent
from portal.people.models import Patient
from portal.tenancy.context import practice_scope
from portal.tenancy.errors import DomainError
from tests.appointments.conftest import BY
from tests.appointments.importing import HEAD, ROW, Importing, problems

pytestmark = pytest.mark.django_db


def test_another_practices_people_are_unknown(importing: Importing) -> None:
    with practice_scope(importing.schedule.cast.birch.pk):
        Patient.objects.filter(pk=importing.schedule.cast.patient("zoe").pk).update(
            record_number="Z1"
        )
    made = importing.look("A1,Z1,Yan Staff,Meeting,25/11/2026,10:00,")
    assert len(made.problems) == 2
    assert all("No patient has" in text or "No clinician" in text for _n, text in problems(made))


def test_a_row_becomes_an_appointment_with_its_history(importing: Importing) -> None:
    counts = importing.bring(ROW)
    assert counts["new"] == 1
    row = importing.one()
    assert row.starts_at == dt.datetime(2026, 11, 25, 10, tzinfo=dt.UTC)
    assert row.ends_at - row.starts_at == dt.timedelta(minutes=50)
    assert (row.local_start, row.time_zone) == ("2026-11-25T10:00", "Europe/London")
    assert (row.status, row.version) == (Status.BOOKED, 1)
    assert importing.steps() == [("booked", False)]
    with practice_scope(importing.practice.pk):
        assert AuditEvent.objects.filter(action="appointment.book", object_id=row.pk).count() == 1
        assert AuditEvent.objects.get(action="appointment.import").details["new"] == 1
        assert row.episode_id is not None


def test_the_same_file_again_changes_nothing(importing: Importing) -> None:
    rows = [
        ROW,
        "A2,R2,Cole Staff,Meeting,25/11/2026,11:00,",
        "A3,R1,Cleo Staff,Meeting,23/11/2026,11:00,attended",
        "A4,R1,Cleo Staff,Meeting,26/11/2026,11:00,cancelled_by_patient",
    ]
    importing.bring(*rows)
    before = importing.everything()
    counts = importing.bring(*rows)
    assert counts["unchanged"] == 4
    assert sum(counts[name] for name in counts if name not in ("rows", "unchanged")) == 0
    assert importing.everything() == before


def test_a_moved_row_moves_with_a_new_version_and_history(importing: Importing) -> None:
    importing.bring(ROW)
    counts = importing.bring(ROW.replace("10:00", "14:30"))
    assert counts["moved"] == 1
    row = importing.one()
    assert row.starts_at == dt.datetime(2026, 11, 25, 14, 30, tzinfo=dt.UTC)
    assert row.version == 2
    assert sorted(importing.steps()) == [
        ("booked", False),
        ("booked", False),
        ("cancelled_by_practice", True),
    ]
    before = importing.everything()
    assert importing.bring(ROW.replace("10:00", "14:30"))["unchanged"] == 1
    assert importing.everything() == before


def test_a_move_at_the_patients_wish_is_theirs(importing: Importing) -> None:
    importing.bring(ROW)
    importing.bring(f"{ROW.replace('10:00', '14:30')},patient", head=f"{HEAD},moved by")
    assert ("cancelled_by_patient", True) in importing.steps()


def test_a_cancelled_row_cancels(importing: Importing) -> None:
    importing.bring(ROW)
    assert importing.bring(ROW.replace("booked", "cancelled_by_patient"))["cancelled"] == 1
    row = importing.one()
    assert (row.status, row.version) == (Status.CANCELLED_BY_PATIENT, 2)
    assert [status for status, _moved in importing.steps()][-1] == "cancelled_by_patient"


def test_what_a_patient_cancelled_here_stays_cancelled(importing: Importing) -> None:
    importing.bring(ROW)
    with practice_scope(importing.practice.pk):
        services.cancel(appointment=importing.one(), by_patient=True, by=BY)
    before = importing.everything()
    assert importing.bring(ROW)["unchanged"] == 1  # the record system has not heard of it
    assert importing.everything() == before


def test_what_the_record_system_books_anew_is_booked_again(importing: Importing) -> None:
    importing.bring(ROW)
    with practice_scope(importing.practice.pk):
        services.cancel(appointment=importing.one(), by_patient=True, reason="ill", by=BY)
    assert importing.bring(ROW.replace("25/11", "27/11"))["booked_again"] == 1
    row = importing.one()
    assert (row.status, row.cancel_reason, row.version) == (Status.BOOKED, "", 3)
    assert row.local_start == "2026-11-27T10:00"
    assert [status for status, _moved in importing.steps()][-1] == "booked"


def test_a_time_that_was_moved_here_stays_while_the_file_says_nothing_new(
    importing: Importing,
) -> None:
    importing.bring(ROW)
    with practice_scope(importing.practice.pk):
        start = dt.datetime(2026, 11, 26, 9)  # noqa: DTZ001 - a wall-clock time
        services.move(appointment=importing.one(), local_start=start, wished_by_patient=True, by=BY)
    counts = importing.bring(ROW.replace("Meeting", "meeting ").replace("Cole", "Cleo"))
    assert (counts["moved"], counts["details"]) == (0, 1)
    row = importing.one()
    assert row.local_start == "2026-11-26T09:00"
    assert row.clinician.display_name == "Cleo Staff"


def test_outcomes_come_from_the_file_and_correct_those_here(importing: Importing) -> None:
    past = ROW.replace("25/11", "23/11")
    importing.bring(past)
    assert importing.bring(past.replace("booked", "no_show"))["outcomes"] == 1
    assert importing.one().status == Status.NO_SHOW
    importing.bring(past.replace("booked", "attended"))
    assert importing.one().status == Status.ATTENDED
    importing.bring(past)
    assert importing.one().status == Status.BOOKED


def test_what_has_its_outcome_here_is_not_cancelled_and_said_once(importing: Importing) -> None:
    past = ROW.replace("25/11", "23/11")
    importing.bring(past.replace("booked", "attended"))
    cancelled = past.replace("booked", "cancelled_by_practice")
    made = importing.look(cancelled)
    assert [(each.row, "outcome here" in each.text) for each in made.left] == [(2, True)]
    importing.bring(cancelled)
    assert importing.one().status == Status.ATTENDED
    assert importing.bring(cancelled)["left"] == 0


def test_two_appointments_may_change_places(importing: Importing) -> None:
    other = "A2,R2,Cole Staff,Meeting,25/11/2026,11:00,"
    importing.bring(ROW, other)
    counts = importing.bring(ROW.replace("10:00", "11:00"), other.replace("11:00", "10:00"))
    assert counts["moved"] == 2
    assert importing.one("A1").local_start == "2026-11-25T11:00"
    assert importing.one("A2").local_start == "2026-11-25T10:00"


def test_a_new_row_takes_the_time_that_a_cancelled_one_leaves(importing: Importing) -> None:
    importing.bring(ROW)
    importing.bring(
        "A9,R2,Cole Staff,Meeting,25/11/2026,10:00,", ROW.replace("booked", "cancelled_by_practice")
    )
    assert importing.one("A9").status == Status.BOOKED


def test_nothing_is_written_when_one_row_of_many_is_wrong(importing: Importing) -> None:
    before = importing.everything()
    made = importing.look(ROW, "A2,R2,Nobody,Meeting,25/11/2026,11:00,")
    assert problems(made)[0][0] == 3
    with practice_scope(importing.practice.pk), pytest.raises(DomainError):
        write(made, practice=importing.practice, by=BY)
    assert importing.everything() == before


def test_somebody_who_books_between_preview_and_import_undoes_all_of_it(
    importing: Importing,
) -> None:
    made = importing.look("A2,R2,Cleo Staff,Meeting,25/11/2026,10:00,", ROW)
    importing.schedule.book("ben", 10, minute=30)
    before = importing.everything()
    with (
        pytest.raises(DomainError, match="Somebody has booked meanwhile"),
        practice_scope(importing.practice.pk),
    ):
        write(made, practice=importing.practice, by=BY)
    assert importing.everything() == before


def test_the_database_still_refuses_two_at_once_at_each_statement(importing: Importing) -> None:
    importing.bring(ROW)
    with pytest.raises(services.SlotTaken):
        importing.schedule.book("ben", 10, minute=30)


def test_clashes_are_told_with_their_rows(importing: Importing) -> None:
    importing.schedule.book("ana", 15)
    made = importing.look(
        ROW,
        "A2,R2,Cole Staff,Meeting,25/11/2026,10:30,",
        "A3,R2,Cole Staff,Meeting,25/11/2026,15:20,",
        "A4,R2,Cole Staff,Meeting,25/11/2026,10:00,cancelled_by_patient",
        "A5,R2,Cleo Staff,Meeting,25/11/2026,10:30,",
    )
    assert problems(made) == [
        (3, "The clinician is in row 2 at the same time."),
        (4, "The clinician has another appointment here at that time."),
    ]


def test_an_id_stands_for_one_appointment(importing: Importing) -> None:
    made = importing.look(ROW, ROW, ROW.replace("10:00", "12:00"))
    assert problems(made) == [(4, "It has the id of row 2.")]
    assert any("counted once: 1" in note for note in made.notes)
    importing.bring(ROW)
    taken = importing.look(ROW.replace("R1", "R2"))
    assert problems(taken) == [(2, "This id is another patient’s appointment here.")]


def test_when_it_was_cancelled_decides_whether_it_was_late(importing: Importing) -> None:
    head = f"{HEAD},cancelled at"
    past = ROW.replace("25/11", "23/11").replace("booked", "cancelled_by_patient")
    made = importing.look(f"{past},", head=head)
    assert any("do not say when" in note for note in made.notes)
    importing.bring(f"{past},23/11/2026 08:00", head=head)
    assert importing.one().status_at == dt.datetime(2026, 11, 23, 8, tzinfo=dt.UTC)


def test_a_thousand_rows_ask_as_little_as_ten(importing: Importing) -> None:
    asked = []
    for count in (10, 400):
        with practice_scope(importing.practice.pk):
            with CaptureQueriesContext(connections["default"]) as reading:
                made = plan(many(count), practice=importing.practice)
            assert not made.problems, made.problems[:3]
            with CaptureQueriesContext(connections["default"]) as writing:
                write(made, practice=importing.practice, by=BY)
        asked.append((len(reading), len(writing)))
    assert asked[0] == asked[1]
    assert asked[0][0] <= 8


def many(count: int) -> str:
    """So many hours of Cole's, one after another, with ids and times of their own."""
    first = dt.datetime(2027, 1, 1) + dt.timedelta(days=count)  # noqa: DTZ001
    lines = [
        f"M{count}-{n},R{n % 2 + 1},Cole Staff,Meeting,{first + dt.timedelta(hours=n)}"
        for n in range(count)
    ]
    return "\n".join(["id,patient,clinician,type,start", *lines])


def test_the_command_says_what_it_did_and_what_is_wrong(
    importing: Importing, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    good, bad = tmp_path / "good.csv", tmp_path / "bad.csv"
    good.write_text(f"{HEAD}\n{ROW}\n")
    bad.write_text(f"{HEAD}\n{ROW.replace('R1', 'R7')}\n")
    call_command("import_appointments", str(good), "--practice", "alder", "--check")
    assert "1 new" in capsys.readouterr().out
    with practice_scope(importing.practice.pk):
        assert not Appointment.objects.exists()
    call_command("import_appointments", str(good), "--practice", "alder")
    assert importing.one().version == 1
    call_command("import_appointments", str(good), "--practice", "alder")
    assert "1 as they were" in capsys.readouterr().out
    with pytest.raises(CommandError, match="row 2: No patient has the record number “R7”") as told:
        call_command("import_appointments", str(bad), "--practice", "alder")
    assert told.value.returncode == 2
    for arguments in (["--practice", "nowhere", str(good)], ["--practice", "alder", "no/file"]):
        with pytest.raises(CommandError) as refused:
            call_command("import_appointments", *arguments)
        assert refused.value.returncode == 2
