"""The bodies that clients send, field by field. Shapes only; what is right, services decide."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers

from messaging import blobs
from messaging.api.base import BytesField, KidField, NumberField, SealedField, TimeTextField
from messaging.models import ReceiptState
from messaging.sealed.epochs import Member
from messaging.sealed.keys import PublicKeys
from messaging.services.devices import Finished
from messaging.services.directory import SignedLine
from messaging.services.keys import NewKeys, Sheet
from messaging.services.messages import NewEnvelope, NewReceipt
from messaging.services.threads import NewEpoch

MOST_LINES = 500
MOST_MEMBERS = 60
MOST_RECEIPTS = 200


class DeviceBody(serializers.Serializer[Any]):
    """A device whose PIN was chosen."""

    device = serializers.UUIDField()
    # Hides the label that a field may have on a page; a body has no page.
    label = serializers.CharField(max_length=80)  # type: ignore[assignment]  # see above
    salt = BytesField(size=16)
    auth = BytesField(size=32)
    nonce = BytesField(size=blobs.NONCE)
    wrapped = SealedField(size=blobs.SLOT)

    @staticmethod
    def made(given: dict[str, Any]) -> Finished:
        return Finished(**given)


class SheetBody(serializers.Serializer[Any]):
    """The account key for a recovery sheet."""

    nonce = BytesField(size=blobs.NONCE)
    wrapped = SealedField(size=blobs.SLOT)

    @staticmethod
    def made(given: dict[str, Any]) -> Sheet:
        return Sheet(**given)


class KeysBody(serializers.Serializer[Any]):
    """New account keys with what opens them."""

    kid = KidField()
    x25519 = BytesField(size=32)
    ed25519 = BytesField(size=32)
    wrapped = SealedField(size=blobs.ACCOUNT_KEYS)
    device = DeviceBody(allow_null=True, default=None)
    recovery = SheetBody()
    replace = serializers.BooleanField(default=False)

    @staticmethod
    def made(given: dict[str, Any]) -> NewKeys:
        public = PublicKeys(given["x25519"], given["ed25519"])
        return NewKeys(given["kid"], public, given["wrapped"])


class AuthBody(serializers.Serializer[Any]):
    """What a PIN gives."""

    auth = BytesField(size=32)


class IdentityBody(serializers.Serializer[Any]):
    """The practice's identity."""

    public = BytesField(size=32)
    wrapped = SealedField(size=blobs.IDENTITY)


class LineBody(serializers.Serializer[Any]):
    """One signed line of the directory."""

    n = NumberField()
    previous = BytesField(size=32)
    person = serializers.UUIDField()
    kid = KidField()
    x25519 = BytesField(size=32)
    ed25519 = BytesField(size=32)
    revoked_at = TimeTextField(allow_blank=True)
    signature = BytesField(size=64)


class LinesBody(serializers.Serializer[Any]):
    """Lines in the order of their numbers."""

    entries = serializers.ListField(child=LineBody(), allow_empty=False, max_length=MOST_LINES)

    @staticmethod
    def made(given: dict[str, Any]) -> list[SignedLine]:
        return [
            SignedLine(
                public=PublicKeys(line.pop("x25519"), line.pop("ed25519")),
                **line,
            )
            for line in map(dict, given["entries"])
        ]


class PatientBody(serializers.Serializer[Any]):
    """Whom to write with; a patient leaves it out."""

    patient = serializers.UUIDField(allow_null=True, default=None)


class MemberBody(serializers.Serializer[Any]):
    """One reader of a roster."""

    person = serializers.UUIDField()
    kid = KidField()
    role = serializers.RegexField(r"\A[a-z_]{1,16}\Z", trim_whitespace=False)
    reads_from = NumberField()


class SealBody(serializers.Serializer[Any]):
    """The epoch's key for one reader."""

    person = serializers.UUIDField()
    kid = KidField()
    blob = SealedField(size=blobs.EPOCH_KEY)


class EpochBody(serializers.Serializer[Any]):
    """A signed roster with its seals."""

    number = NumberField()
    members = serializers.ListField(child=MemberBody(), allow_empty=False, max_length=MOST_MEMBERS)
    commit = BytesField(size=32)
    signature = BytesField(size=64)
    sealed = serializers.ListField(child=SealBody(), allow_empty=False, max_length=MOST_MEMBERS)

    @staticmethod
    def made(given: dict[str, Any]) -> NewEpoch:
        return NewEpoch(
            number=given["number"],
            members=[
                Member(str(one["person"]), one["kid"], one["role"], one["reads_from"])
                for one in given["members"]
            ],
            commit=given["commit"],
            signature=given["signature"],
            seals={(str(one["person"]), one["kid"]): one["blob"] for one in given["sealed"]},
        )


class EnvelopeBody(serializers.Serializer[Any]):
    """One sealed message."""

    message_id = serializers.UUIDField()
    epoch = NumberField()
    sequence = NumberField()
    previous = BytesField(size=32)
    directory = BytesField(size=32)
    kind = serializers.CharField(max_length=16, trim_whitespace=False)
    nonce = BytesField(size=blobs.NONCE)
    ciphertext = SealedField(at_most=1 + blobs.MOST_PADDED + blobs.TAG)
    signature = BytesField(size=64)

    @staticmethod
    def made(given: dict[str, Any]) -> NewEnvelope:
        return NewEnvelope(**given)


class ReceiptBody(serializers.Serializer[Any]):
    """One signed receipt."""

    message_id = serializers.UUIDField()
    message_hash = BytesField(size=32)
    state = serializers.ChoiceField(choices=ReceiptState.choices)
    at = TimeTextField()
    signature = BytesField(size=64)


class ReceiptsBody(serializers.Serializer[Any]):
    """Receipts for any messages of one thread."""

    receipts = serializers.ListField(
        child=ReceiptBody(), allow_empty=False, max_length=MOST_RECEIPTS
    )

    @staticmethod
    def made(given: dict[str, Any]) -> list[NewReceipt]:
        return [NewReceipt(**one) for one in given["receipts"]]
