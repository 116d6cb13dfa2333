"""What the actions of this app are called: for the patient whose record it is, and for managers."""

from django.utils.translation import gettext_lazy as _

WORDS = {
    "assignment.assign": _("asked you to fill in a form"),
    "assignment.start": _("began a form"),
    "assignment.withdraw": _("took a form back"),
    "assignment.expire": _("ended a form that was not filled in"),
    "response.submit": _("sent a form"),
    "response.open": _("read what you answered in a form"),
    "scores.open": _("looked at your scores over time"),
    "flag.raise": _("gave an answer that your care team is told of"),
    "flags.open": _("looked at an answer that your care team is told of"),
}

EVENTS = {
    "assignment.assign": _("asked for a form"),
    "assignment.start": _("began a form"),
    "assignment.withdraw": _("took a form back"),
    "assignment.expire": _("ended a form that was not filled in"),
    "response.submit": _("sent a form"),
    "response.open": _("read the answers of a form"),
    "response.list": _("looked at a patient’s forms"),
    "scores.open": _("looked at scores over time"),
    "flag.raise": _("gave an answer that raised an alert"),
    "flags.open": _("looked at answers that raised alerts"),
    "questionnaire.import": _("brought in a form"),
    "questionnaire.publish": _("put a form into use"),
    "questionnaire.replace": _("replaced a form by a newer one"),
    "questionnaire.retire": _("took a form out of use"),
}
