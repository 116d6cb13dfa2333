"""Uploading a file of appointments: looked at first, then all of it or nothing."""

from __future__ import annotations

import datetime as dt
from uuid import UUID

import pytest
from django.core.cache import cache
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from redis.exceptions import ConnectionError as RedisConnectionError

from portal import clock
from portal.appointments import tasks
from portal.appointments.importing import runs
from portal.appointments.models import Appointment, AppointmentImport, ImportState
from portal.audit.models import AuditEvent
from portal.tenancy.context import practice_scope
from tests.appointments.conftest import NOON
from tests.appointments.importing import HEAD, ROW, Importing
from tests.odd_input import ODD

pytestmark = pytest.mark.django_db
PAGE = "/alder/staff/imports/"
BAD = ROW.replace("R1", "R77")


def send(client: Client, *rows: str, content: bytes | None = None) -> str:
    """Upload rows; the address of the preview, or nothing when the file was refused."""
    data = content if content is not None else "\n".join([HEAD, *rows]).encode()
    answer = client.post(PAGE, {"file": SimpleUploadedFile("export.csv", data)})
    return str(answer.headers["Location"]) if answer.status_code == 302 else ""


def kept(importing: Importing) -> AppointmentImport:
    with practice_scope(importing.practice.pk):
        run = AppointmentImport.objects.get()
        assert run.content is not None
        return run


def appointments(importing: Importing) -> int:
    with practice_scope(importing.practice.pk):
        return Appointment.objects.count()


def test_only_desk_and_managers_bring_files_in(importing: Importing) -> None:
    page = send(importing.schedule.cast.dee.client(), ROW)
    for name in ("cole", "nat", "ana", "fay"):
        client = importing.schedule.cast.people[name].client()
        for address in (PAGE, page, f"{page}write/", f"{page}drop/", f"{PAGE}example/"):
            assert client.post(address).status_code in (403, 405), (name, address)
            assert client.get(address).status_code in (403, 405), (name, address)
    for name in ("yan", "xia", "zoe"):
        client = importing.schedule.cast.people[name].client()
        assert client.get(page).status_code == 404
        assert client.post(f"{page}write/").status_code == 404
        assert client.post(f"{page.replace('alder', 'birch')}write/").status_code in (403, 404)
    assert appointments(importing) == 0
    assert importing.schedule.cast.eve.client().get(page).status_code == 200


def test_nothing_is_written_before_somebody_says_so(importing: Importing) -> None:
    client = importing.schedule.cast.dee.client()
    page = send(client, ROW)
    shown = client.get(page).content.decode()
    assert "What it would do" in shown
    assert "R1" in shown
    assert "Ana" not in shown
    assert appointments(importing) == 0
    assert client.post(f"{page}write/").status_code == 302
    assert appointments(importing) == 1
    assert "What it has done" in client.get(page).content.decode()
    assert kept(importing).content == ""
    assert kept(importing).report["rows"] == []  # an erased patient's visits stand nowhere else
    assert client.post(f"{page}drop/", follow=True).redirect_chain[-1][0] == page
    assert client.post(f"{page}write/").status_code == 302  # pressed twice
    assert appointments(importing) == 1
    with practice_scope(importing.practice.pk):
        event = AuditEvent.objects.get(action="appointment.import")
    assert (event.actor_name, event.details["new"]) == ("Dee Staff", 1)


def test_a_file_with_wrong_rows_lists_them_and_cannot_be_brought_in(importing: Importing) -> None:
    client = importing.schedule.cast.dee.client()
    page = send(client, ROW, BAD.replace("A1", "A2"))
    shown = client.get(page).content.decode()
    assert "No patient has the record number “R77”." in shown
    assert "write/" not in shown
    client.post(f"{page}write/")
    assert appointments(importing) == 0
    assert kept(importing).state == ImportState.REFUSED


def test_what_was_booked_since_the_preview_refuses_the_file(importing: Importing) -> None:
    client = importing.schedule.cast.dee.client()
    page = send(client, ROW)
    importing.schedule.book("ben", 10)
    client.post(f"{page}write/")
    assert appointments(importing) == 1
    assert "another appointment here at that time" in client.get(page).content.decode()


def test_the_same_file_again_has_nothing_to_bring_in(importing: Importing) -> None:
    client = importing.schedule.cast.dee.client()
    client.post(f"{send(client, ROW)}write/")
    shown = client.get(send(client, ROW)).content.decode()
    assert "There is nothing to bring in" in shown


@pytest.mark.parametrize(
    "content", [b"", b"PK\x03\x04", b"\x00\x00", b"a;b\n1;2\n", b"\xff\xfe\x00"]
)
def test_a_file_that_is_none_is_refused_beside_the_field(
    importing: Importing, content: bytes
) -> None:
    client = importing.schedule.cast.dee.client()
    answer = client.post(PAGE, {"file": SimpleUploadedFile("export.csv", content)})
    assert answer.status_code == 422
    assert "One thing to look at" in answer.content.decode()
    assert client.post(PAGE, {}).status_code == 422
    with practice_scope(importing.practice.pk):
        assert not AppointmentImport.objects.exists()


def test_odd_cells_give_no_error_page(importing: Importing) -> None:
    client = importing.schedule.cast.dee.client()
    for odd in ODD:
        text = odd.replace("\x00", "").replace("\n", " ").replace('"', '""')[:5000]
        row = ",".join([f'"{text}"'] * 7)
        data = f"{HEAD}\n{row}\n".encode(errors="replace")
        page = send(client, content=data)
        if page:
            assert client.get(page).status_code == 200, odd[:20]
    assert appointments(importing) == 0


def test_a_long_file_waits_for_the_worker_and_shows_it(
    importing: Importing, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(runs, "AT_ONCE", 1)
    client = importing.schedule.cast.dee.client()
    page = send(client, ROW, ROW.replace("A1", "A2").replace("10:00", "11:00"))
    shown = client.get(page).content.decode()
    assert 'hx-trigger="every 2s"' in shown
    run = kept(importing)
    with practice_scope(importing.practice.pk):
        tasks.work_import(str(run.pk))
    assert "What it would do" in client.get(page).content.decode()
    client.post(f"{page}write/")
    assert appointments(importing) == 0
    runs._note(run.pk, 1, 2)
    assert "1 of 2" in client.get(page).content.decode()
    with practice_scope(importing.practice.pk):
        tasks.work_import(str(run.pk))
        tasks.work_import(str(run.pk))  # the bell rang twice
    assert appointments(importing) == 2
    assert "every 2s" not in client.get(page).content.decode()


@pytest.mark.django_db(databases=["default", "dispatch"])
def test_the_sweep_may_ask_which_practices_have_files() -> None:
    assert list(runs.practices_with_files()) == []  # what is not committed, another does not see


def test_a_lost_bell_is_heard_and_old_files_go(
    importing: Importing, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(runs, "AT_ONCE", 0)
    monkeypatch.setattr(runs, "practices_with_files", lambda: [importing.practice.pk])
    client = importing.schedule.cast.dee.client()
    send(client, ROW)
    tasks.work_waiting_imports()
    assert kept(importing).state == ImportState.CHECKING  # its bell may still ring
    clock.move_to(NOON + dt.timedelta(minutes=2))
    tasks.work_waiting_imports()
    assert kept(importing).state == ImportState.READY
    clock.move_to(NOON + dt.timedelta(days=2))
    tasks.work_waiting_imports()
    with practice_scope(importing.practice.pk):
        assert not AppointmentImport.objects.exists()


def test_a_file_that_fails_keeps_no_other_waiting(
    importing: Importing, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(runs, "AT_ONCE", 0)
    monkeypatch.setattr(runs, "practices_with_files", lambda: [importing.practice.pk])
    client = importing.schedule.cast.dee.client()
    send(client, ROW)
    send(client, ROW.replace("10:00", "12:00"))
    real = runs.check
    tried: list[UUID] = []

    def fails_once(import_id: UUID) -> None:
        tried.append(import_id)
        if len(tried) == 1:
            raise RuntimeError("a file that nobody foresaw")
        real(import_id)

    monkeypatch.setattr(runs, "check", fails_once)
    clock.move_to(NOON + dt.timedelta(minutes=2))
    tasks.work_waiting_imports()
    with practice_scope(importing.practice.pk):
        states = set(AppointmentImport.objects.values_list("state", flat=True))
    assert states == {ImportState.CHECKING, ImportState.READY}


def test_without_a_cache_it_is_written_all_the_same(
    importing: Importing, monkeypatch: pytest.MonkeyPatch
) -> None:
    def gone(*_args: object, **_options: object) -> None:
        raise RedisConnectionError("nobody answers")

    monkeypatch.setattr(cache, "set", gone)
    client = importing.schedule.cast.dee.client()
    page = send(client, ROW)
    assert client.post(f"{page}write/").status_code == 302
    assert appointments(importing) == 1
    monkeypatch.setattr(cache, "get", gone)
    assert runs.progress_of(kept(importing)) is None


def test_what_is_brought_in_cannot_be_thrown_away(importing: Importing) -> None:
    client = importing.schedule.cast.dee.client()
    page = send(client, ROW)
    client.post(f"{page}write/")
    assert client.post(f"{page}drop/", follow=True).status_code == 200
    assert kept(importing).state == ImportState.DONE


def test_a_file_can_be_thrown_away(importing: Importing) -> None:
    client = importing.schedule.cast.dee.client()
    page = send(client, ROW)
    assert client.post(f"{page}drop/").status_code == 302
    assert client.get(page).status_code == 404
    assert appointments(importing) == 0


def test_the_example_is_a_file_that_is_understood(importing: Importing) -> None:
    client = importing.schedule.cast.dee.client()
    content = client.get(f"{PAGE}example/").content
    page = send(client, content=content)
    assert "No patient has the record number “R-204”" in client.get(page).content.decode()
