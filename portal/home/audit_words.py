"""What the actions of this app are called: for managers."""

from django.utils.translation import gettext_lazy as _

EVENTS = {
    "audit.see": _("looked at the audit"),
}
