"""Appointments out of a record system's file: all of them, once, or none and the reasons."""

from __future__ import annotations

import datetime as dt
import time
from dataclasses import dataclass
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from django.db import connections
from django.test.utils import CaptureQueriesContext

from portal.appointments import services
from portal.appointments.importing.planning import Plan, plan
from portal.appointments.importing.reading import Unusable, decoded, read
from portal.appointments.importing.writing import write
from portal.appointments.models import Appointment, AppointmentStatus, Status
from portal.audit.models import AuditEvent
from portal.people.models import Patient
from portal.practices.models import Practice
from portal.tenancy.context import practice_scope
from portal.tenancy.errors import DomainError
from tests.appointments.conftest import BY, Schedule

pytestmark = pytest.mark.django_db
HEAD = "id,patient,clinician,type,date,time,status"
ROW = "A1,R1,Cole Staff,Meeting,25/11/2026,10:00,booked"


@dataclass
class Importing:
    """Alder with record numbers R1 (Ana) and R2 (Ben), and files brought into it."""

    schedule: Schedule

    @property
    def practice(self) -> Practice:
        return self.schedule.cast.alder

    def look(self, *rows: str, head: str = HEAD) -> Plan:
        with practice_scope(self.practice.pk):
            return plan("\n".join([head, *rows]), practice=self.practice)

    def bring(self, *rows: str, head: str = HEAD) -> dict[str, int]:
        with practice_scope(self.practice.pk):
            made = plan("\n".join([head, *rows]), practice=self.practice)
            assert not made.problems, made.problems
            return write(made, practice=self.practice, by=BY)

    def one(self, external_id: str = "A1") -> Appointment:
        with practice_scope(self.practice.pk):
            return Appointment.objects.select_related("clinician").get(external_id=external_id)

    def steps(self, external_id: str = "A1") -> list[tuple[str, bool]]:
        with practice_scope(self.practice.pk):
            rows = AppointmentStatus.objects.filter(appointment__external_id=external_id)
            return [(row.status, row.moved) for row in rows.order_by("at", "pk")]

    def everything(self) -> list[tuple[object, ...]]:
        """All that an import could have touched."""
        with practice_scope(self.practice.pk):
            return [
                *Appointment.objects.order_by("pk").values_list(
                    "pk", "starts_at", "status", "version", "external_seen"
                ),
                *AppointmentStatus.objects.order_by("pk").values_list("pk", "status", "at"),
            ]


@pytest.fixture
def importing(schedule: Schedule) -> Importing:
    with practice_scope(schedule.cast.alder.pk):
        for number, name in (("R1", "ana"), ("R2", "ben")):
            Patient.objects.filter(pk=schedule.cast.patient(name).pk).update(record_number=number)
    return Importing(schedule)


def problems(made: Plan) -> list[tuple[int, str]]:
    return [(each.row, each.text) for each in made.problems]


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


WRONG = [
    (",R1,Cole Staff,Meeting,25/11/2026,10:00,", "The id is missing"),
    ("A1,,Cole Staff,Meeting,25/11/2026,10:00,", "record number is missing"),
    ("A1,R9,Cole Staff,Meeting,25/11/2026,10:00,", "No patient has the record number “R9”"),
    ("A1,R1,,Meeting,25/11/2026,10:00,", "The clinician is missing"),
    ("A1,R1,Dee Staff,Meeting,25/11/2026,10:00,", "No clinician is called “Dee Staff”"),
    ("A1,R1,Cole Staff,Yoga,25/11/2026,10:00,", "No type of appointment is called “Yoga”"),
    ("A1,R1,Cole Staff,Meeting,11/25/2026,10:00,", "is not a date"),
    ("A1,R1,Cole Staff,Meeting,31/02/2026,10:00,", "is not a date"),
    ("A1,R1,Cole Staff,Meeting,25/11/0026,10:00,", "Check the year"),
    ("A1,R1,Cole Staff,Meeting,,10:00,", "The date is missing"),
    ("A1,R1,Cole Staff,Meeting,25/11/2026,,", "The time is missing"),
    ("A1,R1,Cole Staff,Meeting,25/11/2026,25:00,", "is not a time"),
    ("A1,R1,Cole Staff,Meeting,28/03/2027,01:30,", "the clocks go forward"),
    ("A1,R1,Cole Staff,Meeting,25/11/2026,10:00,maybe", "“maybe” is not a status"),
    ("A1,R1,Cole Staff,Meeting,25/11/2026,10:00,attended", "has not begun yet"),
    ("A1,R1,Cole Staff,Meeting,25/11/2026,10:00,,extra", "more cells than headings"),
    ("A" * 81 + ",R1,Cole Staff,Meeting,25/11/2026,10:00,", "longer than 80"),
]


@pytest.mark.parametrize(("row", "words"), WRONG)
def test_what_is_wrong_is_said_plainly_with_the_row(
    importing: Importing, row: str, words: str
) -> None:
    made = importing.look("", ROW.replace("A1", "A0").replace("25/11", "26/11"), row)
    assert [number for number, _text in problems(made)] == [4]
    assert words in problems(made)[0][1]


GOOD = [
    ("2026-11-25,10:00", "2026-11-25T10:00"),
    ("25/11/2026,10:00", "2026-11-25T10:00"),
    ("25.11.2026,10.00", "2026-11-25T10:00"),
    ("25/11/26,10:00:00", "2026-11-25T10:00"),
    ("5/12/2026,9", "2026-12-05T09:00"),
    ("25/11/2026,2.30 pm", "2026-11-25T14:30"),
    ("25/10/2026,01:30", "2026-10-25T01:30"),
]


@pytest.mark.parametrize(("cells", "local"), GOOD)
def test_dates_and_times_as_practices_write_them(
    importing: Importing, cells: str, local: str
) -> None:
    importing.bring(f"A1,R1,cole  staff,MEETING,{cells},")
    assert importing.one().local_start == local


@pytest.mark.parametrize(
    "start",
    ["2026-11-25T10:00", "2026-11-25 10:00:30", "2026-11-25T05:00-05:00", "25/11/2026 10:00"],
)
def test_one_cell_may_hold_date_and_time(importing: Importing, start: str) -> None:
    importing.bring(f"A1,R1,Cole Staff,Meeting,{start}", head="id,patient,clinician,type,start")
    assert importing.one().local_start == "2026-11-25T10:00"


def test_an_american_practice_writes_the_month_first(importing: Importing) -> None:
    importing.practice.country = "US"
    importing.bring("A1,R1,Cole Staff,Meeting,12/05/2026,10:00,")
    assert importing.one().local_start == "2026-12-05T10:00"


def test_length_place_and_link_come_from_their_columns(importing: Importing) -> None:
    head = f"{HEAD},duration,room,video link,Fee"
    importing.bring(f"{ROW},90,Room 2,https://video.example/1,80", head=head)
    row = importing.one()
    assert row.ends_at - row.starts_at == dt.timedelta(minutes=90)
    assert (row.location, row.video_url) == ("Room 2", "https://video.example/1")
    assert any("Fee" in note for note in importing.look(ROW + ",,,,", head=head).notes)
    importing.bring(f"{ROW},45,Room 2,https://video.example/1,80", head=head)
    again = importing.one()
    assert again.ends_at - again.starts_at == dt.timedelta(minutes=45)
    assert again.version == row.version + 1


@pytest.mark.parametrize("minutes", ["0000500", "000050" + "9" * 12, "000050" + "0" * 5000, "½"])
def test_no_length_is_longer_than_a_day_however_it_is_written(
    importing: Importing, minutes: str
) -> None:
    made = importing.look(f"{ROW},{minutes}", head=f"{HEAD},minutes")
    assert [text for _number, text in problems(made)] == [
        "The minutes must be a whole number from 5 to 480."
    ]


def test_when_it_was_cancelled_decides_whether_it_was_late(importing: Importing) -> None:
    head = f"{HEAD},cancelled at"
    past = ROW.replace("25/11", "23/11").replace("booked", "cancelled_by_patient")
    made = importing.look(f"{past},", head=head)
    assert any("do not say when" in note for note in made.notes)
    importing.bring(f"{past},23/11/2026 08:00", head=head)
    assert importing.one().status_at == dt.datetime(2026, 11, 23, 8, tzinfo=dt.UTC)


def with_separator(sign: str) -> bytes:
    return f"{HEAD}\n{ROW}\n".replace(",", sign).encode()


@pytest.mark.parametrize(
    "content",
    [
        with_separator(";"),
        with_separator("\t"),
        with_separator("|"),
        b"\xef\xbb\xbf" + with_separator(","),
        with_separator(",").decode().encode("utf-16"),
        with_separator(";").replace(b"\n", b"\r\n"),
        b"sep=;\r\n" + with_separator(";"),
        f'"id","patient","clinician","type","date","time","status"\n"{ROW}"\n'.replace(
            '\n"A1', '\n"A1'
        )
        .replace(ROW, ROW.replace(",", '","'))
        .encode(),
        "ID;Record number;Practitioner;Appointment type;Appointment date;Start time;Outcome\n"
        "A1;R1;Cole Staff;Meeting;25/11/2026;10:00;Booked\n".encode("cp1252"),
    ],
)
def test_files_as_spreadsheets_write_them(importing: Importing, content: bytes) -> None:
    with practice_scope(importing.practice.pk):
        made = plan(decoded(content), practice=importing.practice)
    assert not made.problems, made.problems
    assert len(made.new) == 1
    assert made.new[0].local_start == dt.datetime(2026, 11, 25, 10)  # noqa: DTZ001


@pytest.mark.parametrize("more", [b"," * 9_000_000, b"x," * 4_000_000, b'"\n",' * 2_000_000])
def test_a_row_of_millions_of_cells_is_refused_before_they_are_read(more: bytes) -> None:
    content = f"{HEAD},".encode() + more
    began = time.process_time()
    with pytest.raises(Unusable, match="cells"):
        read(decoded(content))
    assert time.process_time() - began < 5  # a second where the machine is its own


def test_letters_of_old_spreadsheets_are_read(importing: Importing) -> None:
    assert "Zoë" in decoded("Zoë".encode("cp1252"))


UNUSABLE = [
    (b"", "empty"),
    (b"PK\x03\x04rest", "spreadsheet"),
    (b"\x00\x01\x02", "not a text file"),
    (b"a,b,c\n1,2,3\n", "Missing: id, patient, clinician, type, date, time"),
    (f"{HEAD}\n".encode(), "no appointments"),
    (f"{HEAD},Date\n{ROW},\n".encode(), "Two columns say “Date”"),
    (f'{HEAD}\n"A1,R1\n'.encode(), "Row 2 cannot be read"),
    (b"x" * 10_000_001, "larger than 10 MB"),
    (HEAD.encode() + b"\n" + b"\n".join([b"1"] * 50_001), "more than 50,000 rows"),
    (b"\n" * 200_000, "headings"),
]


@pytest.mark.parametrize(("content", "words"), UNUSABLE, ids=range(len(UNUSABLE)))
def test_a_file_that_cannot_be_read_says_why(content: bytes, words: str) -> None:
    with pytest.raises(Unusable, match=words):
        read(decoded(content))


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
