"""One patient's words deleted for good: here, in the pages, and in a backup without the keys."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import connection, transaction  # noqa: TID251 - takes keys away as a thief would
from pytest_django import Settings

from intake.models import Flag, Response
from portal.audit.models import AuditEvent
from portal.encryption import keyring, opened
from portal.encryption.errors import KeyDestroyed, KeyUnavailable
from portal.encryption.models import PatientKey
from portal.encryption.places import encrypted_fields
from portal.people import services as people
from portal.people.models import ContactPoint, contact_token
from portal.tenancy.context import practice_scope
from portal.tenancy.errors import DomainError
from reminders.services import receiving
from tests.cast import SET_UP, Cast
from tests.intake.conftest import asked, fill_in, in_alder, phq9, phq9_places, send

__all__ = ["asked", "in_alder", "phq9"]
pytestmark = pytest.mark.django_db
ANA = "+447700900101"


@pytest.fixture
def written(cast: Cast, asked: Any) -> Response:
    """Ana has sent a form that raised a flag, and has texted."""
    fill_in(asked, phq9_places(*[1] * 9), by=cast.ana)
    response = send(asked, by=cast.ana)
    message = receiving.receive(sid="IN-1", number=ANA, body="I cannot come, I feel low")
    assert message is not None
    receiving.work(message.pk)
    return response


def readable(patient_id: Any) -> Iterator[str]:
    """Each value of a patient's that can be read now."""
    for model, fields in encrypted_fields():
        for field in fields:
            if not field.patient:
                continue
            path = field.patient.replace(".", "__")
            for row in model.objects.filter(**{path: patient_id}):
                try:
                    if getattr(row, field.attname) not in ("", None):
                        yield f"{model.__name__}.{field.name}"
                except (KeyDestroyed, KeyUnavailable):
                    continue


def end(cast: Cast, name: str) -> Any:
    patient = cast.patient(name)
    people.end_record(patient=patient, by=SET_UP)
    return patient


def test_nothing_of_the_patient_can_be_read_and_everything_of_others(
    cast: Cast, written: Response
) -> None:
    ana, ben = end(cast, "ana"), cast.patient("ben")
    before = set(readable(ana.pk))
    assert {"Response.content", "Flag.given", "ContactPoint.value", "InboundMessage.body"} <= before
    others = list(readable(ben.pk))
    assert others
    assert people.destroy_patient_key(patient=ana, by=SET_UP, reason="retention") == 1
    assert list(readable(ana.pk)) == []
    assert list(readable(ben.pk)) == others
    assert not ContactPoint.objects.filter(value_token=contact_token(ANA)).exists()
    event = AuditEvent.objects.get(action="patient.destroy_keys")
    assert event.details == {"reason": "retention", "keys": 1}
    assert people.destroy_patient_key(patient=ana, by=SET_UP, reason="retention") == 0


def test_a_backup_without_the_keys_opens_nothing_of_anybody(cast: Cast, written: Response) -> None:
    """The keys lie in a table of their own, which the ordinary backup leaves out."""
    assert PatientKey.kept_apart
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM encryption_patientkey")
    keyring.forget()
    assert list(readable(cast.patient("ana").pk)) == []


def test_the_pages_say_so_and_none_falls_over(cast: Cast, written: Response) -> None:
    cole, dee = cast.cole.client(), cast.dee.client()
    page = f"/alder/staff/responses/{written.pk}/"
    flag = Flag.objects.get()
    assert cole.get(page).status_code == 200
    ana = end(cast, "ana")
    people.destroy_patient_key(patient=ana, by=SET_UP, reason="retention")
    answer = cole.get(page)
    assert answer.status_code in (404, 410)
    if answer.status_code == 410:
        assert "deleted for good" in answer.content.decode()
    lists = ["", "work/", "reminders/", "reminders/replies/", f"patients/{ana.pk}/"]
    lists.append(f"work/{flag.work_item_id}/")
    for client in (cole, dee, cast.eve.client()):
        for path in lists:
            assert client.get(f"/alder/staff/{path}").status_code < 500, path


def test_pages_say_that_the_key_is_away_and_work_again_when_it_is_back(
    cast: Cast, written: Response, settings: Settings
) -> None:
    """T-KEY-04 as people see it."""
    cole, right = cast.cole.client(), settings.ENCRYPTION_KEYS
    page = f"/alder/staff/responses/{written.pk}/"
    settings.ENCRYPTION_KEYS = ["77" * 32]
    keyring.forget()
    opened.forget()
    answer = cole.get(page)
    assert answer.status_code == 503
    assert "the key cannot be reached" in answer.content.decode()
    for path in ("", "work/", "reminders/", "reminders/replies/", "caseload/"):
        assert cole.get(f"/alder/staff/{path}").status_code in (200, 403, 503), path
    settings.ENCRYPTION_KEYS = right
    opened.forget()
    assert cole.get(page).status_code == 200


def test_it_takes_an_ended_record_and_a_reason(cast: Cast, in_alder: Any) -> None:
    with pytest.raises(DomainError, match="End"):
        people.destroy_patient_key(patient=cast.patient("ana"), by=SET_UP, reason="asked")
    ana = end(cast, "ana")
    with pytest.raises(DomainError, match="why"):
        people.destroy_patient_key(patient=ana, by=SET_UP, reason=" ")


def test_the_command_destroys_only_when_it_is_meant(cast: Cast) -> None:
    with practice_scope(cast.alder.pk):
        ana = end(cast, "ana")
    words = ["destroy_patient_key", "alder", str(ana.pk), "--reason", "retention"]
    with pytest.raises(CommandError, match="--yes"):
        call_command(*words)
    for wrong in (["birch", str(ana.pk)], ["nowhere", str(ana.pk)]):
        with pytest.raises(CommandError), transaction.atomic():
            call_command("destroy_patient_key", *wrong, "--reason", "retention", "--yes")
    call_command(*words, "--yes")
    with practice_scope(cast.alder.pk):
        assert PatientKey.objects.get(patient_id=ana.pk).destroyed_at is not None
