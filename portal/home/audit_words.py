"""What the actions of this app are called: for the patient whose record it is, and for managers."""

from django.utils.translation import gettext_lazy as _

WORDS = {
    "audit.see": _("looked at who opened your record"),
    "audit.export": _("downloaded the list of who opened your record"),
}

EVENTS = {
    "audit.see": _("looked at the audit"),
    "audit.export": _("downloaded the audit"),
}
