"""What happened, in plain words, for the person whose record it is and for managers.

An app says what its actions mean in a module `audit_words`: `WORDS = {"noun.verb": words}` in the
past tense, seen from the patient (“opened your record”), and `EVENTS`, the same for managers, who
read of everybody (“opened a record”). Nothing of what was read or written is ever shown: events
hold none of it.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from importlib import import_module
from importlib.util import find_spec
from itertools import groupby
from uuid import UUID

from django.apps import apps
from django.utils.functional import Promise
from django.utils.translation import gettext as _

from portal.audit.models import AuditEvent, Outcome

Words = dict[str, str | Promise]


@dataclass(frozen=True)
class Line:
    """One line of the list: somebody did something, once or several times in a row."""

    at: dt.datetime
    who: str
    roles: str
    what: str
    times: int
    was_refused: bool
    is_own: bool


@cache
def words() -> Words:
    """What every installed app says about its actions to the patient."""
    return _said("WORDS")


@cache
def events() -> Words:
    """What every installed app says about its actions to managers."""
    return _said("EVENTS")


def _said(name: str) -> Words:
    found: Words = {}
    for config in apps.get_app_configs():
        if not config.name.startswith(("django", "allauth")) and find_spec(
            f"{config.name}.audit_words"
        ):
            found |= getattr(import_module(f"{config.name}.audit_words"), name, {})
    return found


def words_for(action: str) -> str:
    """The words of one action; a general sentence for one that nobody has put into words."""
    return str(words().get(action) or _("did something with your record"))


def event_words(action: str) -> str:
    """The words of one action for managers; its name for one that nobody has put into words."""
    return str(events().get(action) or action)


def lines_of(
    happened: Iterable[AuditEvent], *, reader: UUID, role_names: dict[str, str], zone: dt.tzinfo
) -> list[Line]:
    """The events as lines; the same thing by the same person in a row on one day is one line.

    `reader` is the membership of who reads; `role_names` are words for the roles; `zone` says where
    a day ends.
    """

    def sameness(event: AuditEvent) -> tuple[object, ...]:
        day = event.occurred_at.astimezone(zone).date()
        return (event.actor_id, event.actor_name, words_for(event.action), event.outcome, day)

    return [
        _line(list(group), reader, role_names) for _key, group in groupby(happened, key=sameness)
    ]


def who_did(event: AuditEvent) -> str:
    """The name that the person had then; the portal is called so, and whoever is not signed in."""
    if event.actor_id is not None:
        return event.actor_name
    return event.actor_name if event.outcome == Outcome.REFUSED else _("The portal, by itself")


def role_words(event: AuditEvent, role_names: dict[str, str]) -> str:
    """The roles that the person had then, in words."""
    return ", ".join(role_names[role] for role in event.actor_roles.split() if role in role_names)


def _line(group: list[AuditEvent], reader: UUID, role_names: dict[str, str]) -> Line:
    first = group[0]
    return Line(
        at=first.occurred_at,
        who=_("The portal, by itself") if first.actor_id is None else first.actor_name,
        roles=role_words(first, role_names),
        what=words_for(first.action),
        times=len(group),
        was_refused=first.outcome == Outcome.REFUSED,
        is_own=first.actor_id == reader,
    )
