"""Encrypted attributes: plain in Python, ciphertext in the database.

    body = EncryptedTextField(patient="patient_id")

`patient` leads to the id of the patient whose key it is, over loaded objects only; without it, or
where it leads to None, the key is the practice's. A value is decrypted when it is first read and
encrypted when its row is saved. What only plain text can do (filters, ordering, `.values()`,
`.update()`, `bulk_update`) is refused. An empty text is stored as such: it says nothing.
"""

from __future__ import annotations

import json
from typing import Any
from uuid import UUID

from django.contrib.postgres.fields import ArrayField
from django.core.serializers.json import DjangoJSONEncoder
from django.db import models
from django.db.models import lookups
from django.db.models.expressions import Col
from django.db.models.query_utils import DeferredAttribute

from portal.encryption import cipher, keyring
from portal.encryption.errors import KeyDestroyed, SealedUse, Unreadable

_UPDATE = (
    "{} is encrypted for its row: set the attribute and save() the object; "
    ".update() and bulk_update() cannot."
)
_FIND = "{} is encrypted: it cannot be filtered by. Use a BlindIndexField for equal values."
_ORDER = "{} is encrypted: it cannot be ordered by."
_VALUES = "{} is encrypted for its row: load objects; .values() and .values_list() cannot read it."


class Sealed:
    """A ciphertext as it came from the database or is about to go there."""

    __slots__ = ("data",)

    def __init__(self, data: bytes) -> None:
        self.data = data

    def __repr__(self) -> str:
        return "<sealed>"

    def __len__(self) -> int:
        raise SealedUse("This value is encrypted: read it from its object.")

    __str__ = __iter__ = __bool__ = __len__  # type: ignore[assignment]  # every use is refused


class _Column(Col):
    """The column in a query; resolving it again is what ordering does, and is refused."""

    def resolve_expression(self, *args: Any, **kwargs: Any) -> Any:
        raise SealedUse(_ORDER.format(self.target))


class _IsNull(lookups.IsNull):
    """Whether anything stands there: the one thing that ciphertext can be asked."""

    def resolve_expression(self, *args: Any, **kwargs: Any) -> _IsNull:
        return self

    def process_lhs(self, compiler: Any, connection: Any, lhs: Any = None) -> Any:
        return compiler.compile(lhs or self.lhs)


class _Decrypting(DeferredAttribute):
    """Decrypts at the first reading and keeps the plain value with its object."""

    field: EncryptedField

    def __get__(self, instance: Any, cls: Any = None) -> Any:
        value = super().__get__(instance, cls)
        if isinstance(value, Sealed):
            value = self.field.open(instance, value)
            instance.__dict__[self.field.attname] = value
        return value

    def __set__(self, instance: Any, value: Any) -> None:
        """With it, what stands in the object's dictionary is asked for here first."""
        instance.__dict__[self.field.attname] = value


class EncryptedField(models.Field):  # type: ignore[type-arg]  # stubs give it set and get types
    """What both kinds share; the kinds say how a value becomes bytes."""

    descriptor_class = _Decrypting
    empty_strings_allowed = False
    column: str

    def __init__(self, *args: Any, patient: str = "", **kwargs: Any) -> None:
        self.patient = patient
        super().__init__(*args, **kwargs)

    def to_bytes(self, value: Any) -> bytes:
        raise NotImplementedError

    def from_bytes(self, plain: bytes) -> Any:
        raise NotImplementedError

    def get_internal_type(self) -> str:
        return "BinaryField"

    def deconstruct(self) -> tuple[str, str, Any, dict[str, Any]]:
        name, path, args, kwargs = super().deconstruct()
        if self.patient:
            kwargs["patient"] = self.patient
        return name, path, args, kwargs

    # --- Values ---------------------------------------------------------------

    def open(self, instance: Any, sealed: Sealed) -> Any:
        """The plain value. Raises KeyDestroyed, KeyUnavailable and Unreadable."""
        if not sealed.data:
            return self.from_bytes(b"")
        with keyring.at_hand_for(instance.practice_id):
            kid = cipher.kid_of(sealed.data)
            key = keyring.for_reading(kid, of_patient=bool(self.patient))
        if key.patient_id is not None and not self._may_be_of(instance, key.patient_id):
            raise Unreadable("This value does not belong to the patient of its row.")
        return self.from_bytes(cipher.unseal(sealed.data, key=key.key, place=self._place(instance)))

    def seal(self, instance: Any, value: Any) -> Sealed:
        """The ciphertext under the current key. Raises KeyDestroyed and KeyUnavailable."""
        plain = self.to_bytes(value)
        if not plain:
            return Sealed(b"")
        key = keyring.for_writing(self.patient_of(instance))
        return Sealed(cipher.seal(plain, key=key.key, kid=key.kid, place=self._place(instance)))

    def patient_of(self, instance: Any) -> UUID | None:
        """The id of the patient whose key this row's value has."""
        found = instance if self.patient else None
        for name in self.patient.split("."):
            found = getattr(found, name, None)
        return found

    def _may_be_of(self, instance: Any, patient_id: UUID) -> bool:
        """Whether the row is that patient's: one that was put under another does not open.

        Asked of loaded objects only; where the way to the patient is not loaded, the place decides.
        """
        first, _dot, rest = self.patient.partition(".")
        if rest and not instance._meta.get_field(first).is_cached(instance):
            return True
        return self.patient_of(instance) == patient_id

    def _place(self, instance: Any) -> bytes:
        table = instance._meta.db_table
        return cipher.field_place(instance.practice_id, table, self.column, instance.pk)

    def pre_save(self, model_instance: models.Model, add: bool) -> Any:
        """Encrypt anew; a value that nobody read stays, unless its key is no longer the current."""
        value = model_instance.__dict__.get(self.attname)
        if value is None:
            return None
        if not isinstance(value, Sealed):
            return self.seal(model_instance, value)
        try:
            key = keyring.for_writing(self.patient_of(model_instance))
            if not value.data or cipher.kid_of(value.data) == key.kid:
                return value
            return self.seal(model_instance, self.open(model_instance, value))
        except KeyDestroyed:
            return value

    def value_to_string(self, obj: models.Model) -> str:
        raise SealedUse(f"{self} is encrypted: it is not serialised.")

    # --- The database ---------------------------------------------------------

    def from_db_value(self, value: Any, expression: Any, connection: Any) -> Sealed | None:
        if value is None:
            return None
        data = bytes(value)
        if data:
            keyring.want(cipher.kid_of(data))
        return Sealed(data)

    def get_prep_value(self, value: Any) -> Any:
        if value is None or isinstance(value, Sealed):
            return value
        if value in ("", b""):  # says nothing, so there is nothing to hide
            return Sealed(b"")
        raise SealedUse(_UPDATE.format(self))

    def get_db_prep_value(self, value: Any, connection: Any, prepared: bool = False) -> Any:
        value = self.get_prep_value(value)
        return value if value is None else connection.Database.Binary(value.data)

    # --- What ciphertext cannot do --------------------------------------------

    def get_lookup(self, lookup_name: str) -> Any:
        if lookup_name == "isnull":
            return _IsNull
        raise SealedUse(_FIND.format(self))

    def get_transform(self, lookup_name: str) -> Any:
        raise SealedUse(_FIND.format(self))

    def get_col(self, alias: str, output_field: Any = None) -> Any:
        return _Column(alias, self, output_field)

    def select_format(self, compiler: Any, sql: str, params: Any) -> Any:
        if not compiler.query.default_cols:
            raise SealedUse(_VALUES.format(self))
        return sql, params


class EncryptedTextField(EncryptedField):
    """Text."""

    empty_strings_allowed = True

    def to_bytes(self, value: Any) -> bytes:
        return str(value).encode()

    def from_bytes(self, plain: bytes) -> str:
        return plain.decode()


class EncryptedJSONField(EncryptedField):
    """Whatever JSON can say; None is stored as SQL's null."""

    def to_bytes(self, value: Any) -> bytes:
        words = json.dumps(value, cls=DjangoJSONEncoder, ensure_ascii=False, separators=(",", ":"))
        return words.encode()

    def from_bytes(self, plain: bytes) -> Any:
        return json.loads(plain)


class BlindIndexField(models.BinaryField):  # type: ignore[type-arg]  # as above
    """A keyed token of another attribute, kept beside it: equal values have equal tokens.

    `of` names the attribute. Find rows with `field.token_of(value)`; an empty value has none.
    """

    nothing = None

    def __init__(self, *args: Any, of: str = "", **kwargs: Any) -> None:
        self.of = of
        super().__init__(*args, **{**kwargs, "null": True, "editable": False})

    def deconstruct(self) -> tuple[str, str, Any, dict[str, Any]]:
        name, path, args, _ = super().deconstruct()
        return name, path, args, {"of": self.of}

    def token_of(self, value: str) -> bytes | None:
        """The token under which rows with this value stand in the ambient practice."""
        return self.tokens(value, keyring.for_lookup().key)

    def tokens(self, value: str, key: bytes) -> bytes | None:
        """What is stored for a value, under any key."""
        return cipher.token(value, key=key, place=place_of(self)) if value else None

    def pre_save(self, model_instance: models.Model, add: bool) -> Any:
        return _token_saved(self, model_instance)


class BlindEndingsField(ArrayField):  # type: ignore[type-arg]  # as above
    """Keyed tokens of the endings of a number, so that its last digits find it (four or more)."""

    nothing: list[str] = []

    def __init__(self, *args: Any, of: str = "", **kwargs: Any) -> None:
        self.of = of
        kwargs.pop("size", None)
        kwargs |= {"base_field": models.CharField(max_length=24), "default": list, "blank": True}
        super().__init__(*args, **kwargs)

    def deconstruct(self) -> tuple[str, str, Any, dict[str, Any]]:
        name, path, args, _ = super().deconstruct()
        return name, path, args, {"of": self.of}

    def token_of(self, digits: str) -> str:
        """The token that rows contain whose number ends in these digits."""
        return cipher.ending_token(digits, key=keyring.for_lookup().key, place=place_of(self))

    def tokens(self, value: str, key: bytes) -> list[str]:
        """What is stored for a value, under any key."""
        return cipher.ending_tokens(value, key=key, place=place_of(self))

    def pre_save(self, model_instance: models.Model, add: bool) -> Any:
        return _token_saved(self, model_instance)


BlindField = BlindIndexField | BlindEndingsField


def place_of(field: BlindField) -> str:
    """Where tokens stand: those of one column are of no use in another."""
    return f"{field.model._meta.db_table}.{field.name}"


def _token_saved(field: BlindField, instance: models.Model) -> Any:
    try:
        value = field.tokens(getattr(instance, field.of), keyring.for_lookup().key)
    except KeyDestroyed:
        value = field.nothing
    setattr(instance, field.attname, value)
    return value
