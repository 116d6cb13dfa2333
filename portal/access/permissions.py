"""Every verb that somebody may or may not do. A view declares exactly one."""

from enum import StrEnum


class Permission(StrEnum):
    """`noun.verb`. Roles hold them; whose rows they reach is for selectors."""

    # One's own place in the practice
    HOME_SEE = "home.see"
    SETTINGS_OWN = "settings.own"  # one's own contact details, sessions, consent
    ACCESS_LOG_OWN = "access_log.own"  # who opened my record

    # Staff in general
    STAFF_HOME_SEE = "staff_home.see"
    WORK_SEE = "work.see"
    WORK_ACT = "work.act"
    ALERT_ACKNOWLEDGE = "alert.acknowledge"
    WORK_REASSIGN = "work.reassign"
    COVER_ARRANGE = "cover.arrange"

    # Patients
    PATIENT_FIND = "patient.find"
    PATIENT_OPEN = "patient.open"
    PATIENT_EDIT = "patient.edit"
    PATIENT_CONTACT_EDIT = "patient.contact_edit"
    PATIENT_INVITE = "patient.invite"  # to their record; managers invite staff with people.manage
    CARE_TEAM_EDIT = "care_team.edit"
    EPISODE_EDIT = "episode.edit"
    CASELOAD_SEE = "caseload.see"
    DEVICE_HELP = "device.help"  # the navigator's view: sign-in and delivery trouble only

    # Appointments
    APPOINTMENT_OWN = "appointment.own"
    SCHEDULE_SEE = "schedule.see"
    SCHEDULE_EDIT = "schedule.edit"
    OUTCOME_RECORD = "outcome.record"
    AVAILABILITY_EDIT = "availability.edit"
    APPOINTMENT_IMPORT = "appointment.import"  # everybody's at once, out of a file

    # The practice
    PEOPLE_SEE = "people.see"
    PEOPLE_MANAGE = "people.manage"
    PRACTICE_SETTINGS = "practice.settings"
    AUDIT_SEE = "audit.see"

    # Intake
    RESPONSE_SUBMIT = "response.submit"
    QUESTIONNAIRE_ASSIGN = "questionnaire.assign"
    RESPONSE_READ = "response.read"
    ASSIGNMENT_STATE_SEE = "assignment_state.see"  # that a form is done, never what it says
    QUESTIONNAIRE_MANAGE = "questionnaire.manage"

    # Messages, goals and notes
    MESSAGE_OWN = "message.own"
    MESSAGE_STAFF = "message.staff"
    MESSAGE_KEYS = "message.keys"  # one's own keys, and the directory of everybody's public ones
    MESSAGE_THREAD = "message.thread"  # whose threads is for selectors
    MESSAGE_CONFIRM = "message.confirm"  # the practice's identity: vouch for keys, read nothing
    GOAL_OWN = "goal.own"
    GOAL_STAFF = "goal.staff"
    NOTE_OWN = "note.own"  # those that were shared with oneself
    NOTE_STAFF = "note.staff"

    # Reminders
    REMINDER_SEE = "reminder.see"
    REMINDER_MANAGE = "reminder.manage"
    INBOUND_READ = "inbound.read"

    # Metrics
    METRICS_SEE = "metrics.see"
    METRICS_PEOPLE = "metrics.people"  # who is behind a number
