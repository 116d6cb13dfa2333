"""What the actions of this app mean to the patient whose record it is."""

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
