"""What somebody on the staff is told, and whether by mail as well."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from portal.practices.models import Membership
from portal.tenancy.models import PracticeForeignKey, PracticeOwned
from portal.work.models.items import WorkItem


class NoticeKind(models.TextChoices):
    """What a person chooses the mail by."""

    RISK = "risk", _("A risk to a patient that I have to look at")
    WORK = "work", _("Something that I am given to do")


class NoticeCode(models.TextChoices):
    """What happened. The sentence is all that a notice says; the rest stands where it leads."""

    RISK_YOURS = "risk-yours", _("A risk waits for you")
    RISK_NOBODY = "risk-nobody", _("Nobody has acknowledged a risk")
    WORK_YOURS = "work-yours", _("You were given something to do")


KIND_OF = {
    NoticeCode.RISK_YOURS: NoticeKind.RISK,
    NoticeCode.RISK_NOBODY: NoticeKind.RISK,
    NoticeCode.WORK_YOURS: NoticeKind.WORK,
}


class Mail(models.TextChoices):
    AT_ONCE = "at_once", _("At once")
    DIGEST = "digest", _("Once a day, all in one")
    NEVER = "never", _("Not at all")


class MailState(models.TextChoices):
    WAITING = "waiting", _("Not looked at yet")
    SETTLED = "settled", _("Mailed, or not wanted")


class Notice(PracticeOwned):
    """One piece of news for one member of staff: one row for what it is about, however often told.

    Told again it is unread again. `state` and `due_at` say when somebody must look whether a mail
    is wanted; `mailed_in` is the mail that it went in, together with whatever else waited.
    """

    member: models.ForeignKey[Membership, Membership] = PracticeForeignKey(
        Membership, models.CASCADE, related_name="notices"
    )
    code = models.CharField(max_length=16, choices=NoticeCode.choices)
    subject_id = models.UUIDField(editable=False)
    item: models.ForeignKey[WorkItem | None, WorkItem | None] = PracticeForeignKey(
        WorkItem, models.CASCADE, null=True, blank=True, related_name="notices"
    )
    at = models.DateTimeField()
    read_at = models.DateTimeField(null=True, blank=True)
    state = models.CharField(max_length=8, choices=MailState.choices, default=MailState.WAITING)
    due_at = models.DateTimeField()
    mailed_in = models.UUIDField(null=True, blank=True, editable=False)

    class Meta:
        indexes = [
            # The sweep's question, over all practices and inside one.
            models.Index(
                fields=["due_at", "practice_id"],
                condition=models.Q(state=MailState.WAITING),
                name="notice_due",
            ),
            models.Index(fields=["practice_id", "member", "-at"], name="notice_of"),
            models.Index(
                fields=["practice_id", "member"],
                condition=models.Q(read_at=None),
                name="notice_unread",
            ),
            models.Index(
                fields=["practice_id", "mailed_in"],
                condition=models.Q(mailed_in__isnull=False),
                name="notice_mailed",
            ),
            models.Index(fields=["practice_id", "item"], name="notice_about"),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["practice_id", "member", "code", "subject_id"], name="notice_once"
            )
        ]

    @property
    def kind(self) -> NoticeKind:
        """What a person chooses the mail by."""
        return KIND_OF[NoticeCode(self.code)]


class NoticePreference(PracticeOwned):
    """Whether one person wants mail about one kind of news; without a row the usual."""

    member: models.ForeignKey[Membership, Membership] = PracticeForeignKey(
        Membership, models.CASCADE, related_name="+"
    )
    kind = models.CharField(max_length=8, choices=NoticeKind.choices)
    mail = models.CharField(max_length=8, choices=Mail.choices)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["practice_id", "member", "kind"], name="notice_preference_once"
            )
        ]
