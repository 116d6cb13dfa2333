"""What stands in a record system's file: how practices write it, and what is said of a slip."""

from __future__ import annotations

import datetime as dt
import time

import pytest

from portal.appointments.importing.planning import plan
from portal.appointments.importing.reading import Unusable, decoded, read
from portal.tenancy.context import practice_scope
from tests.appointments.importing import HEAD, ROW, Importing, problems

pytestmark = pytest.mark.django_db

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
