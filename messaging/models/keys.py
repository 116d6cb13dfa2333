"""Keys of people in one practice, what unlocks them, and the directory in which they are known."""

from __future__ import annotations

from django.db import models

from messaging import blobs
from messaging.models.fields import BytesField, SealedField
from portal.practices.models import Membership
from portal.tenancy.models import PracticeForeignKey, PracticeOwned


class PracticeIdentity(PracticeOwned):
    """The key by which a practice vouches for its people. Append-only; one a practice.

    The private half is wrapped for its maker alone, a manager; everybody else pins `public`.
    """

    public = BytesField(size=32)
    wrapped = SealedField(size=blobs.IDENTITY)
    made_by: models.ForeignKey[Membership, Membership] = PracticeForeignKey(
        Membership, models.PROTECT, related_name="+"
    )
    made_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["practice_id"], name="identity_one_per_practice")
        ]


class AccountKeys(PracticeOwned):
    """A person's pair of keys in this practice, made on their device; the private halves wrapped.

    One pair is live. What is sealed to it waits until the pair stands in the directory.
    """

    membership: models.ForeignKey[Membership, Membership] = PracticeForeignKey(
        Membership, models.PROTECT, related_name="+"
    )
    kid = models.CharField(max_length=16)
    x25519 = BytesField(size=32)
    ed25519 = BytesField(size=32)
    wrapped = SealedField(size=blobs.ACCOUNT_KEYS)
    made_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["practice_id", "membership"],
                condition=models.Q(ended_at=None),
                name="account_keys_one_live",
            ),
            # Nobody publishes somebody else's keys as their own.
            models.UniqueConstraint(fields=["practice_id", "kid"], name="account_keys_kid_once"),
        ]


class SlotKind(models.TextChoices):
    """Ways to open one's keys; passkeys and a way through the practice can join."""

    DEVICE = "device", "device"
    RECOVERY = "recovery", "recovery"


class UnlockSlot(PracticeOwned):
    """The account key wrapped once more: for a device with its PIN, or for a recovery sheet.

    A device's slot holds the share that is given out for a right PIN alone: `tries` counts before
    anything is compared, and after the last one the share is gone. `auth_hash` is SHA-256 of what
    a right PIN gives. A slot without `finished_at` was begun and cannot open anything.
    """

    membership: models.ForeignKey[Membership, Membership] = PracticeForeignKey(
        Membership, models.PROTECT, related_name="+"
    )
    kind = models.CharField(max_length=10, choices=SlotKind.choices)
    label = models.CharField(max_length=80, blank=True)
    salt = BytesField(at_most=32, null=True)
    auth_hash = BytesField(size=32, null=True)
    server_share = BytesField(size=32, null=True)
    nonce = BytesField(size=blobs.NONCE, null=True)
    wrapped = SealedField(size=blobs.SLOT, null=True)
    tries = models.PositiveSmallIntegerField(default=0)
    wait_until = models.DateTimeField(null=True, blank=True)
    created_at = models.DateTimeField()
    finished_at = models.DateTimeField(null=True, blank=True)
    destroyed_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        indexes = [models.Index(fields=["practice_id", "membership"], name="unlock_slot_of")]
        constraints = [
            models.UniqueConstraint(
                fields=["practice_id", "membership"],
                condition=models.Q(kind="recovery", destroyed_at=None),
                name="unlock_slot_one_sheet",
            ),
            models.CheckConstraint(
                condition=models.Q(destroyed_at=None)
                | models.Q(wrapped=None, server_share=None, auth_hash=None),
                name="unlock_slot_destroyed_is_empty",
            ),
            models.CheckConstraint(
                condition=models.Q(finished_at=None)
                | ~models.Q(destroyed_at=None)
                | models.Q(wrapped__isnull=False, nonce__isnull=False),
                name="unlock_slot_finished_opens",
            ),
            models.CheckConstraint(condition=models.Q(tries__lte=10), name="unlock_slot_tries_end"),
        ]


class DirectoryEntry(PracticeOwned):
    """One line of the practice's key directory, signed by its identity. Append-only.

    The bytes that are signed are those of `messaging.sealed.keys.Entry`; `revoked_at` is a text
    because it is signed as one. A person's key stands when its last line says nothing there.
    """

    n = models.PositiveIntegerField()
    previous = BytesField(size=32)
    person: models.ForeignKey[Membership, Membership] = PracticeForeignKey(
        Membership, models.PROTECT, related_name="+"
    )
    kid = models.CharField(max_length=16)
    x25519 = BytesField(size=32)
    ed25519 = BytesField(size=32)
    revoked_at = models.CharField(max_length=32, blank=True)
    signature = BytesField(size=64)
    head = BytesField(size=32)
    stored_at = models.DateTimeField()

    class Meta:
        indexes = [
            models.Index(fields=["practice_id", "person", "kid"], name="directory_of_person"),
            models.Index(fields=["practice_id", "head"], name="directory_by_head"),
        ]
        constraints = [
            models.UniqueConstraint(fields=["practice_id", "n"], name="directory_place"),
            models.UniqueConstraint(
                fields=["practice_id", "kid"],
                condition=models.Q(revoked_at=""),
                name="directory_kid_enters_once",
            ),
            models.UniqueConstraint(
                fields=["practice_id", "kid"],
                condition=~models.Q(revoked_at=""),
                name="directory_kid_leaves_once",
            ),
        ]
