"""Mail that goes nowhere: kept as files below PORTAL_HOME and read at /demo/mail/.

The backend of every installation without EMAIL_URL, which production refuses. Worker and web
server are different processes, and a demo that is started again still has its mail.
"""

from __future__ import annotations

import datetime as dt
import json
import os
import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from django.conf import settings
from django.core.mail import EmailMessage
from django.core.mail.backends.base import BaseEmailBackend

from portal import clock

KEPT = 200


@dataclass(frozen=True)
class Mail:
    """One mail as it arrived. `key` names it in an address."""

    key: str
    at: dt.datetime
    to: str
    subject: str
    body: str


class MailboxBackend(BaseEmailBackend):
    """Delivers into the demo's mailbox."""

    def send_messages(self, email_messages: Sequence[EmailMessage]) -> int:
        """Keep every message, a file for each recipient. Returns how many messages."""
        for message in email_messages:
            for address in message.recipients():
                _keep(address, message)
        return len(email_messages)


def mails() -> list[Mail]:
    """Everything in the mailbox, newest first."""
    found = [_read(path) for path in sorted(_folder().glob("*.json"), reverse=True)]
    return [mail for mail in found if mail is not None]


def mail_with(key: str) -> Mail | None:
    """One mail, or None."""
    path = _folder() / f"{key}.json"
    return _read(path) if path.parent == _folder() else None


def empty() -> None:
    """Throw everything away."""
    for path in _folder().glob("*.json"):
        path.unlink(missing_ok=True)


def _folder() -> Path:
    folder = Path(settings.PORTAL_HOME) / "files" / "mailbox"
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    return folder


def _keep(address: str, message: EmailMessage) -> None:
    now = clock.now()
    key = f"{now:%Y%m%dT%H%M%S%f}-{uuid.uuid4().hex[:8]}"
    content = {
        "at": now.isoformat(),
        "to": address,
        "subject": str(message.subject),
        "body": str(message.body),
    }
    target = _folder() / f"{key}.json"
    unfinished = target.with_suffix(".new")
    descriptor = os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8") as handle:
        json.dump(content, handle)
    unfinished.replace(target)
    for old in sorted(_folder().glob("*.json"), reverse=True)[KEPT:]:
        old.unlink(missing_ok=True)


def _read(path: Path) -> Mail | None:
    """The mail in that file; None for a file that is not there, or not any more."""
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None
    at = dt.datetime.fromisoformat(content["at"])
    return Mail(path.stem, at, content["to"], content["subject"], content["body"])
