"""The list of who opened a record, in words that a patient understands."""

from __future__ import annotations

import ast
import datetime as dt
import uuid
from collections.abc import Iterator
from pathlib import Path
from zoneinfo import ZoneInfo

from django.conf import settings

from portal.audit.models import AuditEvent, Outcome
from portal.audit.presenters import events, lines_of, words, words_for

APPS = ("portal", "intake", "reminders", "messaging", "goals", "metrics")
ROLES = {"clinician": "Clinician", "front_desk": "Front desk"}
COLE, ANA = uuid.uuid4(), uuid.uuid4()
MORNING = dt.datetime(2026, 11, 23, 9, 0, tzinfo=dt.UTC)


def event(action: str = "patient.open", *, minutes: int = 0, **values: object) -> AuditEvent:
    given = {
        "actor_id": COLE,
        "actor_name": "Cole Marsh",
        "actor_roles": "clinician",
        "occurred_at": MORNING - dt.timedelta(minutes=minutes),
        **values,
    }
    return AuditEvent(action=action, practice_id=uuid.uuid4(), **given)


def shown(*events: AuditEvent) -> list[tuple[str, str, str, int]]:
    lines = lines_of(events, reader=ANA, role_names=ROLES, zone=dt.UTC)
    return [(line.who, line.roles, line.what, line.times) for line in lines]


def test_the_same_thing_in_a_row_is_one_line() -> None:
    assert shown(event(), event(minutes=1), event(minutes=2)) == [
        ("Cole Marsh", "Clinician", "opened your record", 3)
    ]


def test_another_day_another_person_or_another_thing_is_another_line() -> None:
    events = [
        event(),
        event(minutes=24 * 60),
        event(minutes=24 * 60 + 1, actor_id=uuid.uuid4(), actor_name="Dee"),
        event("appointment.book", minutes=24 * 60 + 2),
        event("appointment.book", minutes=24 * 60 + 3, outcome=Outcome.REFUSED),
    ]
    assert [line[3] for line in shown(*events)] == [1, 1, 1, 1, 1]


def test_the_portal_and_oneself_are_called_so() -> None:
    by_itself, own = lines_of(
        [event(actor_id=None, actor_name="Sweep"), event(actor_id=ANA)],
        reader=ANA,
        role_names=ROLES,
        zone=dt.UTC,
    )
    assert by_itself.who == "The portal, by itself"
    assert own.is_own
    assert not by_itself.is_own


def test_roles_that_nobody_knows_are_left_out() -> None:
    assert shown(event(actor_roles="clinician wizard"))[0][1] == "Clinician"


def test_an_action_without_words_is_still_shown() -> None:
    assert words_for("novel.verb") == "did something with your record"


def actions_about_patients() -> Iterator[tuple[str, str]]:
    """Every action in the code that is recorded with a patient, and where."""
    for app in APPS:
        for path in Path(settings.BASE_DIR, app).rglob("*.py"):
            for node in ast.walk(ast.parse(path.read_text())):
                if not isinstance(node, ast.Call) or not node.args:
                    continue
                first, called = (
                    node.args[0],
                    getattr(node.func, "attr", "") or getattr(node.func, "id", ""),
                )
                about = {keyword.arg for keyword in node.keywords} & {"patient_id"}
                if not (about or called.startswith("_audit")):
                    continue
                if isinstance(first, ast.Constant) and "." in str(first.value):
                    yield str(first.value), path.name


def test_every_action_about_a_patient_has_words() -> None:
    silent = {f"{action} ({where})" for action, where in actions_about_patients()} - {
        f"{action} ({where})" for action, where in actions_about_patients() if action in words()
    }
    assert not silent, f"say in the app's audit_words.py what these mean to the patient: {silent}"


def recorded_actions() -> Iterator[str]:
    """Every action that the code names where it records one."""
    for app in APPS:
        for path in Path(settings.BASE_DIR, app).rglob("*.py"):
            for node in ast.walk(ast.parse(path.read_text())):
                if not isinstance(node, ast.Call) or not node.args:
                    continue
                called = getattr(node.func, "attr", "") or getattr(node.func, "id", "")
                first = node.args[0]
                if (
                    (called == "record" or called.startswith("_audit"))
                    and isinstance(first, ast.Constant)
                    and isinstance(first.value, str)
                ):
                    yield first.value


def test_every_action_has_words_for_managers() -> None:
    found = set(recorded_actions())
    assert len(found) > 60, "the walk does not find where actions are recorded"
    silent = (found | set(words())) - set(events())
    assert not silent, f"say in the app's audit_words.EVENTS what managers read: {silent}"


def test_a_day_ends_where_the_practice_is() -> None:
    evening = dt.datetime(2026, 11, 24, 3, 30, tzinfo=dt.UTC)  # still the 23rd in New York
    both = [event(occurred_at=evening), event(occurred_at=evening - dt.timedelta(hours=5))]
    new_york = lines_of(both, reader=ANA, role_names=ROLES, zone=ZoneInfo("America/New_York"))
    assert [line.times for line in new_york] == [2]
    assert len(lines_of(both, reader=ANA, role_names=ROLES, zone=dt.UTC)) == 2


def test_words_tell_nothing_of_what_was_read_or_written() -> None:
    for action, said in [*words().items(), *events().items()]:
        assert "%" not in str(said), action
        assert str(said)[0].islower(), action
