"""What the practice's own rows bring to the gathered pages: settings and the set-up check-list."""

from __future__ import annotations

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from portal.access.permissions import Permission
from portal.access.viewer import Viewer
from portal.practices.models import PracticeSettings, PracticeStatus
from portal.practices.selectors import clinicians, current_practice, settings_of_practice
from portal.practices.set_up import SetUpStep
from portal.ui.cards import Card, NavItem


def staff_nav(viewer: Viewer) -> list[NavItem]:
    if not viewer.can(Permission.PRACTICE_SETTINGS):
        return []
    items = [NavItem(gettext_lazy("Settings"), "practices:settings", "settings", order=80)]
    if current_practice().status == PracticeStatus.SETTING_UP:
        items.append(NavItem(gettext_lazy("Set-up"), "home:set_up", "list-checks", order=5))
    return items


def staff_cards(viewer: Viewer) -> list[Card]:
    """A manager of a practice in set-up is led to the check-list."""
    if not viewer.can(Permission.PRACTICE_SETTINGS):
        return []
    if current_practice().status != PracticeStatus.SETTING_UP:
        return []
    return [Card("set-up", "portal/practices/staff/set_up_card.html", {}, order=5, column="top")]


def set_up_steps(viewer: Viewer) -> list[SetUpStep]:
    """Hours and zone, crisis lines, duty clinician, texts, look."""
    settings = settings_of_practice()
    practice = current_practice()
    return [
        SetUpStep(
            "facts",
            _("Name, address and phone"),
            _("Patients see these on every page.")
            if practice.phone and practice.address
            else _("Write the address and the phone that patients may ring."),
            done=bool(practice.phone and practice.address),
            url_name="practices:facts",
            order=10,
        ),
        SetUpStep(
            "hours",
            _("Hours and time zone"),
            _("Looked at and kept.")
            if settings.hours_confirmed_at
            else _("Look at the hours that we guessed, and save them."),
            done=settings.hours_confirmed_at is not None,
            url_name="practices:hours",
            order=20,
        ),
        SetUpStep(
            "crisis",
            _("Crisis lines"),
            _("Patients find them under “I need help now”.")
            if settings.crisis_lines
            else _("Name at least one line that patients can ring at night."),
            done=bool(settings.crisis_lines),
            url_name="practices:crisis_lines",
            order=30,
        ),
        _duty_step(settings),
        SetUpStep(
            "texts",
            _("Texts"),
            _texts(settings),
            done=settings.texts_confirmed_at is not None,
            url_name="practices:safety",
            order=60,
        ),
        SetUpStep(
            "accent",
            _("Your colour"),
            _("Chosen.") if practice.accent else _("The product’s own green, until you choose."),
            done=bool(practice.accent),
            url_name="practices:look",
            required=False,
            order=90,
        ),
    ]


def _duty_step(settings: PracticeSettings) -> SetUpStep:
    duty = settings.duty_clinician
    if duty is not None:
        text = _("%(name)s sees risks that nobody else can take.") % {"name": duty.display_name}
    elif clinicians().exists():
        text = _("Choose who sees risks when nobody else can take them.")
    else:
        text = _("Invite a clinician first, then choose one here.")
    return SetUpStep(
        "duty",
        _("Duty clinician"),
        text,
        done=duty is not None,
        url_name="practices:safety",
        order=50,
    )


def _texts(settings: PracticeSettings) -> str:
    if settings.texts_confirmed_at is None:
        return _("Decide whether patients get texts about appointments.")
    return _("Texts are on.") if settings.texts_enabled else _("Texts are off.")
