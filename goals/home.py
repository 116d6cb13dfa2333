"""What goals and notes bring to the gathered pages."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from goals import selectors
from goals.models import GoalState
from goals.services import goals
from portal import clock
from portal.access.permissions import Permission
from portal.access.viewer import Viewer
from portal.appointments.models import CANCELLED
from portal.appointments.selectors import own_day_of
from portal.people.models import Patient
from portal.people.selectors import clinical_patients_for
from portal.practices.selectors import current_practice
from portal.ui.cards import Card, NavItem

MOST_ON_A_CARD = 5


def patient_tabs(viewer: Viewer) -> list[NavItem]:
    """The patient's tabs: goals, and the notes shared with them."""
    items = []
    if viewer.can(Permission.GOAL_OWN):
        suggested = selectors.goals_for(viewer).filter(state=GoalState.SUGGESTED)
        at_hand = selectors.open_goals_at_hand(viewer)
        items.append(
            NavItem(
                _("Goals"),
                "goals:goal_list",
                "footprints",
                order=40,
                count=sum(goal.is_suggested for goal in at_hand or []),
                waiting=suggested if at_hand is None else None,
            )
        )
    if viewer.can(Permission.NOTE_OWN):
        items.append(NavItem(_("Notes"), "goals:shared_notes", "notebook-pen", order=60))
    return items


def staff_nav(viewer: Viewer) -> list[NavItem]:
    """The clinician's entry."""
    if not viewer.can(Permission.GOAL_STAFF):
        return []
    return [NavItem(_("Goals"), "goals:team_goals", "footprints", order=50)]


def patient_cards(viewer: Viewer) -> list[Card]:
    """The goal the person worked on last, with their own number."""
    if not viewer.can(Permission.GOAL_OWN):
        return []
    active = [goal for goal in selectors.open_goals_of(viewer) if goal.is_active]
    standings = selectors.standings_of(active)
    if not standings:
        return []
    lately = max(standings, key=lambda one: one.own.at if one.own else one.goal.created_at)
    context = {"standing": lately}
    return [Card("goal", "goals/patient/card_goal.html", context, order=60)]


def staff_cards(viewer: Viewer) -> list[Card]:
    """The way into today's sessions, with what is to be talked about; then unsigned notes."""
    if not viewer.can(Permission.NOTE_STAFF):
        return []
    cards = []
    zone_name = current_practice().time_zone
    visits = own_day_of(viewer, day=clock.today(zone_name), zone_name=zone_name)
    standing = [each for each in visits if each.is_open_to_viewer and each.status not in CANCELLED]
    patients = [visit.patient for visit in standing]
    unsigned = selectors.unsigned_notes(viewer, patients)
    if standing:
        brought: dict[object, int] = {}
        for goal in selectors.brought_for(viewer, patients):
            brought[goal.patient_id] = brought.get(goal.patient_id, 0) + 1
        begun = {note.patient_id for note in unsigned}
        rows = [
            (visit, brought.get(visit.patient_id, 0), visit.patient_id in begun)
            for visit in standing
        ]
        context = {"rows": rows}
        cards.append(
            Card("sessions", "goals/staff/card_sessions.html", context, order=25, column="aside")
        )
    drafts = [note for note in unsigned if note.started_by_id == viewer.membership_id]
    if drafts:
        waiting = {"drafts": drafts[:MOST_ON_A_CARD], "more": len(drafts) > MOST_ON_A_CARD}
        cards.append(
            Card("unsigned", "goals/staff/card_unsigned.html", waiting, order=50, column="aside")
        )
    return cards


def patient_page_tabs(viewer: Viewer, patient: Patient) -> list[NavItem]:
    """Goals, notes and the session of a patient whose record the viewer may open."""
    if not viewer.can(Permission.NOTE_STAFF) or not _reaches(viewer, patient):
        return []
    return [
        NavItem(_("Session"), "goals:session", "notebook-pen", order=10),
        NavItem(_("Goals"), "goals:patient_goals", "footprints", order=50),
        NavItem(_("Notes"), "goals:patient_notes", "notebook-pen", order=60),
    ]


def patient_page_cards(viewer: Viewer, patient: Patient) -> list[Card]:
    """What the patient is working on, with both sides' numbers."""
    if not viewer.can(Permission.GOAL_STAFF) or not _reaches(viewer, patient):
        return []
    standings = selectors.standings_of(selectors.goals_of(viewer, patient).open()[:MOST_ON_A_CARD])
    if standings:
        goals.open_goals(goals=[one.goal for one in standings], patient=patient, by=viewer)
    context = {"patient": patient, "standings": standings}
    return [Card("goals", "goals/staff/card_patient.html", context, order=20)]


def _reaches(viewer: Viewer, patient: Patient) -> bool:
    """A manager who is a clinician as well knows of every patient, and opens their own only."""
    return clinical_patients_for(viewer).filter(pk=patient.pk).exists()
