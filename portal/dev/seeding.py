"""Fill an empty database: practices and people here, the rest by each app's ``demo`` module.

Everything goes through the services that people's clicks go through, in one transaction: a start
that is killed half-way leaves an empty database, and the next start fills it again.
"""

from __future__ import annotations

import datetime as dt
import os
import random
from collections.abc import Callable, Iterator
from dataclasses import replace
from importlib import import_module
from importlib.util import find_spec
from types import ModuleType

from django.apps import apps
from django.conf import settings
from django.db import transaction

from portal import clock
from portal.access.roles import Role
from portal.dev import history
from portal.dev.cast import (
    CAST,
    DEMO,
    EXTRA_NAMES,
    PRACTICES,
    CastMember,
    DemoPractice,
    PracticePlan,
    cast_of,
)
from portal.people import services as people
from portal.people.accounts import give_authenticator_app, make_account
from portal.people.models import CareRole, ContactSystem, ProxyCategory
from portal.practices import services as practices
from portal.practices.selectors import active_practices, viewer_for
from portal.tenancy.context import practice_scope
from portal.tenancy.errors import DomainError

DEFAULT_SEED = 3
_CONSENT = "Said yes on the phone"


def seed(
    *,
    as_of: dt.datetime | None = None,
    number: int = DEFAULT_SEED,
    patients: int | None = None,
    say: Callable[[str], None] = lambda _line: None,
) -> None:
    """Make the demo as it looks at ``as_of`` (now when not given), which the clock then says.

    The same ``as_of`` and ``number`` give the same people, texts, statuses and times. ``patients``
    (or DEMO_PATIENTS in the environment) is the most a practice gets beside the cast: fewer are
    made sooner. Raises DomainError when there are practices already.
    """
    if patients is None and os.environ.get("DEMO_PATIENTS", "").isdigit():
        patients = int(os.environ["DEMO_PATIENTS"])
    if active_practices().exists():
        raise DomainError("There are practices already: 'make demo-fresh' starts over.")
    with transaction.atomic():
        if as_of is not None:
            clock.move_to(as_of)
        now = (as_of or clock.now()).replace(second=0, microsecond=0)
        for plan in PRACTICES:
            if patients is not None:
                plan = replace(plan, extra_patients=min(patients, plan.extra_patients))
            # A generator of its own for each practice: more people in one leave the other alone.
            _seed_practice(plan, now, random.Random(f"{number} {plan.slug}"), say)  # noqa: S311


def _seed_practice(
    plan: PracticePlan, now: dt.datetime, generator: random.Random, say: Callable[[str], None]
) -> None:
    practice = practices.create_practice(slug=plan.slug, by=DEMO, **plan.facts)
    with practice_scope(practice.pk):
        demo = DemoPractice(practice, now, generator)
        with demo.at(now):
            _add_people(demo, plan)
            _set_up(demo, plan)
        if not plan.is_open:
            return
        history.seed(demo)
        for module in demo_modules():
            say(f"{practice.name}: {module.__name__.rpartition('.')[0]}")
            with demo.at(now):  # the same times on a slow machine as on a fast one
                module.seed(demo)


def demo_modules() -> Iterator[ModuleType]:
    """Every installed app's ``demo`` module, in data-flow order."""
    for config in apps.get_app_configs():
        if config.name.startswith(("django", "allauth")):
            continue
        if find_spec(f"{config.name}.demo"):
            yield import_module(f"{config.name}.demo")


def _add_people(demo: DemoPractice, plan: PracticePlan) -> None:
    cast = cast_of(plan.slug)
    for member in [*filter(lambda one: one.is_staff, cast)]:
        _add_account(demo, member)
    for member in [*filter(lambda one: not one.is_staff, cast)]:
        if member.role == Role.PATIENT:
            _add_patient(demo, member.name, member.family_name, member.birth_date, member.phone)
        _add_account(demo, member)
    for index, (given, family) in enumerate(EXTRA_NAMES[: plan.extra_patients]):
        born = dt.date(1950, 1, 1) + dt.timedelta(days=demo.random.randrange(55 * 365))
        _add_patient(demo, given, family, born, _extra_phone(plan, index))
    _make_relations(demo)


def _add_account(demo: DemoPractice, member: CastMember) -> None:
    user = make_account(username=member.username, email=member.email, password=member.password)
    if member.totp_secret:
        give_authenticator_app(user, member.totp_secret)
    patient = demo.patients.get(member.name)
    membership = practices.add_member(
        user=user, roles={member.role}, display_name=member.full_name, by=DEMO
    )
    if patient is not None:
        people.link_account(patient=patient, membership=membership, by=DEMO)
    viewer = viewer_for(membership)
    practices.note_privacy_seen(membership=membership, version=settings.PRIVACY_VERSION, by=viewer)
    demo.people[member.name] = viewer


def _add_patient(
    demo: DemoPractice, given: str, family: str, born: dt.date | None, phone: str
) -> None:
    """A record whose episode opened when its first appointment was asked for."""
    weeks = history.weeks_in_care(demo, given)
    with demo.at(demo.now - dt.timedelta(weeks=weeks, days=2)):
        patient = people.add_patient(
            by=DEMO,
            given_name=given,
            family_name=family,
            birth_date=born,
            opened_on=demo.today - dt.timedelta(weeks=weeks, days=2),
        )
        if phone:
            people.add_contact_point(
                patient=patient,
                system=ContactSystem.SMS,
                value=phone,
                consent_how=_CONSENT,
                by=DEMO,
            )
        team = _clinicians(demo)
        lead = team[0] if given in {one.name for one in CAST} else demo.random.choice(team)
        people.join_care_team(
            patient=patient, membership=demo.membership(lead), role=CareRole.LEAD, by=DEMO
        )
    demo.patients[given] = patient


def _clinicians(demo: DemoPractice) -> list[str]:
    return [name for name, viewer in demo.people.items() if Role.CLINICIAN in viewer.roles]


def _extra_phone(plan: PracticePlan, index: int) -> str:
    """A number kept free for fiction; some people give none."""
    if index % 6 == 5:
        return ""
    return f"+44770090{200 + index:04d}" if plan.slug == "alder" else f"+1202555{150 + index:04d}"


def _make_relations(demo: DemoPractice) -> None:
    """Fay helps Ben; Cleo covers for Cole next week."""
    if "Fay" in demo.people:
        people.let_help(
            patient=demo.patients["Ben"],
            proxy=demo.membership("Fay"),
            relation="Mother",
            categories={ProxyCategory.APPOINTMENTS, ProxyCategory.FORMS},
            ends_on=demo.today + dt.timedelta(days=180),
            by=DEMO,
        )
    if {"Cole", "Cleo"} <= set(demo.people):
        monday = 7 - demo.today.weekday()
        people.arrange_cover(
            absent=demo.membership("Cole"),
            cover=demo.membership("Cleo"),
            starts_at=demo.instant(demo.local(monday, dt.time(0, 0))),
            ends_at=demo.instant(demo.local(monday + 7, dt.time(0, 0))),
            by=DEMO,
        )


def _set_up(demo: DemoPractice, plan: PracticePlan) -> None:
    """What the set-up checklist asks for, done for the open practices."""
    if not plan.is_open:
        return
    # Not the lead of the cast's patients: a risk that Cole leaves alone then goes to Cleo.
    duty = demo.membership(_clinicians(demo)[-1])
    practices.change_settings(
        settings=demo.settings(),
        by=DEMO,
        duty_clinician=duty,
        hours_confirmed_at=demo.now,
        texts_confirmed_at=demo.now,
        **plan.ways,
    )
    practices.open_practice(practice=demo.practice, by=DEMO)
