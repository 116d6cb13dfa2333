"""Alerts and tasks, the ladder of an alert, and what people are told."""

from portal.work.models.items import (
    WorkAudience,
    WorkItem,
    WorkKind,
    WorkQuerySet,
    WorkState,
    WorkStep,
)
from portal.work.models.ladder import AlertRung, Rung, RungState
from portal.work.models.notices import (
    KIND_OF,
    Mail,
    MailState,
    Notice,
    NoticeCode,
    NoticeKind,
    NoticePreference,
)

__all__ = [
    "KIND_OF",
    "AlertRung",
    "Mail",
    "MailState",
    "Notice",
    "NoticeCode",
    "NoticeKind",
    "NoticePreference",
    "Rung",
    "RungState",
    "WorkAudience",
    "WorkItem",
    "WorkKind",
    "WorkQuerySet",
    "WorkState",
    "WorkStep",
]
