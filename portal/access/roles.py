"""The whole policy on one screen: what each role is for, and which verbs it holds."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from portal.access.permissions import Permission as P  # noqa: N817 - the policy is a table


class Role(models.TextChoices):
    PATIENT = "patient", _("Patient")
    PROXY = "proxy", _("Carer")
    CLINICIAN = "clinician", _("Clinician")
    FRONT_DESK = "front_desk", _("Front desk")
    MANAGER = "manager", _("Manager")
    NAVIGATOR = "navigator", _("Digital navigator")


STAFF_ROLES = frozenset({Role.CLINICIAN, Role.FRONT_DESK, Role.MANAGER, Role.NAVIGATOR})
PATIENT_ROLES = frozenset({Role.PATIENT, Role.PROXY})

DESCRIPTIONS = {
    Role.PATIENT: _("Sees their own record, fills in forms, writes to their clinician."),
    Role.PROXY: _("Sees what the patient has allowed, until the date the patient set."),
    Role.CLINICIAN: _(
        "Sees and works with the patients of their care teams and of those they cover."
    ),
    Role.FRONT_DESK: _("Keeps the schedule and contact details. Sees no answers, scores or notes."),
    Role.MANAGER: _("Runs the practice: people, settings, totals, audit. Reads no clinical text."),
    Role.NAVIGATOR: _("Helps with devices and sign-in. Sees no clinical content at all."),
}

_STAFF = {P.STAFF_HOME_SEE, P.SETTINGS_OWN, P.WORK_SEE, P.WORK_ACT}

ROLE_PERMISSIONS: dict[Role, frozenset[P]] = {
    Role.PATIENT: frozenset(
        {
            P.HOME_SEE,
            P.SETTINGS_OWN,
            P.ACCESS_LOG_OWN,
            P.APPOINTMENT_OWN,
            P.RESPONSE_SUBMIT,
            P.MESSAGE_OWN,
            P.MESSAGE_KEYS,
            P.MESSAGE_THREAD,
            P.GOAL_OWN,
            P.NOTE_OWN,
        }
    ),
    Role.PROXY: frozenset({P.HOME_SEE, P.SETTINGS_OWN, P.APPOINTMENT_OWN}),
    Role.CLINICIAN: frozenset(
        _STAFF
        | {
            P.ALERT_ACKNOWLEDGE,
            P.WORK_REASSIGN,
            P.COVER_ARRANGE,
            P.PATIENT_FIND,
            P.PATIENT_OPEN,
            P.PATIENT_EDIT,
            P.PATIENT_CONTACT_EDIT,
            P.PATIENT_INVITE,
            P.EPISODE_EDIT,
            P.CASELOAD_SEE,
            P.SCHEDULE_SEE,
            P.SCHEDULE_EDIT,
            P.OUTCOME_RECORD,
            P.AVAILABILITY_EDIT,
            P.QUESTIONNAIRE_ASSIGN,
            P.RESPONSE_READ,
            P.ASSIGNMENT_STATE_SEE,
            P.QUESTIONNAIRE_MANAGE,
            P.MESSAGE_STAFF,
            P.MESSAGE_KEYS,
            P.MESSAGE_THREAD,
            P.GOAL_STAFF,
            P.NOTE_STAFF,
            P.REMINDER_SEE,
            P.INBOUND_READ,  # only what the front desk hands them
        }
    ),
    Role.FRONT_DESK: frozenset(
        _STAFF
        | {
            P.WORK_REASSIGN,
            P.PATIENT_FIND,
            P.PATIENT_OPEN,
            P.PATIENT_EDIT,
            P.PATIENT_CONTACT_EDIT,
            P.PATIENT_INVITE,
            P.SCHEDULE_SEE,
            P.SCHEDULE_EDIT,
            P.OUTCOME_RECORD,
            P.AVAILABILITY_EDIT,
            P.APPOINTMENT_IMPORT,
            P.ASSIGNMENT_STATE_SEE,
            P.REMINDER_SEE,
            P.INBOUND_READ,
        }
    ),
    Role.MANAGER: frozenset(
        _STAFF
        | {
            P.WORK_REASSIGN,
            P.COVER_ARRANGE,
            P.PATIENT_FIND,
            P.PATIENT_OPEN,
            P.PATIENT_EDIT,
            P.PATIENT_CONTACT_EDIT,
            P.PATIENT_INVITE,
            P.CARE_TEAM_EDIT,
            P.EPISODE_EDIT,
            P.SCHEDULE_SEE,
            P.SCHEDULE_EDIT,
            P.OUTCOME_RECORD,
            P.AVAILABILITY_EDIT,
            P.APPOINTMENT_IMPORT,
            P.ASSIGNMENT_STATE_SEE,
            P.QUESTIONNAIRE_MANAGE,
            P.PEOPLE_SEE,
            P.PEOPLE_MANAGE,
            P.PRACTICE_SETTINGS,
            P.AUDIT_SEE,
            P.MESSAGE_KEYS,
            P.MESSAGE_CONFIRM,
            P.REMINDER_SEE,
            P.REMINDER_MANAGE,
            P.METRICS_SEE,
            P.METRICS_PEOPLE,
        }
    ),
    Role.NAVIGATOR: frozenset({P.STAFF_HOME_SEE, P.SETTINGS_OWN, P.DEVICE_HELP}),
}


def permissions_of(roles: frozenset[Role]) -> frozenset[P]:
    """What a person with these roles may do."""
    return frozenset().union(*(ROLE_PERMISSIONS[role] for role in roles))
