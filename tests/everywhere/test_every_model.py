"""Walks the models: keys point left, times and people come in pairs, fields are classified."""

from __future__ import annotations

from django.apps import apps
from django.conf import settings
from django.db import models

from portal.encryption.fields import EncryptedField
from portal.tenancy.models import PracticeOwned
from tests.everywhere.field_classes import CLASSES, FIELDS, PLAIN_BECAUSE

OURS = ("portal.", "intake", "messaging", "goals", "reminders", "metrics")
# From left to right, as pyproject.toml's import contracts say.
LAYERS = (
    ("portal.clock", "portal.tenancy", "portal.ui"),
    ("portal.audit", "portal.encryption"),
    ("portal.access",),
    ("portal.practices",),
    ("portal.backups",),
    ("portal.people",),
    ("portal.work",),
    ("portal.appointments",),
    ("portal.home", "portal.dev", "portal.api"),
    ("intake", "messaging", "goals"),
    ("reminders",),
    ("metrics",),
)


def our_models() -> list[type[models.Model]]:
    return [
        m for m in apps.get_models() if apps.get_app_config(m._meta.app_label).name.startswith(OURS)
    ]


def _layer(model: type[models.Model]) -> int:
    name = apps.get_app_config(model._meta.app_label).name
    return next(number for number, names in enumerate(LAYERS) if name in names)


def test_keys_point_left_or_stay_in_their_app() -> None:
    """A key written as a string escapes the import contracts."""
    for model in our_models():
        for field in model._meta.local_fields:
            related = field.related_model
            if not (isinstance(related, type) and related in our_models()):
                continue
            if related._meta.label == settings.AUTH_USER_MODEL:
                continue  # Django's own seam: any layer may point at the account
            same_app = related._meta.app_label == model._meta.app_label
            assert same_app or _layer(related) < _layer(model), f"{model.__name__}.{field.name}"


def test_every_model_of_ours_is_a_practices_or_global_by_name() -> None:
    allowed = {"practices.Practice", "people.User", "people.Letter", "reminders.DispatcherBeat"}
    allowed |= {"backups.Restore"}
    for model in our_models():
        assert issubclass(model, PracticeOwned) or model._meta.label in allowed, model._meta.label


def test_every_field_says_what_it_holds() -> None:
    """Plain, name, contact, clinical or secret: what is encrypted and scrubbed follows from it."""
    missing, unknown = [], []
    for model in our_models():
        label = model._meta.label
        for field in model._meta.local_fields:
            if _speaks_for_itself(field):
                continue
            key = f"{label}.{field.name}"
            if key not in FIELDS:
                missing.append(key)
            elif FIELDS[key] not in CLASSES:
                unknown.append(key)
    assert not missing, f"say in tests/everywhere/field_classes.py what these hold: {missing}"
    assert not unknown, f"not a class: {unknown}"


def test_what_people_said_and_how_to_reach_them_is_encrypted_or_explained() -> None:
    wanted, needless = [], []
    for model in our_models():
        for field in model._meta.local_fields:
            key = f"{model._meta.label}.{field.name}"
            is_encrypted = isinstance(field, EncryptedField)
            if FIELDS.get(key) in ("contact", "clinical"):
                if not is_encrypted and key not in PLAIN_BECAUSE:
                    wanted.append(key)
            elif is_encrypted and FIELDS.get(key) != "secret":  # a password that we must read
                needless.append(key)
            assert not (is_encrypted and key in PLAIN_BECAUSE), key
    assert not wanted, f"encrypt these, or say why not in PLAIN_BECAUSE: {wanted}"
    assert not needless, f"encrypted, so clinical or contact: {needless}"


def test_no_line_speaks_of_a_field_that_is_gone() -> None:
    existing = {
        f"{model._meta.label}.{field.name}"
        for model in our_models()
        for field in model._meta.local_fields
    }
    assert not set(FIELDS) - existing
    assert not set(PLAIN_BECAUSE) - existing


def _speaks_for_itself(field: models.Field[object, object]) -> bool:
    """Keys, times, numbers, yes/no and fixed choices say nothing that a person wrote."""
    if field.choices or isinstance(field, models.ForeignKey):
        return True
    plain = (
        models.UUIDField,
        models.DateTimeField,
        models.TimeField,
        models.BooleanField,
        models.IntegerField,
        models.DecimalField,
        models.FloatField,
        models.DurationField,
    )
    if isinstance(field, plain):
        return True
    base = getattr(field, "base_field", None)
    return base is not None and bool(base.choices)
