"""What the actions of this app are called: for the patient whose record it is, and for managers."""

from django.utils.translation import gettext_lazy as _

WORDS = {
    "alert.raise": _("asked the care team to look at something soon"),
    "work.open": _("looked at something to do for you"),
    "alert.acknowledge": _("saw what the care team was asked to look at"),
    "alert.climb": _("asked somebody else of the care team, because nobody had looked yet"),
    "task.raise": _("wrote down something to do for you"),
    "work.finish": _("finished something to do for you"),
    "work.reassign": _("gave something to do for you to a colleague"),
    "work.reopen": _("took up again something to do for you"),
}

EVENTS = {
    "notices.choose": _("chose which news is mailed to them"),
    "alert.raise": _("raised an alert"),
    "work.open": _("looked at a task or an alert"),
    "alert.acknowledge": _("acknowledged an alert"),
    "alert.climb": _("moved an alert on that nobody had acknowledged"),
    "task.raise": _("raised a task"),
    "work.finish": _("finished a task or an alert"),
    "work.reassign": _("passed work on"),
    "work.reopen": _("took up again finished work"),
}
