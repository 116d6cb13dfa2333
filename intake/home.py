"""What forms bring to the gathered pages: one thing to do, what came back, totals over time."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext_lazy

from intake import presenters, selectors
from intake.catalogue import form_of
from intake.history import history_views
from intake.models import Assignment, Response
from intake.services import scores
from portal import clock
from portal.access.permissions import Permission
from portal.access.roles import Role
from portal.access.viewer import Viewer
from portal.appointments.selectors import upcoming_of
from portal.people.models import Patient
from portal.practices.selectors import current_practice
from portal.ui.cards import Card, NavItem
from portal.work.models import WorkItem

SOON = dt.timedelta(days=7)
MOST_ON_A_CARD = 5


def patient_tabs(viewer: Viewer) -> list[NavItem]:
    if not viewer.can(Permission.RESPONSE_SUBMIT):
        return []
    at_hand = selectors.waiting_at_hand(viewer)
    return [
        NavItem(
            gettext_lazy("Forms"),
            "intake:assignment_list",
            "clipboard-list",
            order=20,
            count=len(at_hand or []),
            waiting=selectors.waiting_for(viewer) if at_hand is None else None,
        )
    ]


def staff_nav(viewer: Viewer) -> list[NavItem]:
    items = []
    if viewer.can(Permission.ASSIGNMENT_STATE_SEE):
        items.append(
            NavItem(
                gettext_lazy("Forms"), "intake:staff_assignment_list", "clipboard-list", order=50
            )
        )
    if viewer.can(Permission.QUESTIONNAIRE_MANAGE):
        items.append(
            NavItem(
                gettext_lazy("Questionnaires"), "intake:questionnaire_list", "layout-grid", order=80
            )
        )
    return items


def patient_cards(viewer: Viewer) -> list[Card]:
    """One thing to do: the form that is wanted first. For a carer, that one is waiting."""
    if Role.PROXY in viewer.roles:
        return _helped_cards(viewer)
    if not viewer.can(Permission.RESPONSE_SUBMIT):
        return []
    waiting = selectors.waiting_with_answers(viewer)
    if not waiting:
        return []
    assignment, given = waiting[0]
    context: dict[str, Any] = {
        "assignment": assignment,
        "progress": presenters.progress_of(form_of(assignment.version), given),
        "before": _next_day(viewer),
        "readers": selectors.readers_of(viewer),
        "more": len(waiting) - 1,
    }
    return [Card("forms", "intake/patient/card_waiting.html", context, order=20)]


def staff_cards(viewer: Viewer) -> list[Card]:
    """Risk answers in forms that were not sent, above all; forms to read, at the side."""
    if not viewer.can(Permission.RESPONSE_READ):
        return []
    cards = []
    unsent = list(selectors.unsent_flags_for(viewer)[:MOST_ON_A_CARD])
    if unsent:
        risk = {"flags": unsent}
        cards.append(
            Card("unsent_risk", "intake/staff/card_unsent.html", risk, order=10, column="top")
        )
    unread = list(selectors.unread_for(viewer)[: MOST_ON_A_CARD + 1])
    if unread:
        context = {
            "assignments": unread[:MOST_ON_A_CARD],
            "response_ids": {row.pk: vars(row)["response_id"] for row in unread},
            "more": len(unread) > MOST_ON_A_CARD,
        }
        cards.append(
            Card("unread_forms", "intake/staff/card_unread.html", context, order=30, column="aside")
        )
    return cards


def patient_page_tabs(viewer: Viewer, patient: Patient) -> list[NavItem]:
    if not viewer.can(Permission.ASSIGNMENT_STATE_SEE):
        return []
    return [
        NavItem(gettext_lazy("Forms"), "intake:patient_assignments", "clipboard-list", order=40)
    ]


def patient_page_cards(viewer: Viewer, patient: Patient) -> list[Card]:
    """The patient's forms and, for the care team, the totals over time."""
    if not viewer.can(Permission.ASSIGNMENT_STATE_SEE):
        return []
    shown = list(selectors.assignments_of(viewer, patient)[:MOST_ON_A_CARD])
    histories = scores.open_scores(patient=patient, by=viewer)
    cards = []
    if histories:
        totals = {"histories": history_views(histories)}
        cards.append(Card("scores", "intake/staff/card_scores.html", totals, order=30))
    context = {
        "patient": patient,
        "assignments": shown,
        "response_ids": selectors.response_ids_of(viewer, shown),
        "may_assign": viewer.can(Permission.QUESTIONNAIRE_ASSIGN),
        "today": clock.today(current_practice().time_zone),
    }
    cards.append(Card("forms", "intake/staff/card_patient.html", context, order=40, column="aside"))
    return cards


def session_cards(viewer: Viewer, patient: Patient) -> list[Card]:
    """Where the scores are going, before the hour."""
    histories = scores.open_scores(patient=patient, by=viewer)
    if not histories:
        return []
    context = {"histories": history_views(histories)}
    return [Card("scores", "intake/staff/card_brief.html", context, order=20)]


def work_link(viewer: Viewer, item: WorkItem) -> str | None:
    """The page an alert of a form is about, where this person may open it."""
    if not viewer.can(Permission.RESPONSE_READ) or item.source_id is None:
        return None
    if item.source_type == Response._meta.label_lower:
        found = selectors.responses_for(viewer).filter(pk=item.source_id)
        return reverse("intake:response_detail", args=[item.source_id]) if found.exists() else None
    if item.source_type == Assignment._meta.label_lower:
        asked = selectors.assignments_for(viewer).filter(pk=item.source_id)
        page = reverse("intake:staff_assignment_detail", args=[item.source_id])
        return page if asked.exists() else None
    return None


def _helped_cards(viewer: Viewer) -> list[Card]:
    helped = selectors.helped_patients_with_forms(viewer)
    if not helped:
        return []
    return [Card("forms", "intake/patient/card_helped.html", {"patients": helped}, order=20)]


def _next_day(viewer: Viewer) -> dt.datetime | None:
    """When the next appointment is, if it is near enough to do something before it."""
    appointment = next(iter(upcoming_of(viewer)), None)
    if appointment is None or appointment.starts_at - clock.now() > SOON:
        return None
    return appointment.starts_at
