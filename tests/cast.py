"""Who exists in every test.

Alder: Ana and Ben (patients), Fay (Ben's carer), Cole and Cleo (clinicians; Cleo covers), Dee
(front desk), Eve (manager), Nat (navigator). Birch: Yan (clinician), Xia (manager), Zoe (patient).
Letters from the end of the alphabet are outsiders: a reader sees at once who should be refused.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field

import pytest
from django.conf import settings
from django.http import HttpRequest
from django.test import Client

from portal.access.roles import Role
from portal.access.viewer import SystemActor, Viewer
from portal.people import services as people
from portal.people.accounts import give_authenticator_app, make_account
from portal.people.models import CareRole, ContactSystem, Patient, ProxyCategory, User
from portal.people.signin import fresh
from portal.practices import services as practices
from portal.practices.models import Membership, Practice
from portal.practices.selectors import practice_named, settings_of_practice, viewer_for
from portal.tenancy.context import practice_scope

PASSWORD = "quiet-lamp-by-the-door"
TOTP_SECRET = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"  # the authenticator app of everybody on the staff
SET_UP = SystemActor("Test set-up")
CRISIS_LINES = [
    {"name": "Samaritans", "phone": "116 123", "text": "", "hours": "Day and night, free"},
]

STAFF = {
    "alder": {
        "cole": {Role.CLINICIAN},
        "cleo": {Role.CLINICIAN},
        "dee": {Role.FRONT_DESK},
        "eve": {Role.MANAGER},
        "nat": {Role.NAVIGATOR},
    },
    "birch": {"yan": {Role.CLINICIAN}, "xia": {Role.MANAGER}},
}
PATIENTS = {
    "alder": {"ana": ("Ana", "Abbott", "+447700900101"), "ben": ("Ben", "Bright", "+447700900102")},
    "birch": {"zoe": ("Zoe", "Zeller", "+447700900126")},
}
LEADS = {"ana": "cole", "ben": "cleo", "zoe": "yan"}


@dataclass
class Person:
    """One of the cast: the account, the place in the practice, and the record of a patient."""

    name: str
    practice: Practice
    user: User
    membership: Membership
    patient: Patient | None = None

    @property
    def viewer(self) -> Viewer:
        return viewer_for(self.membership)

    def client(self) -> Client:
        """A signed-in test client; with the second factor that staff need, a moment ago."""
        client = Client()
        client.force_login(self.user, backend=settings.AUTHENTICATION_BACKENDS[0])
        request = HttpRequest()
        request.session, request.user = client.session, self.user
        fresh.note_proof(request, "sign_in")
        request.session.save()
        return client

    def url(self, path: str) -> str:
        """A path below this person's practice: `url("staff/")`."""
        return f"/{self.practice.slug}/{path}"

    def __repr__(self) -> str:
        return self.name.title()


@dataclass
class Cast:
    """`cast.ana`, `cast.cole` …; `cast.alder` and `cast.birch` are the practices."""

    alder: Practice
    birch: Practice
    people: dict[str, Person] = field(default_factory=dict)

    def __getattr__(self, name: str) -> Person:
        try:
            return self.people[name]
        except KeyError as error:
            raise AttributeError(name) from error

    def patient(self, name: str) -> Patient:
        patient = self.people[name].patient
        assert patient is not None, f"{name} is not a patient"
        return patient


def build_cast() -> None:
    """Make the cast through the services; needs a database and no practice in force."""
    for slug, name in (("alder", "Alder Practice"), ("birch", "Birch Practice")):
        practice = practices.create_practice(
            slug=slug, name=name, phone="+441134960142", town="Leeds", by=SET_UP
        )
        with practice_scope(practice.pk):
            members = _build_staff(slug)
            _build_patients(slug, members)
            if slug == "alder":
                _build_carer()
            practices.change_settings(
                settings=settings_of_practice(),
                crisis_lines=CRISIS_LINES,
                duty_clinician=members["cleo" if slug == "alder" else "yan"],
                texts_enabled=True,
                by=SET_UP,
            )
            practices.open_practice(practice=practice, by=SET_UP)


def _account(name: str) -> User:
    return make_account(username=name, email=f"{name}@example.org", password=PASSWORD)


def _member(user: User, name: str, roles: set[Role], patient: Patient | None = None) -> Membership:
    membership = practices.add_member(
        user=user,
        roles=roles,
        display_name=patient.display_name if patient else f"{name.title()} Staff",
        patient_id=patient.pk if patient else None,
        by=SET_UP,
    )
    return practices.note_privacy_seen(
        membership=membership, version=settings.PRIVACY_VERSION, by=SET_UP
    )


def _build_staff(slug: str) -> dict[str, Membership]:
    members = {}
    for name, roles in STAFF[slug].items():
        account = _account(name)
        give_authenticator_app(account, TOTP_SECRET)
        members[name] = _member(account, name, roles)
    return members


def _build_patients(slug: str, members: dict[str, Membership]) -> None:
    for name, (given, family, phone) in PATIENTS[slug].items():
        patient = people.add_patient(
            given_name=given,
            family_name=family,
            birth_date=dt.date(1990, 5, 17),
            opened_on=dt.date(2026, 1, 5),
            by=SET_UP,
        )
        people.add_contact_point(
            patient=patient,
            system=ContactSystem.SMS,
            value=phone,
            consent_how="Asked at set-up",
            discreet=False,
            by=SET_UP,
        )
        people.join_care_team(
            patient=patient, membership=members[LEADS[name]], role=CareRole.LEAD, by=SET_UP
        )
        _member(_account(name), name, {Role.PATIENT}, patient)


def _build_carer() -> None:
    fay = _member(_account("fay"), "fay", {Role.PROXY})
    people.let_help(
        patient=Patient.objects.get(given_name="Ben"),
        proxy=fay,
        relation="Sister",
        categories={ProxyCategory.APPOINTMENTS},
        ends_on=dt.date(2099, 1, 1),
        by=SET_UP,
    )


def load_cast() -> Cast:
    """The cast as rows: four queries a practice."""
    cast = Cast(alder=practice_named("alder"), birch=practice_named("birch"))
    for practice in (cast.alder, cast.birch):
        with practice_scope(practice.pk):
            patients = Patient.objects.in_bulk()
            for membership in Membership.objects.select_related("user"):
                patient = patients.get(membership.patient_id) if membership.patient_id else None
                name = membership.user.username
                cast.people[name] = Person(name, practice, membership.user, membership, patient)
    return cast


@pytest.fixture
def cast(database: None) -> Cast:
    """The cast, from the template database; works with `db` and with `committed_db`."""
    return load_cast()
