"""A thousand practices with a million texts, by SQL, and what a look at them costs."""

from __future__ import annotations

import contextlib
import json
import time
from typing import Any

from django.db import connections

from benchmarks import databases
from portal.people.models import Patient
from portal.practices.models import Practice, PracticeSettings
from reminders.models import Reminder

NAMES = "crowd-"
EACH = 1_000
"""Texts of one practice: a thousand, all but ten of them long settled."""


def add_texts(database: str, practices: int) -> None:
    """Give so many new practices one patient each, with a thousand texts.

    What is encrypted belongs to no row here, so nothing of it can be read; a look reads none of it.
    """
    reminders, owners, patients, settings = (
        f'"{model._meta.db_table}"' for model in (Reminder, Practice, Patient, PracticeSettings)
    )
    facts = _columns(Practice, "id", "slug", "created_at")
    chosen = _columns(PracticeSettings, "id", "practice_id", "duty_clinician_id")
    person = _columns(Patient, "id", "practice_id", "record_number")
    with contextlib.closing(databases.connect(database)) as connection:
        cursor = connection.cursor()
        for table in (reminders, owners, patients, settings):
            cursor.execute(f"ALTER TABLE {table} DISABLE TRIGGER USER")
        cursor.execute(
            f"""INSERT INTO {owners} ({facts}, id, slug, created_at)
                SELECT {facts}, gen_random_uuid(), '{NAMES}' || n, created_at
                FROM {owners}, generate_series(1, %s) n WHERE slug = 'alder'""",  # noqa: S608
            [practices],
        )
        cursor.execute(
            f"""INSERT INTO {settings} ({chosen}, id, practice_id)
                SELECT one.*, p.id, p.id FROM {owners} p,
                   (SELECT {chosen} FROM {settings} LIMIT 1) one
                WHERE p.slug LIKE '{NAMES}%'"""  # noqa: S608
        )
        cursor.execute(
            f"""INSERT INTO {patients} ({person}, id, practice_id, record_number)
                SELECT one.*, p.id, p.id, '' FROM {owners} p,
                   (SELECT {person} FROM {patients} LIMIT 1) one
                WHERE p.slug LIKE '{NAMES}%'"""  # noqa: S608
        )
        cursor.execute(
            f"""INSERT INTO {reminders} (id, practice_id, patient_id, recipient_id, subject_type,
                   subject_id, subject_version, policy_step, channel, state, reason, wanted_at,
                   moved, due_at, expires_at, attempts, waits, possible_double, segments,
                   created_at)
                SELECT gen_random_uuid(), p.id, p.id, p.id, 'appointment', gen_random_uuid(), 1,
                   'hours_before:24', 'sms', CASE WHEN n <= 10 THEN 'planned' ELSE 'delivered' END,
                   '', portal_now(), 'not',
                   portal_now() + (CASE WHEN n <= 10 THEN 1 ELSE -1 END) * n * interval '1 day',
                   portal_now() + interval '2 years', 0, 0, false, 1, portal_now()
                FROM {owners} p, generate_series(1, {EACH}) n
                WHERE p.slug LIKE '{NAMES}%'"""  # noqa: S608
        )
        for table in (reminders, owners, patients, settings):
            cursor.execute(f"ALTER TABLE {table} ENABLE TRIGGER USER")
        cursor.execute("ANALYZE")


def look_ms(times: int = 200) -> list[float]:
    """Milliseconds on the clock of each of `times` looks for practices with due work."""
    from portal import clock
    from reminders.services.due import practices_with_due_work

    now = clock.now()
    samples = []
    for _ in range(times):
        started = time.perf_counter()
        practices_with_due_work(now)
        samples.append((time.perf_counter() - started) * 1000)
    return samples


def shape_of_the_look() -> list[str]:
    """The kinds of step in the database's plan of a look, the outermost first."""
    from portal import clock
    from reminders.services.due import due_work

    statement, parameters = due_work(clock.now()).query.sql_with_params()
    with connections["dispatch"].cursor() as cursor:
        cursor.execute(f"EXPLAIN (FORMAT JSON) {statement}", parameters)
        [(plan,)] = cursor.fetchall()
    found = plan if isinstance(plan, list) else json.loads(plan)
    return _steps(found[0]["Plan"])


def _steps(plan: dict[str, Any]) -> list[str]:
    own = " ".join(filter(None, [plan["Node Type"], plan.get("Index Name")]))
    return [own, *(step for each in plan.get("Plans", []) for step in _steps(each))]


def _columns(model: Any, *without: str) -> str:
    names = [f.column for f in model._meta.local_concrete_fields if f.column not in without]
    return ", ".join(f'"{name}"' for name in names)
