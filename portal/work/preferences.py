"""Which news a person wants by mail.

Notices inside the portal cannot be switched off. A risk is mailed whatever was chosen to whoever is
the last who could hear of it: the duty clinician, and managers of whom no other would.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from uuid import UUID

from django.utils.translation import gettext as _

from portal.access.viewer import Viewer
from portal.audit import services as audit
from portal.practices.selectors import managers, settings_of_practice
from portal.tenancy.errors import DomainError
from portal.work.models import Mail, NoticeKind, NoticePreference
from portal.work.responsible import on_duty

USUAL = {NoticeKind.RISK: Mail.AT_ONCE, NoticeKind.WORK: Mail.DIGEST}
CHOICES: dict[NoticeKind, tuple[Mail, ...]] = {
    NoticeKind.RISK: (Mail.AT_ONCE, Mail.NEVER),  # a risk that can wait a day is none
    NoticeKind.WORK: (Mail.AT_ONCE, Mail.DIGEST, Mail.NEVER),
}


def mail_of(members: Iterable[UUID]) -> dict[tuple[UUID, NoticeKind], Mail]:
    """What each of these people gets by mail, for every kind. A few queries for all of them."""
    wanted = set(members)
    chosen = _chosen(wanted)
    cannot = cannot_switch_off(wanted)
    return {
        (member, kind): Mail.AT_ONCE
        if kind == NoticeKind.RISK and member in cannot
        else chosen.get((member, kind), USUAL[kind])
        for member in wanted
        for kind in NoticeKind
    }


def cannot_switch_off(members: Iterable[UUID]) -> set[UUID]:
    """Those of these people who are mailed about a risk whatever they chose."""
    duty = on_duty()
    must = {settings_of_practice().duty_clinician_id, duty.pk if duty else None}
    bosses = set(managers().values_list("pk", flat=True))
    off = NoticePreference.objects.filter(
        member_id__in=bosses, kind=NoticeKind.RISK, mail=Mail.NEVER
    )
    silent = set(off.values_list("member_id", flat=True))
    hearing = bosses - silent
    wanted = set(members)
    return {
        member
        for member in wanted
        if member in must or (member in bosses and not hearing - {member})
    }


def choose(*, mail: Mapping[NoticeKind, Mail], by: Viewer) -> None:
    """Keep what somebody chose for themselves, one choice for each kind."""
    for kind, choice in mail.items():
        if choice not in CHOICES[kind]:
            raise DomainError(_("Choose one of these."))
    if mail.get(NoticeKind.RISK) == Mail.NEVER and cannot_switch_off([by.membership_id]):
        raise DomainError(
            _("This stays on: you are on duty, or nobody else would hear that a risk waits.")
        )
    for kind, choice in mail.items():
        NoticePreference.objects.update_or_create(
            member_id=by.membership_id, kind=kind, defaults={"mail": choice}
        )
    audit.record(
        "notices.choose", by=by, details={str(kind): str(choice) for kind, choice in mail.items()}
    )


def _chosen(members: set[UUID]) -> dict[tuple[UUID, NoticeKind], Mail]:
    rows = NoticePreference.objects.filter(member_id__in=members)
    return {
        (member, NoticeKind(kind)): Mail(mail)
        for member, kind, mail in rows.values_list("member_id", "kind", "mail")
    }
