"""What the actions of this app mean to the patient whose record it is."""

from django.utils.translation import gettext_lazy as _

WORDS = {
    "appointment.book": _("booked an appointment with you"),
    "appointment.confirm": _("confirmed an appointment"),
    "appointment.move": _("moved an appointment"),
    "appointment.cancel": _("cancelled an appointment"),
    "appointment.outcome": _("noted how an appointment went"),
    "appointment.undo_outcome": _("took back a note on how an appointment went"),
}
