"""E-mail through the installation's mail server, as Django is told to reach it.

**What doubt means for mail.** A mail server has no list to look in and no receipt comes. So what
may have left is written down before it can: the attempt is marked in its row, then the words are
handed over. Three ends follow, and none of them is a guess.

- No mark: nothing left, whatever happened to the sender. The row waits and goes again.
- A mark, and the server refused, or the connection broke before the words were begun: certainly
  not taken. What the refusal means is in `rules.mail_replies`.
- A mark, and no clear end after the words were begun: the server may have taken them. Nobody can
  ever ask, so nothing is sent a second time, and a person is told that it is not known.

The mark is only made while the attempt is open. A sender that slept past its lease finds the
attempt closed and sends nothing, so "no mark" stays true.
"""

from __future__ import annotations

import smtplib
import threading
import time
from email.utils import parseaddr
from typing import Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.mail import EmailMessage, get_connection
from django.core.mail.backends.base import BaseEmailBackend
from django.core.mail.backends.smtp import EmailBackend
from django.core.validators import validate_email

from portal import clock
from portal.tenancy.context import practice_scope
from reminders.models.ledger import mark_leaving, may_have_left
from reminders.rules.answers import Answer, Meaning
from reminders.rules.mail_replies import Stage, meaning_of_refusal
from reminders.transports.base import CannotLookError, Found, Outgoing, Sought

SECONDS = 10
"""For each step of the conversation; together they stay within the lease."""
_FRESH_SECONDS = 1.0
_IDLE_SECONDS = 30.0
_SMTP = "django.core.mail.backends.smtp.EmailBackend"
# Nobody's holiday notice comes back to a machine.
_HEADERS = {"Auto-Submitted": "auto-generated", "X-Auto-Response-Suppress": "All"}


class Mail:
    """A `Transport` over one mail server, with a pool of open connections. Safe in threads."""

    name = "email"

    def __init__(self) -> None:
        """Open nothing yet."""
        self._idle: list[tuple[float, BaseEmailBackend]] = []
        self._lock = threading.Lock()

    def send(self, text: Outgoing) -> Answer:
        """Hand over one mail. See `Transport.send`."""
        try:
            connection = self._take()
        except smtplib.SMTPResponseException as error:
            return _refused(Stage.OPEN, error.smtp_code, error.smtp_error)
        except smtplib.SMTPNotSupportedError:
            return Answer(Meaning.OUR_FAULT)
        except OSError:  # smtplib's errors are OSErrors too: nobody was there to talk to
            return Answer(Meaning.UNSENT)
        answer = _hand_over(connection, text)
        if answer.meaning in {Meaning.DOUBT, Meaning.UNSENT, Meaning.TOO_FAST}:
            _hang_up(connection)
        else:
            self._give_back(connection)
        return answer

    def find(self, sought: Sought) -> Found | None:
        """Say whether the mail can have left at all. See `Transport.find`."""
        with practice_scope(sought.practice_id):
            if may_have_left(sought.attempt_id):
                raise CannotLookError("mail leaves no list")
        return None

    def close(self) -> None:
        """Hang up every idle connection."""
        with self._lock:
            idle, self._idle = self._idle, []
        for _since, connection in idle:
            _hang_up(connection)

    def _take(self) -> BaseEmailBackend:
        """An open connection: an idle one that still answers, else a new one."""
        while True:
            with self._lock:
                since, connection = self._idle.pop() if self._idle else (0.0, None)
            if connection is None:
                return _open()
            age = time.monotonic() - since
            if age < _FRESH_SECONDS or (age < _IDLE_SECONDS and _answers(connection)):
                return connection
            _hang_up(connection)

    def _give_back(self, connection: BaseEmailBackend) -> None:
        if isinstance(connection, Courier):
            with self._lock:
                self._idle.append((time.monotonic(), connection))


# --- One mail ---------------------------------------------------------------------------------


def _hand_over(connection: BaseEmailBackend, text: Outgoing) -> Answer:
    try:
        validate_email(text.to)
        message = _message(text, connection)
        message.message()  # what cannot be written is found before anything is marked
    except (ValidationError, ValueError):
        return Answer(Meaning.BAD_NUMBER)
    with practice_scope(text.practice_id):
        if not mark_leaving(text.attempt_id, clock.now()):
            return Answer(Meaning.UNSENT)
    smtp = getattr(connection, "connection", None)
    if smtp is not None:
        smtp.words_begun = False
    try:
        connection.send_messages([message])
    except smtplib.SMTPRecipientsRefused as error:
        code, said = next(iter(error.recipients.values()))
        return _refused(Stage.RECIPIENT, code, said)
    except smtplib.SMTPSenderRefused as error:
        return _refused(Stage.SENDER, error.smtp_code, error.smtp_error)
    except smtplib.SMTPResponseException as error:
        return _refused(Stage.WORDS, error.smtp_code, error.smtp_error)
    except OSError:
        begun = getattr(smtp, "words_begun", True)
        return Answer(Meaning.DOUBT if begun else Meaning.UNSENT)
    return Answer(Meaning.ACCEPTED, sid=str(text.attempt_id))


def _message(text: Outgoing, connection: BaseEmailBackend) -> EmailMessage:
    _name, sender = parseaddr(settings.DEFAULT_FROM_EMAIL)
    domain = sender.rpartition("@")[2] or "localhost"
    return EmailMessage(
        " ".join(text.subject_line.split()),
        text.body,
        to=[text.to],
        connection=connection,
        headers={"Message-ID": f"<{text.attempt_id}@{domain}>", **_HEADERS},
    )


def _refused(stage: Stage, code: int, said: bytes | str) -> Answer:
    words = said.decode(errors="replace") if isinstance(said, bytes) else said
    return Answer(meaning_of_refusal(stage, code, words), code=code if 0 < code < 1000 else None)


# --- Connections ------------------------------------------------------------------------------


class Courier(EmailBackend):
    """Django's own SMTP connection, which also remembers whether the words were begun."""

    @property
    def connection_class(self) -> type[smtplib.SMTP]:
        """The library's class with a memory."""
        return _RememberingSSL if self.use_ssl else _Remembering


class _Remembering(smtplib.SMTP):
    words_begun = False

    def data(self, msg: Any) -> tuple[int, bytes]:
        self.words_begun = True
        return super().data(msg)


class _RememberingSSL(_Remembering, smtplib.SMTP_SSL):
    pass


def _open() -> BaseEmailBackend:
    is_smtp = settings.EMAIL_BACKEND == _SMTP
    backend = f"{__name__}.Courier" if is_smtp else settings.EMAIL_BACKEND
    connection: BaseEmailBackend = get_connection(backend, timeout=SECONDS)
    connection.open()
    return connection


def _answers(connection: BaseEmailBackend) -> bool:
    smtp = getattr(connection, "connection", None)
    try:
        return smtp is None or smtp.noop()[0] == 250
    except OSError:
        return False


def _hang_up(connection: BaseEmailBackend) -> None:
    try:
        connection.close()
    except OSError:
        return
