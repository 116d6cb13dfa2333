"""What the actions of this app mean to the patient whose record it is."""

from django.utils.translation import gettext_lazy as _

WORDS = {
    "patient.add": _("began your record"),
    "patient.open": _("opened your record"),
    "patient.change": _("changed facts about you, like name or birth date"),
    "patient.end": _("closed your record"),
    "patient.resume": _("opened your record for use again"),
    "patient.link_account": _("joined your account and your record"),
    "patient.pause_automation": _("stopped automatic texts and mail to you"),
    "patient.resume_automation": _("let automatic texts and mail go out to you again"),
    "contact.add": _("added a way to reach you"),
    "contact.change": _("changed how or when you may be reached"),
    "contact.consent": _("noted that you agree to be reached there"),
    "contact.withdraw_consent": _("noted that you no longer agree to be reached there"),
    "contact.stop": _("stopped texts to your number, because STOP was sent from it"),
    "contact.start": _("let texts go to your number again, because START was sent from it"),
    "contact.mark_bad": _("noted that a number or address of yours does not work"),
    "contact.remove": _("took off a way to reach you"),
    "care_team.join": _("added somebody to your care team"),
    "care_team.leave": _("took somebody off your care team"),
    "episode.open": _("began a stretch of care"),
    "episode.move": _("noted where you are in your care"),
    "episode.close": _("ended a stretch of care"),
    "proxy.allow": _("let somebody help you"),
    "proxy.end": _("ended somebody’s permission to help you"),
    "invitation.create": _("invited you, or somebody to help you"),
    "invitation.send": _("sent the invitation"),
    "invitation.refuse": _("tried to use your invitation with a wrong answer"),
    "invitation.accept": _("used the invitation"),
    "invitation.withdraw": _("took the invitation back"),
}
