"""T-KEY-01: whoever takes the database home reads nothing of what people typed."""

from __future__ import annotations

import base64
import datetime as dt
from pathlib import Path

import pytest

from intake.services import assignments
from portal.appointments import services as appointments
from portal.backups import programs
from portal.people import services as people
from portal.people.models import ContactSystem
from portal.tenancy.context import practice_scope
from portal.work import services as work
from portal.work.models import WorkItem
from reminders.services import handset, receiving
from tests.cast import Cast
from tests.intake.conftest import fill_in, in_use, phq9_places, send
from tests.reminders.conftest import NOON, Desk
from tests.reminders.dispatching.conftest import desk

__all__ = ["desk"]
pytestmark = [pytest.mark.committed, pytest.mark.allow_hosts(["127.0.0.1", "localhost"])]

NUMBERS = ("+447700900101", "+447700900177", "+441134960177", "+447700900999")
ANSWERS = ("Several days", "valueCoding")
WORDS = (
    "zebra-why-this-form",
    "zebra-cancelled-because",
    "zebra-outcome-of-a-call",
    "zebra-in-a-reply",
    "zebra-agreed-at-the-desk",
    "zebra@example.org",
)


def type_everything(cast: Cast) -> None:
    """Each canary through the service that a page calls."""
    ana = cast.patient("ana")
    asked = assignments.assign(
        patient=ana, version=in_use("phq-9"), why=WORDS[0], by=cast.cole.viewer
    )
    fill_in(asked, phq9_places(*[1] * 9), by=cast.ana)
    send(asked, by=cast.ana)
    half = assignments.assign(patient=ana, version=in_use("gad-7"), by=cast.cole.viewer)
    fill_in(half, {"q1": 2}, by=cast.ana)
    for item in WorkItem.objects.all():
        if item.kind == "alert":
            work.acknowledge(item=item, by=cast.cole.viewer)
        work.finish(item=item, outcome=WORDS[2], by=cast.cole.viewer)
    for system, value in (
        (ContactSystem.SMS, "+447700900177"),
        (ContactSystem.PHONE, "+441134960177"),
        (ContactSystem.EMAIL, WORDS[5]),
    ):
        people.add_contact_point(
            patient=ana, system=system, value=value, consent_how=WORDS[4], by=cast.dee.viewer
        )
    point = ana.contact_points.order_by("created_at")[0]
    handset.reply(point=point, body=WORDS[3])
    message = receiving.receive(sid="IN-9", number="+447700900999", body=WORDS[3])
    assert message is not None
    receiving.work(message.pk)


def disguises(text: str) -> set[bytes]:
    """The text as it may stand in a dump: as typed, in hex, in base64 at each of three offsets."""
    raw = text.encode()
    found = {raw, raw.hex().encode(), raw.hex().upper().encode()}
    for before in (b"", b"x", b"xx"):
        coded = base64.b64encode(before + raw + b"yyy")
        found.add(coded[4 if before else 0 : len(coded) - 8])
    return found


def test_no_canary_stands_in_a_dump(desk: Desk, cast: Cast, tmp_path: Path) -> None:
    with practice_scope(cast.alder.pk):
        type_everything(cast)
        appointment = desk.book(NOON + dt.timedelta(days=3))
        appointments.cancel(
            appointment=appointment, by_patient=True, reason=WORDS[1], by=cast.ana.viewer
        )
    path = tmp_path / "stolen.sql"
    options = ["--format=plain", "--inserts", "--enable-row-security", f"--file={path}"]
    programs.run("pg_dump", *options)
    # The forms' own documents hold the words of every possible answer.
    documents = b"INSERT INTO public.intake_questionnaireversion "
    lines = path.read_bytes().splitlines(keepends=True)
    dump = b"".join(line for line in lines if not line.startswith(documents))
    assert b"Abbott" in dump  # names are plain, and this is the right database
    assert len(dump) < sum(map(len, lines))
    typed = [*WORDS, *NUMBERS, *(number[3:] for number in NUMBERS), *ANSWERS]
    assert [text for text in typed if any(each in dump for each in disguises(text))] == []
