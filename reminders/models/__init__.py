"""The rows of reminding, one module per noun."""

from reminders.models.accounts import TransportAccount
from reminders.models.channel import ChannelStop, DispatcherBeat
from reminders.models.inbound import DISTRESS, InboundMessage, InboundState, inbound_token
from reminders.models.ledger import (
    Attempt,
    DeliveryEvent,
    NewAttempt,
    Reason,
    Reminder,
    Subject,
    keep_attempts,
)
from reminders.models.links import LinkAnswer, LinkToken, NewLink, keep_links
from reminders.models.news import PlanningNews
from reminders.models.phone import PracticePhoneMessage, handset_token
from reminders.models.policies import (
    Channel,
    Fallback,
    LateRule,
    PolicyWording,
    ReminderPolicy,
)
from reminders.models.test_sends import TestSend

__all__ = [
    "DISTRESS",
    "Attempt",
    "Channel",
    "ChannelStop",
    "DeliveryEvent",
    "DispatcherBeat",
    "Fallback",
    "InboundMessage",
    "InboundState",
    "LateRule",
    "LinkAnswer",
    "LinkToken",
    "NewAttempt",
    "NewLink",
    "PlanningNews",
    "PolicyWording",
    "PracticePhoneMessage",
    "Reason",
    "Reminder",
    "ReminderPolicy",
    "Subject",
    "TestSend",
    "TransportAccount",
    "handset_token",
    "inbound_token",
    "keep_attempts",
    "keep_links",
]
