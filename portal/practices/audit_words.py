"""What the actions of this app are called: for managers."""

from django.utils.translation import gettext_lazy as _

EVENTS = {
    "access.refuse": _("asked for a page that is not theirs"),
    "membership.add": _("became a member of the practice"),
    "membership.change_roles": _("changed somebody’s roles"),
    "membership.end": _("ended somebody’s place in the practice"),
    "practice.create": _("made the practice"),
    "practice.change": _("changed facts about the practice"),
    "practice.settings": _("changed how the practice works"),
    "practice.open": _("opened the practice"),
    "privacy.agree": _("agreed to the privacy notice"),
}
