"""What the actions of this app mean to the patient whose record it is."""

from django.utils.translation import gettext_lazy as _

WORDS = {
    "inbound.work": _("put your text in front of a person"),
    "inbound.hand": _("handed your text to a colleague"),
    "inbound.finish": _("dealt with your text"),
    "inbound.reopen": _("took up your text again"),
    "link.answer": _("answered through a link in a text"),
}
