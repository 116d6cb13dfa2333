"""The practice holds for one transaction, nests, and leaves nothing behind."""

import pytest
from django.db import connections, transaction
from django.db.utils import IntegrityError, ProgrammingError

from portal.people.models import EpisodeOfCare, Patient
from portal.tenancy.context import ambient_practice, practice_scope, practice_transaction
from portal.tenancy.errors import NoPractice
from tests.cast import Cast


def _count(table: str = "people_patient") -> int:
    with connections["default"].cursor() as cursor:
        cursor.execute(f"SELECT count(*) FROM {table}")  # noqa: S608 - a constant
        return int(cursor.fetchone()[0])


def test_without_a_practice_the_manager_refuses_and_the_database_is_empty(cast: Cast) -> None:
    with pytest.raises(NoPractice):
        Patient.objects.count()
    assert _count() == 0


def test_each_practice_sees_its_own_rows(cast: Cast) -> None:
    with practice_scope(cast.alder.pk):
        assert {patient.given_name for patient in Patient.objects.all()} == {"Ana", "Ben"}
        assert _count() == 2
    with practice_scope(cast.birch.pk):
        assert {patient.given_name for patient in Patient.objects.all()} == {"Zoe"}
        assert _count() == 1


def test_scopes_nest_and_restore_also_after_an_error(cast: Cast) -> None:
    with practice_scope(cast.alder.pk):
        with practice_scope(cast.birch.pk):
            assert _count() == 1
        assert _count() == 2
        with pytest.raises(RuntimeError, match="inside"), practice_scope(cast.birch.pk):
            raise RuntimeError("inside")
        assert _count() == 2
        assert Patient.objects.count() == 2
    assert _count() == 0


def test_an_ambient_practice_alone_opens_no_rows(cast: Cast) -> None:
    with ambient_practice(cast.alder.pk):
        assert _count() == 0
        with practice_transaction():
            assert _count() == 2


def test_a_row_of_another_practice_is_refused_on_writing(cast: Cast) -> None:
    with (
        practice_scope(cast.birch.pk),
        pytest.raises(ProgrammingError, match="row-level security"),
        transaction.atomic(),
    ):
        Patient.objects.create(
            practice_id=cast.alder.pk, given_name="Mole", created_at=cast.alder.created_at
        )


def test_a_row_cannot_be_moved_to_another_practice(cast: Cast) -> None:
    with (
        practice_scope(cast.birch.pk),
        pytest.raises(ProgrammingError, match="row-level security"),
        transaction.atomic(),
    ):
        Patient.objects.filter(pk=cast.patient("zoe").pk).update(practice_id=cast.alder.pk)


def test_a_key_cannot_point_into_another_practice(cast: Cast) -> None:
    """Foreign keys ignore row security; the composite key does not."""
    with practice_scope(cast.birch.pk), connections["default"].cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        with pytest.raises(IntegrityError, match="patient_id_own"), transaction.atomic():
            EpisodeOfCare.objects.create(patient_id=cast.patient("ana").pk, opened_on="2026-01-01")


def test_a_committed_practice_leaves_nothing_on_the_connection(
    committed_db: object, cast: Cast
) -> None:
    with practice_scope(cast.alder.pk):
        assert _count() == 2
    assert _count() == 0  # the setting is now an empty string, which must not be an error
    with connections["default"].cursor() as cursor:
        cursor.execute("SELECT current_setting('app.practice_id', true)")
        assert cursor.fetchone() == ("",)


@pytest.mark.parametrize("value", ["", "00000000-0000-0000-0000-000000000000"])
def test_an_empty_or_unknown_practice_has_no_rows(cast: Cast, value: str) -> None:
    with transaction.atomic(), connections["default"].cursor() as cursor:
        cursor.execute("SELECT set_config('app.practice_id', %s, true)", [value])
        assert _count() == 0
