"""Markup in every word that a person can write, on every page that anybody sees (T-XSS)."""

from __future__ import annotations

import contextlib
from typing import Any
from uuid import UUID

import pytest
from django.apps import apps
from django.db import DatabaseError, models, transaction

from portal.audit.models import AuditEvent
from portal.practices.models import Practice
from portal.practices.selectors import settings_of_practice
from portal.tenancy.context import practice_scope
from tests.attack.rows import all_pages, rows_of
from tests.cast import Cast
from tests.everywhere.field_classes import FIELDS
from tests.everywhere.test_every_url import foreign

__all__ = ["foreign"]
pytestmark = pytest.mark.django_db
MARKUP = "\"'><i onx>{{3*3}}"  # ends an attribute of either quote, begins an element, a template
# What is read by machines is no person's text and stands in no page.
READ_BY_MACHINES = {
    "practices.Practice.slug",
    "practices.Practice.time_zone",
    "practices.Practice.country",
    "practices.Practice.language",
    "practices.Practice.accent",
    "practices.Membership.privacy_version",
    "people.Patient.time_zone",
    "people.Patient.language",
    "people.ContactPoint.value",
    "appointments.Appointment.local_start",
    "appointments.Appointment.time_zone",
    "appointments.Appointment.video_url",
    "reminders.ReminderPolicy.language",
    "reminders.ReminderPolicy.template",
    "reminders.ReminderPolicy.discreet_template",
    "reminders.PolicyWording.language",
    "reminders.TestSend.language",
    "intake.QuestionnaireVersion.content_hash",
}


def poison(cast: Cast) -> int:
    """Write it into each text column of each row of Alder, past every form; how many columns."""
    count = 0
    for label, kind in FIELDS.items():
        app, model_name, name = label.split(".")
        model = apps.get_model(app, model_name)
        field = model._meta.get_field(name)
        if kind == "secret" or label in READ_BY_MACHINES or not _is_text(field):
            continue
        if model is Practice or model is AuditEvent or not hasattr(model, "practice_id"):
            continue
        for row in model.objects.all():
            _write(row, name, MARKUP[: field.max_length or None])
        count += 1
    settings = settings_of_practice()
    settings.crisis_lines = [dict.fromkeys(("name", "phone", "text", "hours"), MARKUP)]
    settings.save()
    Practice.objects.filter(pk=cast.alder.pk).update(
        name=MARKUP, town=MARKUP, address=MARKUP, about=MARKUP, phone=MARKUP
    )
    return count


def _is_text(field: models.Field) -> bool:  # type: ignore[type-arg]  # of any type
    return not field.choices and field.get_internal_type() in (
        "CharField",
        "TextField",
        "BinaryField",
    )


def _write(row: models.Model, name: str, text: str) -> None:
    if isinstance(getattr(row, name), str):
        setattr(row, name, text)
        with contextlib.suppress(DatabaseError), transaction.atomic():  # frozen, or once only
            row.save(update_fields=[name])


def test_no_page_takes_a_persons_words_for_markup(cast: Cast, foreign: dict[str, UUID]) -> None:
    with practice_scope(cast.alder.pk):
        rows = rows_of(cast.patient("ana"))
        assert poison(cast) > 20
    shown = set()
    for name in ("cole", "dee", "eve", "nat", "ana", "fay"):
        client = cast.people[name].client()
        for address, path in all_pages(rows):
            answer = client.get(f"/alder{path}")
            assert answer.status_code < 500, f"{address.name} as {name}"
            assert not _is_shown(answer) or b"<i onx" not in answer.content, (
                f"{address.name} as {name}"
            )
            if b"&lt;i onx" in answer.content:
                shown.add(address.name)
    assert len(shown) > 20, "the words should stand on pages"
    for path in ("", "help/", "accounts/login/", "sw.js", "brand.css", "a/join/"):
        assert b"<i onx" not in cast.zoe.client().get(f"/alder/{path}").content


def _is_shown(answer: Any) -> bool:
    """Whether a browser makes a page of it: not of a file, not of JSON, and it does not guess."""
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    is_file = "attachment" in answer.headers.get("Content-Disposition", "")
    return not is_file and "json" not in answer.headers.get("Content-Type", "")


def test_what_is_left_out_exists() -> None:
    assert set(FIELDS) >= READ_BY_MACHINES
