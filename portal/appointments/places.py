"""Where meetings take place: the practice's locations, read and changed."""

from __future__ import annotations

from uuid import UUID

from django.db import IntegrityError, transaction
from django.db.models import F, QuerySet
from django.utils.translation import gettext as _

from portal import clock
from portal.access.viewer import Actor
from portal.appointments.models import Location
from portal.audit import services as audit
from portal.tenancy.errors import DomainError, NotFound


def locations_in_use() -> QuerySet[Location]:
    """Those that can be booked."""
    return Location.objects.filter(retired_at=None).order_by("name")


def locations_of_practice() -> QuerySet[Location]:
    """Every location, those still offered first."""
    return Location.objects.order_by(F("retired_at").asc(nulls_first=True), "name")


def location_named(location_id: UUID) -> Location:
    """One location. Raises NotFound."""
    found = Location.objects.filter(pk=location_id).first()
    if found is None:
        raise NotFound("No such location.")
    return found


def add_location(*, name: str, address: str, directions: str, by: Actor) -> Location:
    """A place that can be booked. Raises DomainError for a name that is there already."""
    row = _save(Location(name=name, address=address, directions=directions))
    audit.record("location.add", by=by, obj=row)
    return row


def change_location(
    *, location: Location, name: str, address: str, directions: str, by: Actor
) -> Location:
    """Its name and how one gets there; what is booked there says the new words at once."""
    location.name, location.address, location.directions = name, address, directions
    _save(location)
    audit.record("location.change", by=by, obj=location)
    return location


def retire_location(*, location: Location, by: Actor) -> Location:
    """No longer offered; what is booked there keeps it."""
    location.retired_at = clock.now()
    location.save(update_fields=["retired_at"])
    audit.record("location.retire", by=by, obj=location)
    return location


def offer_location_again(*, location: Location, by: Actor) -> Location:
    """A location that was no longer offered can be booked again."""
    location.retired_at = None
    location.save(update_fields=["retired_at"])
    audit.record("location.offer_again", by=by, obj=location)
    return location


def _save(row: Location) -> Location:
    try:
        with transaction.atomic():
            row.save()
    except IntegrityError as error:
        raise DomainError(_("A location of this name exists already.")) from error
    return row
