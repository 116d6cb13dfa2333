"""Who exists in the demo: three practices, and one person for every way of using the portal.

Letters from the end of the alphabet are outsiders to Alder, so that a reader of a test or of the
demo sees at once who should be refused.
"""

from __future__ import annotations

import base64
import contextlib
import datetime as dt
import hashlib
import random
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from django.db import connections

from portal import clock
from portal.access.roles import STAFF_ROLES, Role
from portal.access.viewer import SystemActor, Viewer
from portal.people.models import Patient
from portal.practices.models import Membership, Practice
from portal.practices.selectors import settings_of_practice

DEMO = SystemActor("Demo data")
# Sheets are printed in letters that nobody mistakes for one another (Crockford's base32).
_SHEET_LETTERS = str.maketrans(
    "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567", "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
)


@dataclass(frozen=True)
class CastMember:
    """One of the cast, with what is printed about them at the start of the demo."""

    name: str
    family_name: str
    practice: str  # slug
    role: Role
    what: str
    birth_date: dt.date | None = None
    phone: str = ""
    writes: bool = False  # has keys for sealed messages from the start

    @property
    def username(self) -> str:
        """What they sign in with."""
        return self.name.lower()

    @property
    def password(self) -> str:
        """Printed at the start: nobody real is behind it. Long enough for the real rules."""
        return f"{self.practice}-{self.username}-demo"

    @property
    def email(self) -> str:
        """An address in a domain that can never exist."""
        return f"{self.username}@{self.practice}.example"

    @property
    def totp_secret(self) -> str:
        """The key of a member of staff's authenticator app (base32), printed as well."""
        if not self.is_staff:
            return ""
        digest = hashlib.sha256(f"demo authenticator of {self.name}".encode()).digest()
        return base64.b32encode(digest[:20]).decode("ascii")

    @property
    def recovery_code(self) -> str:
        """What the recovery sheet of their messages says; printed too, else nobody could try."""
        if not self.writes:
            return ""
        digest = hashlib.sha256(f"demo recovery sheet of {self.name}".encode()).digest()
        letters = base64.b32encode(digest[:20]).decode("ascii").translate(_SHEET_LETTERS)
        return "-".join(letters[start : start + 4] for start in range(0, 32, 4))

    @property
    def full_name(self) -> str:
        """What the practice calls them."""
        return f"{self.name} {self.family_name}"

    @property
    def is_staff(self) -> bool:
        """Whether they work at the practice."""
        return self.role in STAFF_ROLES


# Numbers are those kept free for fiction: +44 7700 900… and +1 202 555 01….
CAST: tuple[CastMember, ...] = (
    CastMember(
        "Ana",
        "Torres",
        "alder",
        Role.PATIENT,
        "patient, sees Cole tomorrow; her forms are waiting",
        dt.date(1991, 4, 12),
        "+447700900101",
    ),
    CastMember(
        "Ben",
        "Okafor",
        "alder",
        Role.PATIENT,
        "patient, eleven sessions in; Fay helps him",
        dt.date(2007, 9, 3),
        "+447700900102",
        writes=True,
    ),
    CastMember(
        "Fay", "Okafor", "alder", Role.PROXY, "Ben's carer, sees his appointments and no more"
    ),
    CastMember("Cole", "Marsh", "alder", Role.CLINICIAN, "clinician of Ana and Ben", writes=True),
    CastMember(
        "Cleo",
        "Nair",
        "alder",
        Role.CLINICIAN,
        "clinician, on duty for risks, covers for Cole next week",
        writes=True,
    ),
    CastMember("Dee", "Walker", "alder", Role.FRONT_DESK, "front desk"),
    CastMember("Eve", "Lindqvist", "alder", Role.MANAGER, "practice manager", writes=True),
    CastMember("Nat", "Osei", "alder", Role.NAVIGATOR, "digital navigator"),
    CastMember("Yan", "Li", "birch", Role.CLINICIAN, "clinician of another practice"),
    CastMember(
        "Zoe",
        "Petrov",
        "birch",
        Role.PATIENT,
        "patient of another practice",
        dt.date(1984, 1, 30),
        "+12025550126",
    ),
    CastMember("Hal", "Quist", "cedar", Role.MANAGER, "manager of a practice that is setting up"),
)


@dataclass(frozen=True)
class PracticePlan:
    """What a demo practice is like."""

    slug: str
    facts: dict[str, Any]
    ways: dict[str, Any] = field(default_factory=dict)
    extra_patients: int = 0
    is_open: bool = True


_BRITISH_LINES = [
    {"name": "Samaritans", "phone": "116 123", "text": "", "hours": "Day and night, free"},
    {"name": "Shout", "phone": "", "text": "SHOUT to 85258", "hours": "Day and night, free"},
    {
        "name": "NHS 111, mental health option",
        "phone": "111",
        "text": "",
        "hours": "Day and night, free",
    },
]
_AMERICAN_LINES = [
    {
        "name": "988 Suicide & Crisis Lifeline",
        "phone": "988",
        "text": "988",
        "hours": "Day and night, free",
    },
]
PRACTICES: tuple[PracticePlan, ...] = (
    PracticePlan(
        "alder",
        {
            "name": "Alder Practice",
            "town": "Bristol",
            "phone": "+441174960100",
            "email": "hello@alder.example",
            "address": "12 Alder Row, Bristol",
            "about": "A small practice for talking therapies. We see adults and young people.",
        },
        # A day before, texts leave; visits late in the day can be moved on their own morning.
        {"crisis_lines": _BRITISH_LINES, "texts_enabled": True, "reschedule_notice_hours": 3},
        extra_patients=60,
    ),
    PracticePlan(
        "birch",
        {
            "name": "Birch House",
            "town": "Washington",
            "time_zone": "America/New_York",
            "country": "US",
            "phone": "+12025550100",
            "email": "hello@birch.example",
            "address": "8 Birch Street, Washington",
            "about": "Therapy for adults, in the house with the green door.",
        },
        {"crisis_lines": _AMERICAN_LINES, "emergency_number": "911", "texts_enabled": True},
        extra_patients=4,
    ),
    PracticePlan(
        "cedar",
        {"name": "Cedar Rooms", "town": "Leeds", "email": "hello@cedar.example"},
        is_open=False,
    ),
)

EXTRA_NAMES: tuple[tuple[str, str], ...] = (
    ("Gus", "Hale"),
    ("Hana", "Kim"),
    ("Ivy", "Nolan"),
    ("Jon", "Sato"),
    ("Kit", "Rowe"),
    ("Lou", "Brandt"),
    ("Mia", "Costa"),
    ("Ned", "Frost"),
    ("Oda", "Lund"),
    ("Pia", "Grey"),
    ("Quin", "Abbot"),
    ("Rob", "Singh"),
    ("Sue", "Park"),
    ("Tim", "Dune"),
    ("Una", "Byrne"),
    ("Vic", "Moss"),
    ("Wes", "Adler"),
    ("Amal", "Haddad"),
    ("Bea", "Stone"),
    ("Cai", "Pugh"),
    ("Dov", "Stern"),
    ("Ema", "Novak"),
    ("Finn", "Carey"),
    ("Gia", "Russo"),
    ("Ada", "Bloom"),
    ("Bram", "Visser"),
    ("Cora", "Finch"),
    ("Dan", "Hobbs"),
    ("Elif", "Demir"),
    ("Fred", "Nash"),
    ("Greta", "Olsen"),
    ("Hugo", "Blanc"),
    ("Ines", "Duarte"),
    ("Jack", "Mills"),
    ("Kira", "Vogel"),
    ("Leo", "Marino"),
    ("Maya", "Rao"),
    ("Noor", "Aziz"),
    ("Owen", "Price"),
    ("Petra", "Hahn"),
    ("Rhys", "Evans"),
    ("Sana", "Malik"),
    ("Theo", "Lang"),
    ("Uma", "Patel"),
    ("Vera", "Sokol"),
    ("Will", "Tate"),
    ("Xena", "Drake"),
    ("Yusuf", "Omar"),
    ("Zack", "Perry"),
    ("Alma", "Berg"),
    ("Bo", "Chen"),
    ("Clara", "West"),
    ("Dina", "Levy"),
    ("Emil", "Roth"),
    ("Freya", "Dahl"),
    ("Glen", "Ross"),
    ("Hope", "Baker"),
    ("Isla", "Reid"),
    ("Joel", "Cruz"),
    ("Kate", "Flynn"),
)


def cast_of(slug: str) -> list[CastMember]:
    """The cast of one practice, in the order they are introduced."""
    return [member for member in CAST if member.practice == slug]


def cast_member(name: str) -> CastMember:
    """One of the cast. Raises LookupError for a name that is not in it."""
    for member in CAST:
        if member.name == name:
            return member
    raise LookupError(f"{name} is not in the cast")


@dataclass
class DemoPractice:
    """A practice that is being filled: what an app's ``demo.seed(demo)`` is given.

    ``people`` and ``patients`` are by first name. The practice is ambient and a transaction is
    open while an app seeds. ``random`` is seeded: the same number gives the same demo.
    """

    practice: Practice
    now: dt.datetime
    random: random.Random
    people: dict[str, Viewer] = field(default_factory=dict)
    patients: dict[str, Patient] = field(default_factory=dict)

    @property
    def zone(self) -> dt.tzinfo:
        """The practice's time zone."""
        return clock.zone(self.practice.time_zone)

    @property
    def today(self) -> dt.date:
        """The practice's date of ``now``."""
        return self.now.astimezone(self.zone).date()

    def membership(self, name: str) -> Membership:
        """The place in the practice of one of the cast."""
        return Membership.objects.get(pk=self.people[name].membership_id)

    def local(self, days: int, time: dt.time) -> dt.datetime:
        """The wall-clock time so many days from today, without a zone, as booking wants it."""
        return dt.datetime.combine(self.today + dt.timedelta(days=days), time)

    def instant(self, local: dt.datetime) -> dt.datetime:
        """The moment of a wall-clock time at this practice."""
        return local.replace(tzinfo=self.zone).astimezone(dt.UTC)

    @contextlib.contextmanager
    def at(self, moment: dt.datetime) -> Iterator[None]:
        """Let the portal's clock say ``moment`` meanwhile, so that history gets its real times."""
        with connections["default"].cursor() as cursor:
            cursor.execute("SELECT ahead FROM clock_offset")
            (before,) = cursor.fetchone()
            clock.move_to(moment)
            try:
                yield
            finally:
                cursor.execute("UPDATE clock_offset SET ahead = %s", [before])
                clock.forget()

    def settings(self) -> Any:
        """How the practice works."""
        return settings_of_practice()
