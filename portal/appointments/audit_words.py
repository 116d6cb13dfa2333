"""What the actions of this app are called: for the patient whose record it is, and for managers."""

from django.utils.translation import gettext_lazy as _

WORDS = {
    "appointment.book": _("booked an appointment with you"),
    "appointment.book_series": _("booked a series of appointments with you"),
    "appointment.open": _("looked at an appointment of yours"),
    "appointment.confirm": _("confirmed an appointment"),
    "appointment.move": _("moved an appointment"),
    "appointment.cancel": _("cancelled an appointment"),
    "appointment.restore": _("took back that an appointment was cancelled"),
    "appointment.book_again": _("booked a cancelled appointment again"),
    "appointment.change": _("changed with whom or where an appointment is"),
    "appointment.mend_instant": _("set an appointment right after a change of the clocks’ rules"),
    "appointment.outcome": _("noted how an appointment went"),
    "appointment.undo_outcome": _("took back a note on how an appointment went"),
}

EVENTS = {
    "appointment.book": _("booked an appointment"),
    "appointment.book_series": _("booked a series of appointments"),
    "appointment.open": _("looked at an appointment"),
    "appointment.confirm": _("confirmed an appointment"),
    "appointment.move": _("moved an appointment"),
    "appointment.cancel": _("cancelled an appointment"),
    "appointment.restore": _("took back that an appointment was cancelled"),
    "appointment.book_again": _("booked a cancelled appointment again"),
    "appointment.change": _("changed with whom or where an appointment is"),
    "appointment.mend_instant": _("set an appointment right after a change of the clocks’ rules"),
    "import.upload": _("uploaded a file of appointments"),
    "import.drop": _("threw a file of appointments away"),
    "appointment.import": _("brought in appointments from a file"),
    "appointment.outcome": _("noted what became of an appointment"),
    "appointment.undo_outcome": _("took back what became of an appointment"),
    "appointment_type.add": _("added a type of appointment"),
    "appointment_type.change": _("changed a type of appointment"),
    "appointment_type.retire": _("retired a type of appointment"),
    "appointment_type.offer_again": _("offered a type of appointment again"),
    "availability.set": _("changed a clinician’s hours"),
    "time_off.add": _("noted that a clinician is away"),
    "time_off.remove": _("took back that a clinician is away"),
    "location.add": _("added a location"),
    "location.change": _("changed a location"),
    "location.retire": _("retired a location"),
    "location.offer_again": _("offered a location again"),
}
