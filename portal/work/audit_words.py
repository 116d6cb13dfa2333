"""What the actions of this app mean to the patient whose record it is."""

from django.utils.translation import gettext_lazy as _

WORDS = {
    "alert.raise": _("asked the care team to look at something soon"),
    "alert.acknowledge": _("saw what the care team was asked to look at"),
    "task.add": _("wrote down something to do for you"),
    "work.finish": _("finished something to do for you"),
    "work.reassign": _("gave something to do for you to a colleague"),
    "work.reopen": _("took up again something to do for you"),
}
