"""Keys and threads. The server holds public keys, sealed bytes, names and times, and no text."""

from messaging.models.keys import (
    AccountKeys,
    DirectoryEntry,
    PracticeIdentity,
    SlotKind,
    UnlockSlot,
)
from messaging.models.threads import Envelope, Epoch, Receipt, ReceiptState, SealedKey, Thread

__all__ = [
    "AccountKeys",
    "DirectoryEntry",
    "Envelope",
    "Epoch",
    "PracticeIdentity",
    "Receipt",
    "ReceiptState",
    "SealedKey",
    "SlotKind",
    "Thread",
    "UnlockSlot",
]
