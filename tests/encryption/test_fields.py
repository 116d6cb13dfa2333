"""An encrypted attribute: what it stores, how many queries it takes, what it refuses."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection, transaction  # noqa: TID251 - looks at what is stored
from django.db.models import F
from django.test.utils import CaptureQueriesContext

from portal import clock
from portal.encryption import keyring, opened
from portal.encryption.cipher import kid_of
from portal.encryption.errors import KeyDestroyed, KeyUnavailable, SealedUse, Unreadable
from portal.encryption.fields import Sealed
from portal.encryption.models import PatientKey, PracticeKey
from portal.people.models import contact_token
from portal.tenancy.context import practice_scope
from portal.work.models import WorkAudience, WorkItem, WorkKind
from tests.cast import Cast

pytestmark = pytest.mark.django_db
WORDS = "Rang back, she is safe."


def item(cast: Cast, words: str = WORDS, patient: str | None = "ana") -> WorkItem:
    return WorkItem(
        kind=WorkKind.TASK,
        code="test.task",
        title="Ring back",
        patient=cast.patient(patient) if patient else None,
        audience=WorkAudience.FRONT_DESK,
        raised_at=clock.now(),
        due_at=clock.now(),
        outcome=words,
    )


def stored(row: WorkItem) -> bytes:
    with connection.cursor() as cursor:
        cursor.execute("SELECT outcome FROM work_workitem WHERE id = %s", [row.pk])
        return bytes(cursor.fetchone()[0])


@pytest.mark.parametrize("patient", ["ana", None])
def test_words_are_ciphertext_in_the_database_and_words_again(
    cast: Cast, patient: str | None
) -> None:
    with practice_scope(cast.alder.pk):
        row = item(cast, patient=patient)
        row.save()
        assert WORDS.encode() not in stored(row)
        assert row.outcome == WORDS
        assert WorkItem.objects.get(pk=row.pk).outcome == WORDS
        deferred = WorkItem.objects.only("pk").get(pk=row.pk)
        assert deferred.outcome == WORDS
        kind = PatientKey if patient else PracticeKey
        assert kind.objects.filter(pk=kid_of(stored(row))).exists()


def test_no_words_are_stored_as_nothing(cast: Cast) -> None:
    with practice_scope(cast.alder.pk):
        row = item(cast, words="")
        row.save()
        assert stored(row) == b""
        assert WorkItem.objects.get(pk=row.pk).outcome == ""


def test_saving_create_and_bulk_create_encrypt_and_unread_values_stay(cast: Cast) -> None:
    with practice_scope(cast.alder.pk):
        rows = [item(cast, f"words {n}") for n in range(3)]
        WorkItem.objects.bulk_create(rows)
        assert sorted(row.outcome for row in WorkItem.objects.all()) == [
            "words 0",
            "words 1",
            "words 2",
        ]
        before = stored(rows[0])
        again = WorkItem.objects.get(pk=rows[0].pk)
        again.title = "Another"
        again.save()
        assert stored(again) == before
        again.outcome = "changed"
        again.save(update_fields=["outcome"])
        assert WorkItem.objects.get(pk=again.pk).outcome == "changed"


@pytest.mark.parametrize("count", [1, 20, 200])
def test_a_list_opens_all_its_keys_in_one_query(cast: Cast, count: int) -> None:
    patients = ["ana", "ben"]
    with practice_scope(cast.alder.pk):
        WorkItem.objects.bulk_create(
            [item(cast, f"words {n}", patients[n % 2]) for n in range(count)]
        )
        keyring.forget()
        with CaptureQueriesContext(connection) as queries:
            assert len([row.outcome for row in WorkItem.objects.all()]) == count
        assert len(queries) == 2  # the rows, and their keys


ROWS: Any = WorkItem.objects  # the type checker knows as well that these are not asked
REFUSED: list[Callable[[], Any]] = [
    lambda: list(ROWS.values("outcome")),
    lambda: list(ROWS.values()),
    lambda: list(ROWS.values_list("outcome", flat=True)),
    lambda: list(ROWS.values_list(F("outcome"))),
    lambda: list(ROWS.filter(outcome="words")),
    lambda: list(ROWS.filter(outcome__contains="w")),
    lambda: list(ROWS.exclude(outcome="")),
    lambda: list(ROWS.order_by("outcome")),
    lambda: list(ROWS.order_by("-outcome")),
    lambda: ROWS.update(outcome="words"),
    lambda: ROWS.bulk_update(list(ROWS.all()), ["outcome"]),
]


@pytest.mark.parametrize("ask", REFUSED)
def test_what_only_plain_text_can_do_is_refused_in_words(
    cast: Cast, ask: Callable[[], Any]
) -> None:
    with practice_scope(cast.alder.pk):
        row = item(cast)
        row.save()
        assert row.outcome
        with pytest.raises(SealedUse, match="encrypted"), transaction.atomic():
            ask()
        assert list(WorkItem.objects.filter(outcome__isnull=False)) == [row]


def test_a_sealed_value_says_nothing_of_itself() -> None:
    value = Sealed(b"words")
    assert "words" not in repr(value)
    uses: list[Any] = [str, bool, len, list]
    for use in uses:
        with pytest.raises(SealedUse):
            use(value)


def test_a_value_moved_to_another_row_does_not_open(cast: Cast) -> None:
    with practice_scope(cast.alder.pk):
        one, other = item(cast, "one"), item(cast, "other")
        one.save()
        other.save()
        with connection.cursor() as cursor:
            cursor.execute(
                "UPDATE work_workitem SET outcome = %s WHERE id = %s", [stored(one), other.pk]
            )
        with pytest.raises(Unreadable):
            _ = WorkItem.objects.get(pk=other.pk).outcome


def test_another_practice_has_none_of_the_keys(cast: Cast) -> None:
    with practice_scope(cast.alder.pk):
        item(cast).save()
        assert PatientKey.objects.exists()
    with practice_scope(cast.birch.pk):
        assert not PatientKey.objects.filter(patient_id=cast.patient("ana").pk).exists()


def test_without_the_key_encryption_key_nothing_is_read_or_written(
    cast: Cast, settings: Any
) -> None:
    """It fails closed, and mends itself once the key is back."""
    with practice_scope(cast.alder.pk):
        row = item(cast)
        row.save()
        keys, settings.ENCRYPTION_KEYS = settings.ENCRYPTION_KEYS, ["77" * 32]
        keyring.forget()
        opened.forget()
        with pytest.raises(KeyUnavailable), transaction.atomic():
            _ = WorkItem.objects.get(pk=row.pk).outcome
        with pytest.raises(KeyUnavailable), transaction.atomic():
            item(cast).save()
        assert WorkItem.objects.count() == 1
        settings.ENCRYPTION_KEYS = keys
        opened.forget()
        assert WorkItem.objects.get(pk=row.pk).outcome == WORDS


def test_a_destroyed_key_says_so_and_takes_nothing_new(cast: Cast) -> None:
    with practice_scope(cast.alder.pk):
        row = item(cast)
        row.save()
        PatientKey.objects.update(wrapped=b"", destroyed_at=clock.now())
        keyring.forget()
        found = WorkItem.objects.get(pk=row.pk)
        with pytest.raises(KeyDestroyed, match="deleted for good"):
            _ = found.outcome
        found.title = "still to be changed"
        found.save()
        with pytest.raises(KeyDestroyed), transaction.atomic():
            item(cast).save()


def test_a_key_that_is_rolled_back_is_made_again(cast: Cast) -> None:
    with practice_scope(cast.alder.pk):
        PatientKey.objects.all().delete()
        keyring.forget()

        with transaction.atomic():
            item(cast).save()
            transaction.set_rollback(True)
        assert not PatientKey.objects.filter(patient_id=cast.patient("ana").pk).exists()
        row = item(cast)
        row.save()
        assert WorkItem.objects.get(pk=row.pk).outcome == WORDS


def test_two_practices_in_one_transaction_each_use_their_own_keys(cast: Cast) -> None:
    kids, tokens = [], []
    for practice in (cast.alder, cast.birch):
        with practice_scope(practice.pk):
            row = item(cast, patient=None)
            row.save()
            kids.append(kid_of(stored(row)))
            tokens.append(contact_token("+447700900101"))
            assert PracticeKey.objects.filter(pk=kids[-1]).exists()
            assert WorkItem.objects.get(pk=row.pk).outcome == WORDS
    assert len(set(kids)) == len(set(tokens)) == 2
