"""What the actions of this app are called: for the patient whose record it is, and for managers."""

from django.utils.translation import gettext_lazy as _

WORDS = {
    "inbound.work": _("put your text in front of a person"),
    "inbound.hand": _("handed your text to a colleague"),
    "inbound.finish": _("dealt with your text"),
    "inbound.reopen": _("took up your text again"),
    "link.answer": _("answered through a link in a text"),
    "reminder.export": _("took the list of your texts as a file"),
}

EVENTS = {
    "inbound.read": _("read texts from patients"),
    "inbound.work": _("put a text in front of a person"),
    "inbound.hand": _("handed a text to a colleague"),
    "inbound.finish": _("dealt with a text"),
    "inbound.reopen": _("took up a text again"),
    "link.answer": _("answered through a link in a text"),
    "reminder.export": _("took a list of texts as a file"),
    "reminder_policy.add": _("added a reminder for everybody"),
    "reminder_policy.replace": _("changed a reminder for everybody"),
    "reminder_policy.retire": _("stopped a reminder for everybody"),
    "reminder_policy.restore": _("took up a reminder for everybody again"),
    "reminder_policy.test": _("sent a text to themselves to try it"),
    "texts.stop": _("stopped a way of sending of the practice"),
    "texts.resume": _("let the practice’s messages go out again"),
    "texts.account": _("set up the account through which texts leave"),
    "texts.account_forgotten": _("forgot the password of an account for texts"),
}
