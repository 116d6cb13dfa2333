"""What the actions of this app are called: for the patient whose record it is, and for managers."""

from django.utils.translation import gettext_lazy as _

WORDS = {
    "goal.write": _("wrote down a goal"),
    "goal.word": _("changed the words of a goal"),
    "goal.turn": _("changed how a goal stands"),
    "goal.rate": _("rated a goal"),
    "goal.bring": _("put a goal on the list for your next session"),
    "goal.talked": _("took a goal off the list for your next session"),
    "goal.add_step": _("wrote down a step"),
    "goal.tick_step": _("ticked off a step"),
    "goal.untick_step": _("took the tick off a step"),
    "goal.open": _("looked at one of your goals"),
    "goal.list": _("looked at your goals"),
    "note.start": _("began a note of a session"),
    "note.save": _("wrote in a note of a session"),
    "note.sign": _("signed a note of a session"),
    "note.share": _("shared a note with you"),
    "note.stop_sharing": _("stopped sharing a note with you"),
    "note.add": _("added to a note of a session"),
    "note.open": _("read a note of a session"),
    "note.history": _("looked at earlier versions of a note"),
    "session.open": _("opened the page for your session"),
}

EVENTS = {
    "goal.write": _("wrote down a goal"),
    "goal.word": _("changed the words of a goal"),
    "goal.turn": _("changed how a goal stands"),
    "goal.rate": _("rated a goal"),
    "goal.bring": _("put a goal on the list for a session"),
    "goal.talked": _("took a goal off the list for a session"),
    "goal.add_step": _("wrote down a step towards a goal"),
    "goal.tick_step": _("ticked off a step towards a goal"),
    "goal.untick_step": _("took the tick off a step towards a goal"),
    "goal.open": _("looked at a goal"),
    "goal.list": _("looked at goals"),
    "note.start": _("began a note of a session"),
    "note.save": _("wrote in a note of a session"),
    "note.sign": _("signed a note of a session"),
    "note.share": _("shared a note with the patient"),
    "note.stop_sharing": _("stopped sharing a note with the patient"),
    "note.add": _("added to a signed note"),
    "note.open": _("read a note of a session"),
    "note.history": _("looked at earlier versions of a note"),
    "session.open": _("opened the page of a session"),
}
