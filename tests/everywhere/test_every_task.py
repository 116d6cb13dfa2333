"""Walks the tasks: each knows its practice or says that it needs none, and carries ids only."""

from __future__ import annotations

import ast
import inspect
from pathlib import Path

import pytest
from celery import current_app
from django.conf import settings

from portal.tenancy.errors import NoPractice
from portal.tenancy.tasks import REGISTRY, PracticeTask, practice_task
from tests.cast import Cast

CHECKOUT = Path(settings.BASE_DIR)
ID_TYPES = {"UUID", "str", "int", "uuid.UUID"}


@pytest.mark.django_db
def test_every_task_is_made_by_our_decorators() -> None:
    current_app.loader.import_default_modules()
    bare = [
        name
        for name in current_app.tasks
        if not name.startswith("celery.") and name not in REGISTRY
    ]
    assert not bare, f"make them with practice_task or platform_task: {bare}"


def test_no_source_file_uses_celerys_own_decorator() -> None:
    for path in _sources():
        tree = ast.parse(path.read_text())
        for node in ast.walk(tree):
            if isinstance(node, ast.FunctionDef):
                for decorator in node.decorator_list:
                    text = ast.unparse(decorator)
                    assert "shared_task" not in text, path
                    assert not text.startswith(("app.task", "current_app.task")), path


@pytest.mark.django_db
def test_every_task_carries_ids_only() -> None:
    current_app.loader.import_default_modules()
    for task in REGISTRY.values():
        for name, parameter in inspect.signature(task.function).parameters.items():
            kind = str(getattr(parameter.annotation, "__name__", parameter.annotation))
            assert kind in ID_TYPES, f"{task.name}({name}: {kind}): pass an id"


def test_every_tasks_name_begins_with_its_app() -> None:
    for task in REGISTRY.values():
        module = task.function.__module__.removeprefix("portal.").split(".")[0]
        assert task.name.split(".")[0] == module or module == "tests", task.name


def test_a_task_without_a_practice_cannot_be_queued() -> None:
    task = _counting_task()
    with pytest.raises(NoPractice):
        task.dispatch()


@pytest.mark.django_db
def test_a_task_runs_in_the_practice_it_was_queued_for(cast: Cast) -> None:
    seen: list[int] = []
    task = _counting_task(seen)
    task._run(str(cast.alder.pk))
    task._run(str(cast.birch.pk))
    assert seen == [2, 1]


def _counting_task(seen: list[int] | None = None) -> PracticeTask[[]]:
    from portal.people.models import Patient

    def count() -> None:
        if seen is not None:
            seen.append(Patient.objects.count())

    task = practice_task(name=f"tests.count_{id(seen)}")(count)
    current_app.tasks.unregister(task.name)
    del REGISTRY[task.name]
    return task


def _sources() -> list[Path]:
    names = ("portal", "intake", "messaging", "goals", "reminders", "metrics")
    return [path for name in names for path in (CHECKOUT / name).rglob("*.py")]
