"""What the actions of this app are called: for managers."""

from django.utils.translation import gettext_lazy as _

EVENTS = {
    "metrics.export": _("downloaded figures"),
    "metrics.list_people": _("listed the people behind a figure"),
}
