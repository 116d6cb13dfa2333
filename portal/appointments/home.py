"""Appointments on the gathered pages."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from portal import clock
from portal.access.permissions import Permission
from portal.access.roles import Role
from portal.access.viewer import Viewer
from portal.appointments import asking, away, selectors
from portal.appointments.models import CANCELLED, Appointment
from portal.appointments.words import times_together
from portal.people.models import Patient
from portal.people.selectors import hold_own_patient
from portal.practices.models import Membership
from portal.practices.selectors import current_practice
from portal.practices.set_up import SetUpStep
from portal.tenancy.errors import NotFound
from portal.ui.cards import Card, NavItem
from portal.work.models import WorkItem

MOST_ON_A_CARD = 6


def patient_tabs(viewer: Viewer) -> list[NavItem]:
    if not viewer.can(Permission.APPOINTMENT_OWN):
        return []
    return [NavItem(gettext_lazy("Appointments"), "appointments:own", "calendar", order=20)]


def staff_nav(viewer: Viewer) -> list[NavItem]:
    items = []
    if viewer.can(Permission.SCHEDULE_SEE):
        items.append(
            NavItem(gettext_lazy("Schedule"), "appointments:schedule", "calendar", order=15)
        )
    if viewer.can(Permission.AVAILABILITY_EDIT):
        items.append(
            NavItem(
                gettext_lazy("Availability"),
                "appointments:availability",
                "calendar-clock",
                order=60,
            )
        )
    return items


def patient_cards(viewer: Viewer) -> list[Card]:
    """The next appointment of the patient; of each person whom a carer may help."""
    if not viewer.can(Permission.APPOINTMENT_OWN):
        return []
    first: dict[Any, Appointment] = {}
    for row in selectors.upcoming_of(viewer):
        hold_own_patient(viewer, row.patient)
        first.setdefault(row.patient_id, row)
    cards = [_next_card(viewer, row, order) for order, row in enumerate(first.values(), start=10)]
    if viewer.patient_id is not None and viewer.patient_id not in first:
        cards.append(Card("next-none", "portal/appointments/patient/none_card.html", {}, order=10))
    return cards


def _next_card(viewer: Viewer, row: Appointment, order: int) -> Card:
    own = row.patient_id == viewer.patient_id
    context = {
        "appointment": row,
        "for_whom": "" if own else row.patient.first_name,
        "together": times_together(selectors.session_number(row)) if own else "",
        "may_ask": asking.may_ask(row),
        "zone_note": _zone_note(row),
    }
    return Card(f"next-{row.pk}", "portal/appointments/patient/next_card.html", context, order)


def _zone_note(row: Appointment) -> str:
    """For somebody who lives by another clock: the same moment on theirs."""
    zone_name = row.patient.time_zone
    if not zone_name or zone_name == row.time_zone:
        return ""
    theirs = clock.local_time(row.starts_at, zone_name)
    if theirs.utcoffset() == clock.local_time(row.starts_at, row.time_zone).utcoffset():
        return ""
    return _("%(time)s where you are.") % {"time": f"{theirs:%H:%M}"}


def staff_cards(viewer: Viewer) -> list[Card]:
    """Today's people: a clinician's own, or the whole practice's for the desk and managers."""
    if not viewer.can(Permission.SCHEDULE_SEE):
        return []
    zone_name = current_practice().time_zone
    today = clock.today(zone_name)
    whole = bool(viewer.roles & selectors.SEES_WHOLE_SCHEDULE)
    read = selectors.on_day if whole else selectors.own_day_of
    rows = list(read(viewer, day=today, zone_name=zone_name))
    standing = [row for row in rows if row.status not in CANCELLED]
    now = clock.now()
    following = next((row for row in standing if row.ends_at > now and row.is_standing), None)
    context = {
        "visits": [(row, None if whole else selectors.session_number(row)) for row in standing],
        "cancelled": len(rows) - len(standing),
        "missed": sum(row.status == "no_show" for row in standing),
        "now": now,
        "next_id": following.pk if following else None,
        "whole": whole,
        "may_edit": viewer.can(Permission.SCHEDULE_EDIT),
    }
    cards = [Card("people-today", "portal/appointments/staff/today_card.html", context, order=20)]
    if viewer.can(Permission.OUTCOME_RECORD):
        cards += _unrecorded_card(viewer)
    return cards


def _unrecorded_card(viewer: Viewer) -> list[Card]:
    """Past appointments that nobody has said anything about; they blur every figure."""
    rows = selectors.unrecorded_for(viewer).order_by("-starts_at")
    if Role.MANAGER not in viewer.roles and Role.FRONT_DESK not in viewer.roles:
        rows = rows.filter(clinician_id=viewer.membership_id)
    found = list(rows[: MOST_ON_A_CARD + 1])
    if not found:
        return []
    context = {"rows": found[:MOST_ON_A_CARD], "more": len(found) > MOST_ON_A_CARD}
    template = "portal/appointments/staff/unrecorded_card.html"
    return [Card("unrecorded", template, context, order=60, column="aside")]


def patient_page_tabs(viewer: Viewer, patient: Patient) -> list[NavItem]:
    if not viewer.can(Permission.SCHEDULE_SEE):
        return []
    return [NavItem(gettext_lazy("Appointments"), "appointments:of_patient", "calendar", order=20)]


def patient_page_cards(viewer: Viewer, patient: Patient) -> list[Card]:
    """What is booked, and what became of the last ones."""
    if not viewer.can(Permission.SCHEDULE_SEE):
        return []
    context = {
        "patient": patient,
        "upcoming": selectors.upcoming_for(viewer).filter(patient=patient)[:MOST_ON_A_CARD],
        "past": selectors.past_of(viewer).filter(patient=patient)[:MOST_ON_A_CARD],
        "may_edit": viewer.can(Permission.SCHEDULE_EDIT),
    }
    return [Card("appointments", "portal/appointments/staff/patient_card.html", context, order=30)]


def session_cards(viewer: Viewer, patient: Patient) -> list[Card]:
    """When the two met last and when they meet again, before the hour."""
    if not viewer.can(Permission.SCHEDULE_SEE):
        return []
    now = clock.now()
    following = selectors.upcoming_for(viewer).filter(patient=patient, starts_at__gt=now).first()
    seen = selectors.last_attended_of_patients(viewer, [patient.pk]).get(patient.pk)
    context = {"following": following, "seen": seen, "patient": patient}
    return [Card("meetings", "portal/appointments/staff/brief_card.html", context, order=10)]


def left_behind(viewer: Viewer, member: Membership) -> list[str]:
    count = selectors.booked_with(member).count()
    if not count:
        return []
    return [
        ngettext(
            "%(count)d appointment is still booked with them. Move or cancel it on the schedule.",
            "%(count)d appointments are still booked with them. "
            "Move or cancel them on the schedule.",
            count,
        )
        % {"count": count}
    ]


def set_up_steps(viewer: Viewer) -> list[SetUpStep]:
    any_type = selectors.types_in_use().exists()
    return [
        SetUpStep(
            "types",
            _("Types of appointment"),
            _("There are types to book.")
            if any_type
            else _("Say how long a meeting is. Without a type nothing can be booked."),
            done=any_type,
            url_name="appointments:types",
            order=70,
        )
    ]


def work_link(viewer: Viewer, item: WorkItem) -> str | None:
    """A wish for another time leads to the appointment; what is booked in time off, to its list."""
    if item.code == away.BOOKED_MEANWHILE and item.source_id is not None:
        return _time_off_link(viewer, item.source_id)
    if item.source_type != "appointments.appointment" or not viewer.can(Permission.SCHEDULE_SEE):
        return None
    if not selectors.appointments_for(viewer).filter(pk__in=[item.source_id]).exists():
        return None
    return reverse("appointments:detail", args=[item.source_id])


def _time_off_link(viewer: Viewer, time_off_id: UUID) -> str | None:
    if not viewer.can(Permission.AVAILABILITY_EDIT):
        return None
    try:
        clinician = away.time_off_named(time_off_id).clinician
    except NotFound:
        return None
    if not selectors.bookable_clinicians_for(viewer).filter(pk=clinician.pk).exists():
        return None
    return reverse("appointments:time_off_of", args=[clinician.pk])
