"""Lists of ids travel as one array, and mean what they always meant."""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from typing import Any

import pytest
from django.contrib.auth.models import Permission
from django.core.exceptions import ValidationError
from django.db.models import F

from portal.people.models import ContactPoint, Patient
from portal.tenancy.context import practice_scope
from portal.tenancy.related import read_related
from reminders.models import Reminder
from tests.cast import Cast
from tests.reminders.conftest import Desk, desk

__all__ = ["desk"]


@pytest.mark.parametrize("as_what", [list, set, tuple, iter, dict.fromkeys])
def test_ids_in_any_kind_of_list_find_their_rows(desk: Desk, as_what: Any):
    wanted = list(Patient.objects.values_list("pk", flat=True))
    assert {row.pk for row in Patient.objects.filter(pk__in=as_what(wanted))} == set(wanted)


def test_they_are_one_array(desk: Desk):
    some = [uuid.uuid4(), uuid.uuid4()]
    for rows in (
        Patient.objects.filter(pk__in=some),
        ContactPoint.objects.filter(patient_id__in=some),
        ContactPoint.objects.filter(patient__in=some),
    ):
        assert f"= ANY({{{some[0]},{some[1]}}}::uuid[])" in str(rows.query)
        assert " IN (" not in str(rows.query)


@pytest.mark.parametrize("nobody", [[], [None], [uuid.uuid4()]])
def test_an_empty_list_finds_nothing_and_excludes_nothing(desk: Desk, nobody: Iterable[Any]):
    nobody = list(nobody)
    everybody = Patient.objects.count()
    assert everybody
    assert Patient.objects.filter(pk__in=nobody).count() == 0
    assert Patient.objects.exclude(pk__in=nobody).count() == everybody
    assert ContactPoint.objects.filter(patient__in=nobody).count() == 0


def test_ids_as_words_rows_and_questions_go_the_usual_way(desk: Desk):
    patient = Patient.objects.all()[0]
    for words in (iter([str(patient.pk)]), {str(patient.pk): 1}):
        assert [row.pk for row in Patient.objects.filter(pk__in=words)] == [patient.pk]
    ways: list[Any] = [[str(patient.pk)], [patient.pk, None], Patient.objects.filter(pk=patient.pk)]
    for given in ways:
        assert [row.pk for row in Patient.objects.filter(pk__in=given)] == [patient.pk]
        points = ContactPoint.objects.filter(patient__in=given)
        assert {row.patient_id for row in points} == {patient.pk}
    assert ContactPoint.objects.filter(patient__in=[patient]).exists()
    with pytest.raises(ValidationError):
        list(Patient.objects.filter(pk__in=["no id"]))


def test_words_that_can_be_read_only_once_are_read_once(desk: Desk):
    pk = Patient.objects.values_list("pk", flat=True)[0]
    same = Patient.objects.annotate(same=F("id"))
    assert [row.pk for row in same.filter(same__in=(word for word in [str(pk)]))] == [pk]
    assert [row.pk for row in same.filter(same__in=(each for each in [pk]))] == [pk]


def test_a_nullable_key_that_is_none_is_in_no_list(desk: Desk):
    desk.sent()
    assert Reminder.objects.filter(member=None).exists()
    assert Reminder.objects.exclude(member__in=[uuid.uuid4()]).exists()
    assert not Reminder.objects.filter(member__in=[uuid.uuid4(), None]).exists()


def test_a_key_to_numbers_goes_the_usual_way():
    assert "uuid" not in str(Permission.objects.filter(content_type__in=[uuid.uuid4()]).query)


def test_what_rows_point_at_is_read_once_for_all(desk: Desk, django_assert_num_queries: Any):
    desk.sent()
    rows = list(Reminder.objects.all()) * 2
    with django_assert_num_queries(2):
        read_related(rows, "patient", "policy", "member")
    with django_assert_num_queries(0):
        read_related(rows, "patient", "policy", "member")
        assert all(row.patient is not None and row.policy is not None for row in rows)
        assert all(row.member is None for row in rows)
        read_related([], "patient")
    with pytest.raises(TypeError, match="no key"):
        read_related(rows, "state")


def test_what_another_practice_has_is_not_read(desk: Desk, cast: Cast):
    desk.sent()
    row = desk.row()
    with practice_scope(cast.birch.pk):
        read_related([row], "patient")
        assert not Reminder._meta.get_field("patient").is_cached(row)
