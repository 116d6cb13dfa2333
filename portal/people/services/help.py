"""Writing who may help: carers of a patient, and cover for a colleague."""

from __future__ import annotations

import datetime as dt

from django.utils.translation import gettext as _

from portal import clock
from portal.access.roles import Role
from portal.access.viewer import Actor
from portal.audit import services as audit
from portal.people.models import Cover, Patient, ProxyCategory, ProxyGrant
from portal.practices.models import Membership
from portal.tenancy.errors import DomainError


def let_help(
    *,
    patient: Patient,
    proxy: Membership,
    relation: str,
    categories: set[ProxyCategory],
    ends_on: dt.date,
    by: Actor,
) -> ProxyGrant:
    """Let a carer see the categories named, until the date."""
    if Role.PROXY not in proxy.role_set:
        raise DomainError(_("This person has not been invited as a carer."))
    grant = ProxyGrant.objects.create(
        patient=patient,
        proxy=proxy,
        relation=relation,
        categories=sorted(category.value for category in categories),
        started_at=clock.now(),
        ends_on=ends_on,
    )
    audit.record("proxy.allow", by=by, obj=grant, patient_id=patient.pk)
    return grant


def end_help(*, grant: ProxyGrant, by: Actor) -> ProxyGrant:
    """The carer sees nothing more from now on; the row stays."""
    grant.ended_at = clock.now()
    grant.save(update_fields=["ended_at"])
    audit.record("proxy.end", by=by, obj=grant, patient_id=grant.patient_id)
    return grant


def arrange_cover(
    *,
    absent: Membership,
    cover: Membership,
    starts_at: dt.datetime,
    ends_at: dt.datetime,
    by: Actor,
) -> Cover:
    """While `absent` is away, `cover` sees their patients and their work list."""
    if ends_at <= starts_at:
        raise DomainError(_("The end must come after the beginning."))
    if absent.pk == cover.pk:
        raise DomainError(_("Someone else must cover."))
    if not (absent.role_set & cover.role_set & {Role.CLINICIAN, Role.FRONT_DESK, Role.MANAGER}):
        raise DomainError(_("Cover needs somebody with the same role."))
    Membership.objects.select_for_update(no_key=True).get(pk=absent.pk)  # others wait
    same = Cover.objects.filter(absent=absent, cover=cover, ended_at=None)
    if same.filter(starts_at__lt=ends_at, ends_at__gt=starts_at).exists():
        raise DomainError(_("This cover is arranged already."))
    row = Cover.objects.create(
        absent=absent, cover=cover, starts_at=starts_at, ends_at=ends_at, created_at=clock.now()
    )
    audit.record("cover.arrange", by=by, obj=row, details=_cover_ids(row))
    return row


def end_cover(*, cover: Cover, by: Actor) -> Cover:
    cover.ended_at = clock.now()
    cover.save(update_fields=["ended_at"])
    audit.record("cover.end", by=by, obj=cover, details=_cover_ids(cover))
    return cover


def _cover_ids(cover: Cover) -> dict[str, str]:
    return {"absent": str(cover.absent_id), "cover": str(cover.cover_id)}
