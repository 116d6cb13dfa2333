"""Accounts, and the invitations that they come from."""

from __future__ import annotations

import uuid
from typing import ClassVar

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.contrib.auth.validators import UnicodeUsernameValidator
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models.functions import Lower
from django.utils.translation import gettext_lazy as _

from portal.access.roles import Role
from portal.practices.models import Membership
from portal.tenancy.models import PracticeForeignKey, PracticeOwned


class AccountManager(BaseUserManager["User"]):
    """Accounts without Django's superusers: nobody stands above the practices."""

    def create_account(self, username: str, email: str, password: str | None) -> User:
        user = User(username=User.normalize_username(username), email=self.normalize_email(email))
        user.set_password(password)  # None makes an unusable one
        user.save(using=self._db)
        return user


class User(AbstractBaseUser):
    """An account: how somebody signs in. Names and roles belong to practices.

    Global, so it holds nothing about anybody's care.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    username = models.CharField(
        max_length=150, unique=True, validators=[UnicodeUsernameValidator()]
    )
    email = models.EmailField(blank=True)
    is_active = models.BooleanField(default=True)
    created_at = models.DateTimeField(auto_now_add=True)

    USERNAME_FIELD = "username"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = []
    objects: ClassVar[AccountManager] = AccountManager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                Lower("email"),
                name="user_email_once",
                condition=~models.Q(email=""),
            )
        ]
        indexes = [models.Index(fields=["email"], name="user_by_email")]

    # allauth and Django's auth forms ask for these; the portal has no superusers.
    is_staff = False
    is_superuser = False


class InvitationState(models.TextChoices):
    OPEN = "open", _("Open")
    ACCEPTED = "accepted", _("Accepted")
    WITHDRAWN = "withdrawn", _("Withdrawn")


class Invitation(PracticeOwned):
    """A way into the practice for one person: random, kept only as a hash, 72 hours, used once.

    Each letter or sheet is a row; rows of one `series` stand for the same offer, and the first that
    is used closes the others. The second fact is a birth date (patients) or a code given apart
    (`code_hash`), five tries. `help_terms` is what a carer would be allowed: relation, categories,
    ends_on.
    """

    series = models.UUIDField(default=uuid.uuid4, editable=False)
    roles = ArrayField(models.CharField(max_length=16, choices=Role.choices))
    display_name = models.CharField(max_length=120)
    email = models.EmailField(blank=True)
    username = models.CharField(max_length=150, blank=True)
    patient_id = models.UUIDField(null=True, blank=True, editable=False)
    help_terms = models.JSONField(default=dict, blank=True)
    token_hash = models.CharField(max_length=64)
    code_hash = models.CharField(max_length=128, blank=True)
    tries = models.PositiveSmallIntegerField(default=0)
    state = models.CharField(
        max_length=10, choices=InvitationState.choices, default=InvitationState.OPEN
    )
    created_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    on_paper = models.BooleanField(default=False)
    mailed_at = models.DateTimeField(null=True, blank=True)
    invited_by: models.ForeignKey[Membership | None, Membership | None] = PracticeForeignKey(
        Membership, models.PROTECT, null=True, related_name="+"
    )
    accepted_at = models.DateTimeField(null=True, blank=True)
    membership: models.ForeignKey[Membership | None, Membership | None] = PracticeForeignKey(
        Membership, models.PROTECT, null=True, blank=True, related_name="+"
    )

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["practice_id", "token_hash"], name="invitation_token_once"
            )
        ]
        indexes = [
            models.Index(fields=["practice_id", "state", "-created_at"], name="invitations_open"),
            models.Index(fields=["practice_id", "series"], name="invitation_series"),
        ]


class Letter(models.Model):
    """A mail about an account that waits for the worker, or has gone.

    Global, like the account. Holds no secret: links are made when the letter is sent. `details`
    says what happened, in ids and words from the code. A letter without address is for nobody: it
    is written so that asking for an unknown account takes the same work.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    kind = models.CharField(max_length=40)
    user = models.ForeignKey(User, models.CASCADE, null=True, related_name="+")
    address = models.EmailField(blank=True)
    practice_slug = models.CharField(max_length=40, blank=True)
    details = models.JSONField(default=dict)
    created_at = models.DateTimeField()
    tries = models.PositiveSmallIntegerField(default=0)
    sent_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        indexes = [
            models.Index(
                fields=["created_at"],
                name="letters_waiting",
                condition=models.Q(sent_at=None),
            )
        ]
