"""What the actions of this app are called: for the patient whose record it is, and for managers."""

from django.utils.translation import gettext_lazy as _

WORDS = {
    "keys.make": _("made keys for messages"),
    "recovery.replace": _("made another recovery sheet"),
    "device.add": _("set up messages on a device"),
    "device.revoke": _("took messages off a device"),
    "device.destroy": _("typed a wrong PIN too often; messages were taken off that device"),
    "thread.begin": _("began messages with you"),
    "thread.open": _("opened your messages"),
    "message.send": _("sent a message"),
    "epoch.make": _("changed the lock of your messages"),
}

EVENTS = {
    "keys.make": _("made keys for messages"),
    "recovery.replace": _("made another recovery sheet"),
    "device.add": _("set up messages on a device"),
    "device.revoke": _("took messages off a device"),
    "device.destroy": _("typed a wrong PIN too often; messages were taken off that device"),
    "identity.make": _("made the practice’s key for messages"),
    "directory.sign": _("confirmed or ended somebody’s keys for messages"),
    "thread.begin": _("began messages with a patient"),
    "thread.open": _("opened the messages of a patient"),
    "message.send": _("sent a message"),
    "epoch.make": _("changed the lock of a patient’s messages"),
}
