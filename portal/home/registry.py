"""What each installed app brings to the pages that gather several apps.

An app's `home` module may define any of the functions named in `Contribution`; they are asked in
`INSTALLED_APPS` order. A card names its template and brings its own data.

`home` functions, all optional: `patient_cards(viewer)`, `staff_cards(viewer)`,
`patient_page_cards(viewer, patient)`, `session_cards(viewer, patient)` (the brief before an hour),
`appointment_cards(viewer, appointment)`,
`patient_tabs(viewer)`, `staff_nav(viewer)`,
`patient_page_tabs(viewer, patient)`, `set_up_steps(viewer)`, `settings_notes(viewer)`,
`left_behind(viewer, member)` and `work_link(viewer, item)`.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import cache
from importlib import import_module
from importlib.util import find_spec
from typing import Any, Literal

from django.apps import apps

from portal.access.viewer import Viewer
from portal.practices.models import Membership
from portal.practices.selectors import counts_of
from portal.practices.set_up import SetUpStep
from portal.ui.cards import Card, NavItem
from portal.work.models import WorkItem

Contribution = Literal[
    "patient_cards", "staff_cards", "patient_page_cards", "session_cards", "appointment_cards"
]
Navigation = Literal["patient_tabs", "staff_nav", "patient_page_tabs"]


@cache
def _functions(name: str) -> tuple[Callable[..., Any], ...]:
    found = []
    for config in apps.get_app_configs():
        if config.name.startswith(("django", "allauth")) or not find_spec(f"{config.name}.home"):
            continue
        function = getattr(import_module(f"{config.name}.home"), name, None)
        if function is not None:
            found.append(function)
    return tuple(found)


def cards(name: Contribution, viewer: Viewer, *more: Any) -> list[Card]:
    """Every app's cards of that kind, by their order."""
    gathered = [card for function in _functions(name) for card in function(viewer, *more)]
    return sorted(gathered, key=lambda card: card.order)


def navigation(name: Navigation, viewer: Viewer, *more: Any) -> list[NavItem]:
    """Every app's navigation items of that kind, by their order.

    `patient_page_tabs` takes the patient as well; its URL names are reversed with the patient's id.
    """
    gathered = [item for function in _functions(name) for item in function(viewer, *more)]
    counts = iter(counts_of([item.waiting for item in gathered if item.waiting is not None]))
    counted = [
        item if item.waiting is None else replace(item, count=next(counts)) for item in gathered
    ]
    return sorted(counted, key=lambda item: item.order)


def set_up_steps(viewer: Viewer) -> list[SetUpStep]:
    """What a practice in set-up has to decide, by order: each app's `set_up_steps(viewer)`."""
    steps = [step for function in _functions("set_up_steps") for step in function(viewer)]
    return sorted(steps, key=lambda step: step.order)


def settings_notes(viewer: Viewer) -> list[str]:
    """What does not go together in the practice's settings, in words: each app's notes."""
    return [words for function in _functions("settings_notes") for words in function(viewer)]


def left_behind(viewer: Viewer, member: Membership) -> list[str]:
    """What would stay with a member of staff who leaves, in words: each app's `left_behind`."""
    return [words for function in _functions("left_behind") for words in function(viewer, member)]


def work_link(viewer: Viewer, item: WorkItem) -> str | None:
    """The page on which an alert or a task is dealt with, or None.

    Each app's `home.work_link(viewer, item) -> str | None` is asked in turn; it answers for the
    items whose `source_type` is a model of its own, and only where the viewer may open the page.
    """
    for function in _functions("work_link"):
        link: str | None = function(viewer, item)
        if link:
            return link
    return None
