"""The people and rows that the measured pages are about."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlencode

from django.conf import settings
from django.contrib.auth import get_user_model
from django.http import HttpRequest
from django.test import Client

from benchmarks.load import Ask
from intake.catalogue import form_of
from intake.fhir.answers import Answer
from intake.models import Assignment, QuestionnaireVersion
from intake.selectors import published_versions
from intake.services import answers, assignments
from portal.access.roles import Role
from portal.access.viewer import SystemActor, Viewer
from portal.people import services as people
from portal.people.models import Patient, User
from portal.people.selectors import lead_clinician_of
from portal.people.signin import fresh
from portal.practices import services as practices
from portal.practices.models import Membership
from portal.practices.selectors import practice_named, viewer_for
from portal.tenancy.context import practice_scope

BENCH = SystemActor("Benchmark")
PRACTICE = "alder"
_CSRF = "b" * 32
WRITERS = 20
"""Patients who get an account for sending forms in."""


@dataclass
class Writer:
    """A patient who fills in forms."""

    patient: Patient
    viewer: Viewer
    client: Client


@dataclass
class Scene:
    """One practice with everybody's sign-in. Made once, after the database is filled."""

    practice: Any = None
    clients: dict[str, Client] = field(default_factory=dict)
    writers: list[Writer] = field(default_factory=list)
    versions: list[QuestionnaireVersion] = field(default_factory=list)

    @classmethod
    def make(cls, names: set[str]) -> Scene:
        """Sign these of the cast in, and give some other patients accounts."""
        scene = cls(practice=practice_named(PRACTICE))
        for name in names:
            scene.clients[name] = signed_in(get_user_model().objects.get(username=name))
        with scene.inside():
            scene.versions = list(published_versions())
            cast_ids = Membership.objects.exclude(patient_id=None).values("patient_id")
            others = Patient.objects.exclude(pk__in=cast_ids).order_by("pk")
            for patient in others[:WRITERS]:
                scene.writers.append(_writer(patient))
        return scene

    @contextmanager
    def inside(self) -> Iterator[None]:
        """The practice, for a few lines."""
        with practice_scope(self.practice.pk):
            yield

    def ask(self, name: str, path: str, **given: Any) -> Ask:
        """A request below the practice as one of the cast."""
        return ask_as(self.clients[name], path, **given)

    def submits(self, count: int) -> list[Ask]:
        """So many filled-in forms, ready to be sent."""
        with self.inside():
            pairs = itertools.product(self.writers[1:], self.versions)
            return [_submit(*pair) for pair in itertools.islice(pairs, count)]

    def submit_kept(self) -> tuple[Client, Ask]:
        """One that stays unsent, so that the reference can send it again and again."""
        with self.inside():
            writer = self.writers[0]
            return writer.client, _submit(writer, self.versions[0])


def ask_as(
    client: Client, path: str, *, data: dict[str, str] | None = None, status: int = 200
) -> Ask:
    """A request with a client's session; a POST where there is data."""
    session = client.cookies[settings.SESSION_COOKIE_NAME].value
    cookie = f"{settings.SESSION_COOKIE_NAME}={session}; {settings.CSRF_COOKIE_NAME}={_CSRF}"
    headers = {"Cookie": cookie}
    if data is None:
        return Ask(f"/{PRACTICE}/{path}", headers=headers, status=status)
    headers["X-CSRFToken"] = _CSRF
    return Ask(f"/{PRACTICE}/{path}", "POST", headers, urlencode(data), status)


def signed_in(user: Any) -> Client:
    """A client with a session that proved itself a moment ago."""
    client = Client(headers={"host": "localhost"})
    client.force_login(user, backend=settings.AUTHENTICATION_BACKENDS[0])
    request = HttpRequest()
    request.session, request.user = client.session, user
    fresh.note_proof(request, "sign_in")
    request.session.save()
    return client


def _writer(patient: Patient) -> Writer:
    user = User.objects.create_account(f"bench-{patient.pk.hex[:12]}", "", None)
    membership = practices.add_member(
        user=user, roles={Role.PATIENT}, display_name=patient.display_name, by=BENCH
    )
    people.link_account(patient=patient, membership=membership, by=BENCH)
    practices.note_privacy_seen(membership=membership, version=settings.PRIVACY_VERSION, by=BENCH)
    client = signed_in(user)
    client.get(f"/{PRACTICE}/me/")  # nobody sends a form with the first thing they do
    return Writer(patient, viewer_for(membership), client)


def _submit(writer: Writer, version: QuestionnaireVersion) -> Ask:
    assignment = _filled(writer, version)
    return ask_as(writer.client, f"me/forms/{assignment.pk}/submit/", data={}, status=302)


def _filled(writer: Writer, version: QuestionnaireVersion) -> Assignment:
    lead = lead_clinician_of(writer.patient.pk)
    by = viewer_for(lead) if lead else BENCH
    assignment = assignments.assign(patient=writer.patient, version=version, by=by)
    given = {
        item.link_id: Answer((item.options[0].value,))  # "not at all": no alert is raised
        for item in form_of(version).questionnaire.by_id.values()
        if item.options
    }
    answers.save_answers(assignment=assignment, answers=given, by=writer.viewer)
    return assignment
