"""Who answers for a risk: lead clinician, cover, duty clinician, manager."""

from __future__ import annotations

from collections.abc import Collection
from uuid import UUID

from portal.people import reach
from portal.people.selectors import lead_clinician_of
from portal.practices.models import Membership
from portal.practices.selectors import clinicians, managers, settings_of_practice


def responsible_for(patient_id: UUID) -> UUID | None:
    """Who answers for a risk now: lead clinician or cover, then duty clinician, then a manager.

    None only in a practice that has none of them; the item then stands on every clinician's list.
    """
    lead = lead_clinician_of(patient_id)
    found = (lead and _clinician_in_place_of(lead.pk)) or on_duty() or managers().first()
    return found.pk if found else None


def next_after(
    patient_id: UUID, *, standing_with: UUID | None, tried: Collection[UUID]
) -> UUID | None:
    """The clinician to ask next about a risk that nobody has acknowledged, or None.

    The cover of whoever it stands with, the lead clinician and their cover, the duty clinician and
    theirs: the first who is a clinician now, is not away, and has not been asked yet (`tried`).
    """
    lead = lead_clinician_of(patient_id)
    people = [standing_with, lead.pk if lead else None, settings_of_practice().duty_clinician_id]
    known = [person for person in people if person is not None]
    covers = reach.covers_of(known)
    line = [each for person in known for each in (covers.get(person), person) if each]
    away = reach.covers_of(line)
    able = clinicians().in_bulk(line)
    return next((x for x in line if x in able and x not in tried and x not in away), None)


def on_duty() -> Membership | None:
    """The duty clinician or their cover, where that is somebody who can take a risk on."""
    duty = settings_of_practice().duty_clinician_id
    return _clinician_in_place_of(duty) if duty is not None else None


def _clinician_in_place_of(membership_id: UUID) -> Membership | None:
    """Their cover, or else they themselves: whoever is a clinician now, since roles change."""
    cover = reach.cover_for(membership_id)
    able = clinicians().in_bulk([each for each in (cover, membership_id) if each])
    return (able.get(cover) if cover else None) or able.get(membership_id)
