"""Writing how to reach a patient, and their consent to it."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from portal import clock
from portal.access.viewer import Actor
from portal.audit import services as audit
from portal.people.models import ContactPoint, ContactSystem, Patient, contact_token
from portal.people.services.patients import hold, only_these
from portal.tenancy.errors import DomainError


def add_contact_point(
    *,
    patient: Patient,
    system: ContactSystem,
    value: str,
    by: Actor,
    consent_how: str = "",
    discreet: bool = True,
    safe_from: dt.time | None = None,
    safe_until: dt.time | None = None,
    rank: int = 1,
) -> ContactPoint:
    """A number or address; with `consent_how` (in which words, where) it may be used at once.

    A number from which somebody has said STOP stays stopped, whoever's record it comes to.
    """
    now = clock.now()
    hold(patient)
    if ContactPoint.objects.filter(
        patient=patient, system=system, value_token=contact_token(value), ended_at=None
    ).exists():
        raise DomainError(_("This is on the record already."))
    point = ContactPoint.objects.create(
        patient=patient,
        system=system,
        value=value,
        discreet=discreet,
        rank=rank,
        safe_from=safe_from,
        safe_until=safe_until,
        consent_how=consent_how,
        consent_given_at=now if consent_how else None,
        consent_by_id=by.membership_id if consent_how else None,
        stopped_at=_stopped_at(value) if system == ContactSystem.SMS else None,
        created_at=now,
    )
    _audit_contact("contact.add", point, by)
    return point


def replace_contact_point(
    *, point: ContactPoint, value: str, by: Actor, consent_how: str = ""
) -> ContactPoint:
    """Another number or address in the place of one, with its rank, discretion and safe hours.

    What the person agreed to was the old one: without `consent_how` nothing is sent to the new.
    Raises DomainError where somebody else has replaced or removed it meanwhile.
    """
    hold(point.patient)
    point.refresh_from_db(fields=["ended_at"])
    if point.ended_at is not None:
        raise DomainError(_("Somebody has changed this meanwhile. Look at the record again."))
    new = add_contact_point(
        patient=point.patient,
        system=ContactSystem(point.system),
        value=value,
        consent_how=consent_how,
        discreet=point.discreet,
        safe_from=point.safe_from,
        safe_until=point.safe_until,
        rank=point.rank,
        by=by,
    )
    remove_contact_point(point=point, by=by)
    return new


def give_consent(*, point: ContactPoint, how: str, by: Actor) -> ContactPoint:
    """The person agrees to be reached there; `how` says in which words or on which form.

    Consent does not undo STOP: only the person's own START does.
    """
    point.consent_given_at, point.consent_by_id, point.consent_how = (
        clock.now(),
        by.membership_id,
        how,
    )
    point.save(update_fields=["consent_given_at", "consent_by", "consent_how"])
    _audit_contact("contact.consent", point, by)
    return point


def withdraw_consent(*, point: ContactPoint, by: Actor) -> ContactPoint:
    point.consent_given_at, point.consent_by, point.consent_how = None, None, ""
    point.save(update_fields=["consent_given_at", "consent_by", "consent_how"])
    _audit_contact("contact.withdraw_consent", point, by)
    return point


def change_contact_point(*, point: ContactPoint, by: Actor, **values: Any) -> ContactPoint:
    """Change discretion or the hours in which it is safe to reach them."""
    only_these(values, frozenset({"discreet", "safe_from", "safe_until", "rank"}))
    for field, value in values.items():
        setattr(point, field, value)
    point.save(update_fields=list(values))
    _audit_contact("contact.change", point, by)
    return point


def stop_texts(*, value: str, by: Actor) -> int:
    """STOP from that number: nothing more is sent to it, for any patient. Returns how many."""
    points = ContactPoint.objects.filter(
        system=ContactSystem.SMS, value_token=contact_token(value), ended_at=None, stopped_at=None
    ).select_for_update()
    stopped = 0
    for point in points:
        point.stopped_at = clock.now()
        point.save(update_fields=["stopped_at"])
        _audit_contact("contact.stop", point, by)
        stopped += 1
    return stopped


def start_texts(*, value: str, by: Actor) -> int:
    """START from that number undoes STOP. Returns how many contact points listen again.

    Also where it is off the record by now: it may come back to one.
    """
    started = 0
    for point in _stopped(value).select_for_update():
        point.stopped_at = None
        point.save(update_fields=["stopped_at"])
        _audit_contact("contact.start", point, by)
        started += point.ended_at is None
    return started


def _stopped(value: str) -> QuerySet[ContactPoint]:
    """All that ever stood on a record with that number and heard STOP, and no START since."""
    return ContactPoint.objects.filter(
        system=ContactSystem.SMS, value_token=contact_token(value), stopped_at__isnull=False
    )


def _stopped_at(value: str) -> dt.datetime | None:
    stopped = _stopped(value).order_by("-stopped_at")
    return stopped.values_list("stopped_at", flat=True).first()


def mark_bad(*, point: ContactPoint, by: Actor) -> ContactPoint:
    """The provider says that nobody can be reached there."""
    point.bad_since = clock.now()
    point.save(update_fields=["bad_since"])
    _audit_contact("contact.mark_bad", point, by)
    return point


def remove_contact_point(*, point: ContactPoint, by: Actor) -> ContactPoint:
    point.ended_at = clock.now()
    point.save(update_fields=["ended_at"])
    _audit_contact("contact.remove", point, by)
    return point


def _audit_contact(action: str, point: ContactPoint, by: Actor) -> None:
    audit.record(
        action, by=by, obj=point, patient_id=point.patient_id, details={"system": point.system}
    )
