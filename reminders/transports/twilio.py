"""Texts through Twilio: the real client, short time-outs, and no second try of its own.

Nothing here logs: the library's own client writes numbers into the log, so its HTTP layer is
replaced by a smaller one. Twilio's create call has no idempotency key, therefore every unclear end
is `Meaning.DOUBT` and only an end before the first byte left is `Meaning.UNSENT`.
"""

from __future__ import annotations

import logging
import re
from dataclasses import dataclass
from datetime import UTC, timedelta
from functools import lru_cache
from typing import Any, ClassVar
from urllib.parse import parse_qs, urlencode, urlsplit

import certifi
import urllib3
from twilio.base.exceptions import TwilioException
from twilio.http import HttpClient
from twilio.http.response import Response
from twilio.request_validator import RequestValidator
from twilio.rest import Client
from urllib3.exceptions import ConnectTimeoutError, HTTPError, NewConnectionError, SSLError
from urllib3.util import make_headers

from reminders.rules.answers import Answer, Meaning, meaning_of
from reminders.rules.states import parse_receipt
from reminders.transports.base import CannotLookError, Found, Outgoing, Sought, digest

CONNECT_SECONDS = 3.0
READ_SECONDS = 10.0

# How many of a number's newest messages are looked through: two attempts and a chat fit easily.
_LOOK_THROUGH = 50
_SID = re.compile("[A-Za-z0-9]{1,64}")
# A message without readable words (the account may redact them) must at least fit in time.
_FITS = timedelta(seconds=5), timedelta(minutes=2)

# At debug level this library writes each address, and the list call's address holds a number.
logging.getLogger("urllib3.connectionpool").addFilter(lambda r: r.levelno >= logging.WARNING)

_SILENT = logging.getLogger("reminders.transports.silent")
_SILENT.disabled = True


@dataclass(frozen=True, slots=True)
class TwilioAccount:
    """What it takes to send: one of `messaging_service` and `sender`; `api` is an origin."""

    sid: str
    token: str
    messaging_service: str = ""
    sender: str = ""
    api: str = "https://api.twilio.com"

    API: ClassVar[str] = "https://api.twilio.com"

    def __repr__(self) -> str:
        """Without the token."""
        return f"<TwilioAccount {self.sid}>"


class Twilio:
    """A `Transport` over one Twilio account. Safe to use from several threads."""

    name = "twilio"

    def __init__(self, account: TwilioAccount, *, connections: int = 16) -> None:
        """Prepare a client with a pool of `connections`; opens nothing yet."""
        self._account = account
        self._client = client_of(account, connections=connections)

    def send(self, text: Outgoing) -> Answer:
        """Create one message. See `Transport.send`."""
        sender = (
            {"messaging_service_sid": self._account.messaging_service}
            if self._account.messaging_service
            else {"from_": self._account.sender}
        )
        try:
            message = self._client.messages.create(
                to=text.to, body=text.body, status_callback=text.callback_url, **sender
            )
        except TwilioException as error:
            return _refusal(error)
        except HTTPError as error:
            return Answer(Meaning.UNSENT if _never_left(error) else Meaning.DOUBT)
        except (ValueError, KeyError, TypeError):
            # Taken, by its status, with an answer that cannot be read.
            return Answer(Meaning.DOUBT)
        sid = _sid_of(message)
        return Answer(Meaning.ACCEPTED, sid=sid) if sid else Answer(Meaning.DOUBT)

    def find(self, sought: Sought) -> Found | None:
        """Look through the number's newest messages. See `Transport.find`."""
        try:
            messages = self._client.messages.list(to=sought.to, limit=_LOOK_THROUGH)
        except (TwilioException, HTTPError, ValueError, KeyError) as error:
            raise CannotLookError(type(error).__name__) from None
        for message in messages:
            if _is_it(message, sought):
                receipt = parse_receipt(str(message.status or ""))
                return Found(_sid_of(message), receipt, message.error_code)
        return None


def client_of(account: TwilioAccount, *, connections: int) -> Client:
    """The library's client for an account, with our HTTP layer; opens nothing yet.

    Where the installation names another origin than Twilio's own, every part of the API is there.
    """
    client = Client(account.sid, account.token, http_client=_Http(connections), environment={})
    client.api.base_url = account.api.rstrip("/")
    if account.api != TwilioAccount.API:
        client.messaging.base_url = account.api.rstrip("/")
    return client


def signature_is_right(
    token: str, url: str, params: dict[str, list[str]] | str, signature: str
) -> bool:
    """Whether Twilio signed this webhook call.

    `url` is the exact public address with its query; `params` the posted form (every value of
    every name), or the raw body of a JSON call, which must then be covered by `bodySHA256` in the
    address.
    """
    if not token or not signature:
        return False
    if isinstance(params, str) and "bodySHA256" not in parse_qs(urlsplit(url).query):
        return False  # an empty one does not cover the body either
    checked = _MultiValue(params) if isinstance(params, dict) else params
    return bool(RequestValidator(token).validate(url, checked, signature))


class _MultiValue(dict[str, list[str]]):
    """The posted names in the shape that the validator asks: every value of a name counts."""

    def getlist(self, name: str) -> list[str]:
        return self[name]


class _Http(HttpClient):  # type: ignore[misc]  # the library has no types
    """The library's HTTP layer without its logging, retries and redirects."""

    def __init__(self, connections: int) -> None:
        super().__init__(_SILENT, is_async=False)
        # Without sessions, cookies and proxies a call costs half as much; the roots are the same.
        self._manager = urllib3.PoolManager(
            num_pools=4, maxsize=connections, retries=False, ca_certs=certifi.where()
        )
        self._pools: dict[str, urllib3.HTTPConnectionPool] = {}
        self._headers = lru_cache(maxsize=4)(_authorization)

    def request(
        self,
        method: str,
        uri: str,
        params: dict[str, object] | None = None,
        data: dict[str, object] | None = None,
        headers: dict[str, str] | None = None,
        auth: tuple[str, str] | None = None,
        timeout: float | None = None,
        allow_redirects: bool = False,
    ) -> Response:
        """Make one request, once."""
        address, _, query = uri.partition("?")
        origin, path = _parted(address)
        query = _encoded(params) if params else query
        answer = self._pool_of(origin).urlopen(
            method,
            f"{path}?{query}" if query else path,
            body=_encoded(data) if data else None,
            headers={**(headers or {}), **(self._headers(auth) if auth else {})},
            timeout=urllib3.Timeout(connect=CONNECT_SECONDS, read=timeout or READ_SECONDS),
            redirect=False,
        )
        return Response(answer.status, answer.data.decode(errors="replace"), dict(answer.headers))

    def _pool_of(self, origin: str) -> urllib3.HTTPConnectionPool:
        """The connections to an origin, found once: the manager looks at every part of its key."""
        pool = self._pools.get(origin)
        if pool is None:
            pool = self._pools[origin] = self._manager.connection_from_url(origin)
        return pool


def _authorization(auth: tuple[str, str]) -> dict[str, str]:
    return dict(make_headers(basic_auth=":".join(auth)))


@lru_cache(maxsize=64)
def _parted(uri: str) -> tuple[str, str]:
    """An address as origin and path. Without its query, which may hold a number."""
    parts = urlsplit(uri)
    return f"{parts.scheme}://{parts.netloc}", parts.path


def _encoded(values: dict[str, object]) -> str:
    return urlencode({name: each for name, each in values.items() if each is not None}, doseq=True)


def _refusal(error: TwilioException) -> Answer:
    status = int(getattr(error, "status", 0) or 0)
    code = getattr(error, "code", None)
    try:
        number = int(code) if code is not None else None
    except (TypeError, ValueError):
        number = None
    if number == status:  # the library repeats the status where the answer had no code
        number = None
    return Answer(meaning_of(status, number), code=number)


def _never_left(error: HTTPError) -> bool:
    """Whether the call certainly ended before the first byte was sent."""
    if isinstance(error, SSLError):
        return "CERTIFICATE_VERIFY_FAILED" in str(error)
    return isinstance(error, NewConnectionError | ConnectTimeoutError)


def _sid_of(message: Any) -> str:
    """The message's id; empty for what can be none. It stands in the ledger beside others' ids."""
    sid = message.sid
    return sid if isinstance(sid, str) and _SID.fullmatch(sid) else ""


def _is_it(message: Any, sought: Sought) -> bool:
    """Whether a listed message is the sought one: by its words, or by its time without words."""
    if message.direction not in {None, "outbound-api"}:
        return False
    if message.body:
        return digest(message.body) == sought.body_digest
    created = message.date_created
    if created is None:
        return False
    before, after = _FITS
    return bool(sought.since - before <= created.astimezone(UTC) <= sought.since + after)
