"""Which keys there are: each class, where it lives, how old it is, when it is to be replaced."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any, Final

from django.conf import settings
from django.db.models import Min

from portal import clock
from portal.encryption.errors import KeyDestroyed
from portal.encryption.kek import keeper
from portal.encryption.models import KeyRotation, PatientKey, PracticeKey, Purpose

YEAR: Final = dt.timedelta(days=365)


@dataclass(frozen=True)
class KeyClass:
    """One kind of key. `owner` says who answers for it, `every` when it is replaced."""

    name: str
    lives: str
    owner: str
    every: dt.timedelta | None


KEY_CLASSES: Final = (
    KeyClass("key-encryption", "ENCRYPTION_KEYS or ENCRYPTION_KEY_FILE", "who runs it", YEAR),
    KeyClass("practice", "encryption_practicekey, wrapped", "the practice", YEAR),
    KeyClass("lookup", "encryption_practicekey, wrapped", "the practice", None),
    KeyClass("patient", "encryption_patientkey, wrapped", "the patient", YEAR),
    KeyClass("signing", "SECRET_KEY", "who runs it", YEAR),
)


@dataclass(frozen=True)
class KeyLine:
    """One line of the inventory: a class of one practice, or of the installation."""

    kind: str
    lives: str
    owner: str
    count: int
    retired: int
    oldest: dt.datetime | None
    next_rotation: dt.datetime | None


def installation_keys() -> list[KeyLine]:
    """The keys from outside the database, whose age only their keeper knows."""
    counts = {"key-encryption": len(settings.ENCRYPTION_KEYS), "signing": 1}
    return [
        KeyLine(each.name, each.lives, each.owner, counts[each.name], 0, None, None)
        for each in KEY_CLASSES
        if each.name in counts
    ]


def practice_keys(owner: str) -> list[KeyLine]:
    """The keys of the ambient practice, which is called `owner`."""
    rows = {
        "practice": PracticeKey.objects.filter(purpose=Purpose.DATA),
        "lookup": PracticeKey.objects.filter(purpose=Purpose.LOOKUP),
        "patient": PatientKey.objects.filter(destroyed_at=None),
    }
    lines = []
    for each in KEY_CLASSES:
        if each.name not in rows:
            continue
        current = rows[each.name].filter(retired_at=None)
        oldest: dt.datetime | None = current.aggregate(oldest=Min("created_at"))["oldest"]
        lines.append(
            KeyLine(
                each.name,
                each.lives,
                owner,
                current.count(),
                rows[each.name].exclude(retired_at=None).count(),
                oldest,
                oldest + each.every if oldest and each.every else None,
            )
        )
    return lines


def is_destroyed(row: Any, name: str) -> bool:
    """Whether an encrypted attribute was deleted for good with its key. Raises KeyUnavailable."""
    try:
        getattr(row, name)
    except KeyDestroyed:
        return True
    return False


def destroyed_keys() -> int:
    """How many patients' keys the ambient practice has destroyed."""
    return PatientKey.objects.exclude(destroyed_at=None).count()


def rotation_is_unfinished() -> bool:
    """Whether a rotation of the ambient practice waits to be taken up."""
    return KeyRotation.objects.filter(finished_at=None).exists()


def waits_for_rewrapping() -> int:
    """How many keys of the ambient practice are under an older key-encryption key."""
    return PracticeKey.objects.exclude(kek=keeper().current).count()


def age_in_days(line: KeyLine) -> int | None:
    """How old the oldest key of a line is."""
    return (clock.now() - line.oldest).days if line.oldest else None
