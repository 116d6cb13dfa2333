"""The pages that are measured. A new one is one entry.

`as_` is one of the cast, `path` leads below the practice, `goal` is the most that the page may cost
of what its reference costs (docs/benchmarks.md has where the numbers come from).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from django.urls import reverse

from benchmarks.scene import PRACTICE, Scene
from intake.selectors import waiting_for
from portal.people.models import Patient
from portal.practices.models import Membership
from portal.practices.selectors import viewer_for

PAGE_GOAL = 1.5
SUBMIT_GOAL = 2.5
MOST_QUERIES = 12
MOST_SUBMIT_STATEMENTS = 10


@dataclass(frozen=True)
class Page:
    """A page to be measured. `grows` marks those that are measured again among more practices."""

    name: str
    as_: str
    path: Callable[[Scene], str]
    goal: float = PAGE_GOAL
    most_statements: int | None = MOST_QUERIES
    grows: bool = True
    quick: bool = False


def _first_form(scene: Scene) -> str:
    viewer = viewer_for(Membership.objects.get(user__username="ana"))
    return f"me/forms/{waiting_for(viewer)[0].pk}/questions/1/"


def _bens(rest: str) -> Callable[[Scene], str]:
    """A page of one patient: Ben, eleven sessions in."""

    def path(scene: Scene) -> str:
        ben = Patient.objects.get(given_name="Ben", family_name="Okafor")
        return f"staff/patients/{ben.pk}/{rest}"

    return path


def _at(path: str) -> Callable[[Scene], str]:
    return lambda scene: path


def _named(view: str) -> Callable[[Scene], str]:
    """Where a URL name leads, below the practice."""

    def path(scene: Scene) -> str:
        full = reverse(view, urlconf="portal.practice_urls")
        return full.removeprefix(f"/{PRACTICE}").removeprefix("/")

    return path


PAGES = (
    Page("patient home", "ana", _at("me/"), quick=True),
    Page("form page", "ana", _first_form, grows=False, quick=True),
    Page("clinician's day", "cole", _at("staff/"), quick=True),
    Page("caseload", "cole", _at("staff/caseload/")),
    Page("patient's page", "cole", _bens("")),
    Page("patient's goals", "ana", _named("goals:goal_list")),
    Page("session screen", "cole", _bens("session/"), quick=True),
    Page("inbox", "cole", _named("messaging:inbox")),
    Page("schedule", "dee", _at("staff/schedule/")),
    Page("ledger of texts", "dee", _at("staff/reminders/")),
    Page("no-shows", "eve", _at("staff/metrics/no-shows/"), quick=True, most_statements=None),
)
