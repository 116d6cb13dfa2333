"""What reminders bring to the pages that gather several apps."""

from __future__ import annotations

from uuid import UUID

from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext_lazy as _

from portal import clock
from portal.access.permissions import Permission
from portal.access.viewer import Viewer
from portal.appointments.models import Appointment
from portal.appointments.selectors import appointments_for, last_move
from portal.people.contact_points import contact_points_by_id, text_numbers_of
from portal.people.models import Patient
from portal.people.selectors import patients_for
from portal.practices.selectors import current_practice, settings_of_practice
from portal.practices.set_up import SetUpStep
from portal.ui.cards import Card, NavItem
from portal.work.models import WorkItem
from reminders import notice, selectors, sentences
from reminders.health import dispatcher_health
from reminders.reach import number_is_shut
from reminders.stops import open_stops
from reminders.visit_answers import answers_about

_ON_A_CARD = 4
_ABOUT_A_VISIT = 8
# Tasks that are done on the visit's page rather than by reading words again.
_ABOUT_THE_VISIT = frozenset({"inbound.cannot_come", "inbound.cancel"})


def staff_nav(viewer: Viewer) -> list[NavItem]:
    """One entry; the count is what people wrote back and nobody has answered."""
    if not viewer.can(Permission.REMINDER_SEE):
        return []
    count = selectors.waiting_at_hand(viewer)
    waiting = None
    if count is None and viewer.can(Permission.INBOUND_READ):
        waiting = selectors.inbound_waiting_for(viewer)
    return [
        NavItem(_("Reminders"), "reminders:ledger", "send", 60, count=count or 0, waiting=waiting)
    ]


def staff_cards(viewer: Viewer) -> list[Card]:
    """Trouble with texts, above everything but risk; replies that wait for somebody."""
    if not viewer.can(Permission.REMINDER_SEE):
        return []
    cards = []
    health, stops = dispatcher_health(), open_stops()
    if stops or not health.is_well:
        context = {"health": health, "stops": stops}
        cards.append(
            Card("texts_trouble", "reminders/staff/trouble_card.html", context, 20, column="top")
        )
    if viewer.can(Permission.INBOUND_READ):
        waiting = selectors.count_of_waiting(viewer)
        if waiting:
            cards.append(
                Card(
                    "replies",
                    "reminders/staff/replies_card.html",
                    {"waiting": waiting},
                    order=45,
                    column="aside",
                )
            )
    return cards


def patient_page_cards(viewer: Viewer, patient: Patient) -> list[Card]:
    """The texts of one patient, and whether any can go out."""
    if not viewer.can(Permission.REMINDER_SEE):
        return []
    rows = selectors.reminders_of_patient(viewer, patient)[:_ON_A_CARD]
    points = text_numbers_of({patient.pk})
    point = points.get(patient.pk)
    context = {
        "lines": sentences.lines(rows, zone=current_practice().time_zone),
        "shut": number_is_shut(point),
        "point": point,
        "patient": patient,
    }
    return [
        Card("reminders", "reminders/staff/patient_card.html", context, order=70, column="aside")
    ]


def appointment_cards(viewer: Viewer, appointment: Appointment) -> list[Card]:
    """What was sent about a visit, and what the patient answered."""
    if not selectors.sees_texts_of(viewer, appointment.patient_id):
        return []
    zone = current_practice().time_zone
    rows = list(selectors.about_visit(viewer, appointment.pk))
    move = last_move(appointment)
    visit = sentences.VisitNow(appointment, *(move or (None, False)))
    context = {
        "appointment": appointment,
        "untold": sentences.untold(visit, rows),
        "is_past": appointment.starts_at <= clock.now(),
        "answers": answers_about(viewer, visit, rows, zone=zone),
        "lines": sentences.lines(rows[:_ABOUT_A_VISIT], zone=zone, visit=visit),
        "more": len(rows) > _ABOUT_A_VISIT,
        "has_left": any(row.sent_at is not None for row in rows),
    }
    return [Card("texts", "reminders/staff/visit_card.html", context, order=30)]


def set_up_steps(viewer: Viewer) -> list[SetUpStep]:
    """Until a text is set up, nobody is reminded of anything."""
    any_policy = selectors.policies_in_force().exists()
    return [
        SetUpStep(
            "reminders",
            _("Reminders"),
            _("Texts go out before each visit.")
            if any_policy
            else _("Choose which text goes out before a visit. You can do it after opening."),
            done=any_policy,
            url_name="reminders:policies",
            required=False,
            order=75,
        )
    ]


def settings_notes(viewer: Viewer) -> list[str]:
    """Texts that come too late to choose another time from them."""
    settings = settings_of_practice()
    if not settings.texts_enabled:
        return []
    return notice.about_all(selectors.policies_in_force(), settings)


def work_link(viewer: Viewer, item: WorkItem) -> str | None:
    """A reply leads to the visit it is about, else to its words; a text to its row."""
    if item.source_id is None or not viewer.can(Permission.REMINDER_SEE):
        return None
    if item.source_type == "reminders.inboundmessage":
        return _reply_link(viewer, item)
    if item.source_type == "reminders.linktoken":
        return _visit_link(viewer, selectors.visit_of_link(item.source_id))
    if item.source_type == "reminders.reminder":
        known = selectors.reminders_for(viewer).filter(pk=item.source_id).exists()
        return reverse("reminders:reminder", args=[item.source_id]) if known else None
    if item.source_type == "people.contactpoint":
        return _number_link(viewer, item)
    if item.source_type == "reminders.channelstop":
        return reverse("reminders:ledger")
    return None


def _number_link(viewer: Viewer, item: WorkItem) -> str | None:
    """The page that puts another number in the place of a dead one."""
    if not viewer.can(Permission.PATIENT_CONTACT_EDIT):
        return None
    point = contact_points_by_id([item.source_id]).get(item.source_id) if item.source_id else None
    if point is None or not patients_for(viewer).filter(pk=point.patient_id).exists():
        return None
    if point.ended_at is not None:
        return reverse("people:details", args=[point.patient_id])
    page = reverse("people:contact_replace", args=[point.patient_id, point.pk])
    return f"{page}?{urlencode({'next': reverse('home:work_item', args=[item.pk])})}"


def _reply_link(viewer: Viewer, item: WorkItem) -> str | None:
    source = item.source_id
    if source is None:
        return None
    if item.code in _ABOUT_THE_VISIT:
        link = _visit_link(viewer, selectors.visit_of_reply(source))
        if link is not None:
            return link
    known = selectors.inbound_for(viewer).filter(pk=source).exists()
    return reverse("reminders:reply", args=[source]) if known else None


def _visit_link(viewer: Viewer, appointment_id: UUID | None) -> str | None:
    if appointment_id is None or not viewer.can(Permission.SCHEDULE_SEE):
        return None
    known = appointments_for(viewer).filter(pk=appointment_id).exists()
    return reverse("appointments:detail", args=[appointment_id]) if known else None
