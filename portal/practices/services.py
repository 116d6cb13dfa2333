"""Writing practices and memberships."""

from __future__ import annotations

import uuid
import zoneinfo
from typing import Any
from uuid import UUID

from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from portal import clock
from portal.access.roles import PATIENT_ROLES, STAFF_ROLES, Role
from portal.access.viewer import Actor
from portal.audit import services as audit
from portal.practices.models import (
    SLUG,
    Membership,
    MembershipStatus,
    Practice,
    PracticeSettings,
    PracticeStatus,
)
from portal.practices.prefix import RESERVED
from portal.practices.selectors import managers
from portal.tenancy.context import practice_scope
from portal.tenancy.errors import DomainError

PUBLIC_FACTS = frozenset(
    {"name", "town", "time_zone", "country", "phone", "email", "address", "accent", "about"}
)
WAYS_OF_WORKING = frozenset(
    {
        "hours",
        "crisis_lines",
        "emergency_number",
        "duty_clinician",
        "sms_transport",
        "texts_enabled",
        "texts_confirmed_at",
        "segment_price",
        "currency",
        "quiet_from",
        "quiet_until",
        "late_cancel_hours",
        "reschedule_notice_hours",
        "hours_confirmed_at",
    }
)


def create_practice(*, slug: str, name: str, by: Actor, **facts: Any) -> Practice:
    """A new practice in set-up, with its settings row.

    `facts` are any of PUBLIC_FACTS. Raises DomainError for a slug that is taken, reserved or not
    an address, and for an unknown time zone.
    """
    _check_slug(slug)
    zone = facts.get("time_zone", "Europe/London")
    if zone not in zoneinfo.available_timezones():
        raise DomainError(
            _("%(zone)s is not a time zone; write one like Europe/London.") % {"zone": zone}
        )
    practice_id = uuid.uuid4()
    with practice_scope(practice_id):
        now = clock.now()
        practice = Practice.objects.create(
            pk=practice_id, slug=slug, name=name, created_at=now, **facts
        )
        PracticeSettings.objects.create(updated_at=now)
        audit.record("practice.create", by=by, obj=practice)
    return practice


def _check_slug(slug: str) -> None:
    try:
        SLUG(slug)
    except ValidationError as error:
        raise DomainError(f"{slug!r}: {error.messages[0]}") from error
    if slug in RESERVED:
        raise DomainError(
            _("“%(slug)s” is kept for the portal itself. Choose another.") % {"slug": slug}
        )
    if Practice.objects.filter(slug=slug).exists():
        raise DomainError(_("A practice called “%(slug)s” exists already.") % {"slug": slug})


def change_facts(*, practice: Practice, by: Actor, **facts: Any) -> Practice:
    """Change public facts about the practice; only those named are written."""
    unknown = set(facts) - PUBLIC_FACTS
    if unknown:
        raise TypeError(f"not public facts: {sorted(unknown)}")
    for field, value in facts.items():
        setattr(practice, field, value)
    practice.save(update_fields=list(facts))
    audit.record("practice.change", by=by, obj=practice, details={"fields": sorted(facts)})
    return practice


def change_settings(*, settings: PracticeSettings, by: Actor, **values: Any) -> PracticeSettings:
    """Change how the practice works; only the fields named are written."""
    unknown = set(values) - WAYS_OF_WORKING
    if unknown:
        raise TypeError(f"not settings: {sorted(unknown)}")
    for field, value in values.items():
        setattr(settings, field, value)
    settings.updated_at = clock.now()
    settings.save(update_fields=[*values, "updated_at"])
    audit.record("practice.settings", by=by, obj=settings, details={"fields": sorted(values)})
    return settings


def open_practice(*, practice: Practice, by: Actor) -> Practice:
    """Set-up is done: texts and sign-in for patients begin."""
    practice.status = PracticeStatus.ACTIVE
    practice.save(update_fields=["status"])
    audit.record("practice.open", by=by, obj=practice)
    return practice


def add_member(
    *, user: Any, roles: set[Role], display_name: str, by: Actor, patient_id: UUID | None = None
) -> Membership:
    """Give a person a place in the practice; somebody who had left comes back.

    Raises DomainError where staff and patient roles would meet in one account, and for a record
    that has an account already.
    """
    _check_roles(roles)
    existing = Membership.objects.filter(user=user).first()
    if existing and existing.status == MembershipStatus.ACTIVE:
        raise DomainError(_("This account already has a place in this practice."))
    owners = Membership.objects.filter(patient_id=patient_id).exclude(user=user)
    if patient_id is not None and owners.exists():
        raise DomainError(_("There is an account for this record already. Sign in with that one."))
    values = {
        "roles": sorted(role.value for role in roles),
        "display_name": display_name,
        "patient_id": patient_id,
        "joined_at": clock.now(),
    }
    if existing:
        for field, value in values.items():
            setattr(existing, field, value)
        existing.status, existing.left_at = MembershipStatus.ACTIVE, None
        existing.save(update_fields=[*values, "status", "left_at"])
        membership = existing
    else:
        try:
            with transaction.atomic():
                membership = Membership.objects.create(user=user, **values)
        except IntegrityError as error:  # somebody was quicker
            raise DomainError(_("There is an account for this already.")) from error
    audit.record("membership.add", by=by, obj=membership, details={"roles": values["roles"]})
    return membership


def change_roles(*, membership: Membership, roles: set[Role], by: Actor) -> Membership:
    """Change what a member of staff may do. The last manager stays a manager."""
    _check_roles(roles)
    if not roles <= STAFF_ROLES or not membership.is_staff:
        raise DomainError(_("Only the roles of staff can be changed here."))
    if Role.MANAGER not in roles:
        _keep_a_manager(membership)
    before = sorted(membership.roles)
    membership.roles = sorted(role.value for role in roles)
    membership.save(update_fields=["roles"])
    audit.record(
        "membership.change_roles",
        by=by,
        obj=membership,
        details={"before": before, "after": membership.roles},
    )
    return membership


def end_membership(*, membership: Membership, by: Actor) -> Membership:
    """The person leaves the practice: their next request finds no place here.

    The row stays, so that what they wrote keeps its author.
    """
    if membership.status == MembershipStatus.LEFT:
        return membership
    _keep_a_manager(membership)
    membership.status, membership.left_at = MembershipStatus.LEFT, clock.now()
    membership.save(update_fields=["status", "left_at"])
    audit.record("membership.end", by=by, obj=membership)
    return membership


def note_privacy_seen(*, membership: Membership, version: str, by: Actor) -> Membership:
    """The person has read the privacy notice of that version and agreed to use the portal."""
    membership.privacy_seen_at, membership.privacy_version = clock.now(), version
    membership.save(update_fields=["privacy_seen_at", "privacy_version"])
    audit.record("privacy.agree", by=by, obj=membership, details={"version": version})
    return membership


def _check_roles(roles: set[Role]) -> None:
    if not roles:
        raise DomainError(_("Choose at least one role."))
    if roles & STAFF_ROLES and roles & PATIENT_ROLES:
        raise DomainError(
            _("One account cannot be staff and patient of the same practice. Use two accounts.")
        )


def _keep_a_manager(membership: Membership) -> None:
    """Refuse for the last one; managers are held, so that two cannot go because of each other."""
    if Role.MANAGER not in membership.role_set:
        return
    held = managers().order_by("pk").select_for_update(no_key=True)
    if all(each.pk == membership.pk for each in held):
        raise DomainError(_("This is the only manager. Make someone else a manager first."))
