"""Patients and staff on the gathered pages."""

from __future__ import annotations

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from portal.access.permissions import Permission
from portal.access.viewer import Viewer
from portal.people import selectors
from portal.people.models import Patient
from portal.people.reach import covered_now
from portal.practices.selectors import clinicians
from portal.practices.set_up import SetUpStep
from portal.ui.cards import Card, NavItem

MOST_ON_A_CARD = 6


def patient_tabs(viewer: Viewer) -> list[NavItem]:
    return [NavItem(gettext_lazy("Me"), "people:settings", "user", order=90)]


def staff_nav(viewer: Viewer) -> list[NavItem]:
    items = []
    if viewer.can(Permission.PATIENT_FIND):
        items.append(NavItem(gettext_lazy("Patients"), "people:find", "search", order=35))
    if viewer.can(Permission.PEOPLE_SEE):
        items.append(NavItem(gettext_lazy("People"), "people:members", "users", order=70))
    if viewer.can(Permission.COVER_ARRANGE):
        items.append(NavItem(gettext_lazy("Cover"), "people:cover", "hand", order=75))
    if viewer.can(Permission.SETTINGS_OWN):
        items.append(NavItem(gettext_lazy("My account"), "people:my_account", "user", order=95))
    return items


def staff_cards(viewer: Viewer) -> list[Card]:
    """Who is covered now; for managers also the patients whom nobody leads."""
    cards = []
    covering = covered_now(viewer)
    if covering:
        cards.append(
            Card(
                "covering",
                "portal/people/staff/covering_card.html",
                {"covers": covering},
                order=30,
                column="aside",
            )
        )
    if viewer.can(Permission.CARE_TEAM_EDIT):
        without = list(selectors.patients_without_lead(viewer)[: MOST_ON_A_CARD + 1])
        if without:
            context = {"patients": without[:MOST_ON_A_CARD], "more": len(without) > MOST_ON_A_CARD}
            cards.append(
                Card("no-lead", "portal/people/staff/no_lead_card.html", context, order=30)
            )
    return cards


def patient_page_tabs(viewer: Viewer, patient: Patient) -> list[NavItem]:
    return [
        NavItem(gettext_lazy("Overview"), "home:patient", "user", order=0),
        NavItem(gettext_lazy("Details"), "people:details", "settings", order=90),
    ]


def patient_page_cards(viewer: Viewer, patient: Patient) -> list[Card]:
    """How to reach them, who cares for them, and where they stand."""
    episode = None
    if viewer.can(Permission.EPISODE_EDIT):
        episode = selectors.open_episode_of(patient)
    return [
        Card(
            "contact",
            "portal/people/staff/contact_card.html",
            {
                "patient": patient,
                "contact_points": selectors.contact_points_of(viewer, patient),
                "may_edit": viewer.can(Permission.PATIENT_CONTACT_EDIT),
            },
            order=10,
            column="aside",
        ),
        Card(
            "care",
            "portal/people/staff/care_card.html",
            {
                "patient": patient,
                "care_team": selectors.care_team_of(patient),
                "episode": episode,
                "carers": selectors.carers_of(patient),
                "sees_episode": viewer.can(Permission.EPISODE_EDIT),
            },
            order=20,
            column="aside",
        ),
    ]


def set_up_steps(viewer: Viewer) -> list[SetUpStep]:
    """Somebody to see patients, and somebody to be seen."""
    count = clinicians().count()
    any_patient = selectors.patients_for(viewer).exists()
    return [
        SetUpStep(
            "clinician",
            _("First clinician"),
            _("A clinician has joined.") if count else _("Invite the first clinician."),
            done=count > 0,
            url_name="people:members",
            order=40,
        ),
        SetUpStep(
            "patient",
            _("First patient"),
            _("There is a patient.")
            if any_patient
            else _("Add the first patient. You can do it after opening as well."),
            done=any_patient,
            url_name="people:add",
            required=False,
            order=80,
        ),
    ]
