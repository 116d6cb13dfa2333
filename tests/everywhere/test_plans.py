"""How Postgres finds the rows of the pages that are opened most, as the application, among many
practices: by an index, never by reading a table from end to end.
"""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from typing import Any
from uuid import UUID

import pytest
from django.apps import apps
from django.db import connections
from django.test import Client

from benchmarks.growth import add_practices
from intake.services.left import practices_with_left_forms
from portal import clock
from portal.tenancy.context import practice_scope
from portal.tenancy.models import PracticeOwned
from portal.work.ladder import practices_with_due_rungs
from reminders.services.due import practices_with_due_work
from reminders.services.notices import practices_with_news
from tests.cast import Cast
from tests.environment.fixtures import CommittedDatabase
from tests.everywhere import test_every_list as lists
from tests.everywhere.test_every_url import foreign

__all__ = ["foreign"]  # a fixture: one row of each kind
MANY = 1000
OURS = {each._meta.db_table for each in apps.get_models() if issubclass(each, PracticeOwned)}
PAGES = {
    "today, the front desk's": ("dee", "staff/schedule/"),
    "today, the clinician's": ("cole", "staff/"),
    "caseload": ("cole", "staff/caseload/"),
    "ledger of texts": ("dee", "staff/reminders/"),
    "tasks": ("dee", "staff/work/"),
    "no-shows": ("eve", "staff/metrics/no-shows/"),
    "patient's first page": ("ana", "me/"),
    "patient's appointments": ("ana", "me/appointments/"),
}


def test_the_pages_of_every_day_read_no_large_table_from_end_to_end(
    committed_db: CommittedDatabase,
    cast: Cast,
    foreign: dict[str, UUID],
) -> None:
    with practice_scope(cast.alder.pk):
        lists._patients(cast, 30)
        lists._past_appointments(cast, 60)
        lists._tasks(cast, 30)
        lists._texts(cast, 30)
        lists._replies(cast, 30)
        lists._sent_forms(cast, 30)
    add_practices(committed_db.name, source="alder", first=1, count=60)
    large = _large(committed_db)
    assert {"people_patient", "appointments_appointment", "reminders_reminder"} <= large
    read: dict[str, set[str]] = {}
    for what, (name, path) in PAGES.items():
        client = cast.people[name].client()
        read[what] = _tables_read_whole(cast, partial(_get, client, path)) & large
    dee = cast.dee.client()
    read["name search"] = _tables_read_whole(cast, partial(_search, dee)) & large
    read["due sweep"] = _due_sweep() & large
    assert not any(read.values()), {what: tables for what, tables in read.items() if tables}


@pytest.mark.django_db
def test_no_policy_turns_its_column_into_another_type() -> None:
    """`practice_id::text = …` takes the index away: 450 ms where a plain comparison takes 0.4."""
    with connections["default"].cursor() as cursor:
        cursor.execute("SELECT tablename, policyname, qual, with_check FROM pg_policies")
        policies = cursor.fetchall()
    assert len(policies) > 40
    for table, policy, *rules in policies:
        for rule in filter(None, rules):
            assert "practice_id)::" not in rule, f"{policy} of {table}: {rule}"
            if "current_setting" in rule:  # asked once a query and not once a row
                assert "( SELECT" in rule, f"{policy} of {table}: {rule}"


def _get(client: Client, path: str) -> None:
    assert client.get(f"/alder/{path}").status_code == 200


def _search(client: Client) -> None:
    assert client.post("/alder/staff/patients/", {"words": "Ana"}).status_code == 200


def _large(database: CommittedDatabase) -> set[str]:
    with connections["owner"].cursor() as cursor:
        cursor.execute("SELECT relname, reltuples FROM pg_class WHERE relkind = 'r'")
        return {name for name, rows in cursor.fetchall() if name in OURS and rows >= MANY}


def _tables_read_whole(cast: Cast, look: Callable[[], None]) -> set[str]:
    """The tables that some statement of a page reads from end to end."""
    look()
    with _noted("default") as statements:
        look()
    assert len(statements) > 3
    found: set[str] = set()
    with practice_scope(cast.alder.pk), connections["default"].cursor() as cursor:
        for statement in statements:
            cursor.execute(f"EXPLAIN (FORMAT JSON) {statement}")
            found |= _read_whole(_plan(cursor.fetchone()))
    return found


def _due_sweep() -> set[str]:
    """The dispatcher's question, as its own role."""
    with _noted("dispatch") as statements:
        practices_with_due_work(clock.now() + dt.timedelta(days=1))
        practices_with_due_rungs(clock.now() + dt.timedelta(days=1))
        practices_with_news(clock.now() + dt.timedelta(days=1))
        practices_with_left_forms(clock.now() + dt.timedelta(days=1))
    assert len(statements) >= 3
    found: set[str] = set()
    with connections["dispatch"].cursor() as cursor:
        for statement in statements:
            cursor.execute(f"EXPLAIN (FORMAT JSON) {statement}")
            found |= _read_whole(_plan(cursor.fetchone()))
    return found


@contextmanager
def _noted(alias: str) -> Iterator[list[str]]:
    statements: list[str] = []

    def note(execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
        if sql.startswith("SELECT") and "set_config" not in sql:
            cursor = context["cursor"].cursor
            statements.append(cursor.mogrify(sql, params).decode() if params else sql)
        return execute(sql, params, many, context)

    with connections[alias].execute_wrapper(note):
        yield statements


def _plan(row: Any) -> dict[str, Any]:
    [value] = row
    [plan] = json.loads(value) if isinstance(value, str) else value
    root: dict[str, Any] = plan["Plan"]
    return root


def _read_whole(node: dict[str, Any]) -> set[str]:
    own = {node["Relation Name"]} if node["Node Type"] == "Seq Scan" else set()
    return own.union(*(_read_whole(each) for each in node.get("Plans", [])))
