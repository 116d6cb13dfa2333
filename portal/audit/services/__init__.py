"""What is written about what happened: the event, in its own transaction, and later its seal."""

from portal.audit.services.recording import Actor, record, together
from portal.audit.services.sealing import Finding, look_at_chain, seal_events

__all__ = ["Actor", "Finding", "look_at_chain", "record", "seal_events", "together"]
