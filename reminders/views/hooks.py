"""Where the provider calls: replies, and news about texts.

Signed with the practice's own token on the exact public address, idempotent by the message's id,
answered at once. A wrong signature stores nothing and says nothing.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from functools import wraps
from uuid import UUID

import structlog
from django.conf import settings
from django.http import HttpResponse, HttpResponseForbidden
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST
from kombu.exceptions import OperationalError

from portal.access.decorators import own_transactions, public_page
from portal.access.requests import PracticeRequest
from portal.tenancy.context import practice_transaction
from reminders import tasks
from reminders.accounts import accounts_that_sign
from reminders.services import outcomes, receiving

logger = structlog.get_logger(__name__)

Hook = Callable[[PracticeRequest, dict[str, str]], HttpResponse]
_NOTHING_TO_SAY = '<?xml version="1.0" encoding="UTF-8"?><Response/>'
_LONGEST = 64 * 1024


def signed_by_twilio(hook: Hook) -> Callable[[PracticeRequest], HttpResponse]:
    """Let only calls in that Twilio signed for this very address; the hook gets their fields."""

    @wraps(hook)
    def check(request: PracticeRequest) -> HttpResponse:
        fields = _signed_fields(request)
        if fields is None:
            logger.warning("webhook refused", hook=hook.__name__)
            return HttpResponseForbidden()
        return hook(request, fields)

    return own_transactions(public_page(csrf_exempt(require_POST(check))))


@signed_by_twilio
def twilio_inbound(request: PracticeRequest, fields: dict[str, str]) -> HttpResponse:
    """A text from a person. Kept, STOP obeyed; the rest is worked by a task."""
    sid, number = fields.get("MessageSid", ""), fields.get("From", "")
    if sid and number:
        try:
            with practice_transaction():
                message = receiving.receive(sid=sid, number=number, body=fields.get("Body", ""))
                if message is not None:
                    tasks.work_inbound.dispatch(message.pk)
        except OperationalError:
            # The message is kept and the broker is away: the dispatcher's sweep works it.
            logger.warning("the bell for a message could not be rung")
    return HttpResponse(_NOTHING_TO_SAY, content_type="text/xml")


@signed_by_twilio
def twilio_status(request: PracticeRequest, fields: dict[str, str]) -> HttpResponse:
    """News about a text of ours: kept at once, and worked at once where nobody is in the way.

    A few short statements: queueing each would cost as much. Where somebody holds the row, the call
    does not wait for them.
    """
    if not fields.get("MessageSid"):
        return HttpResponse(status=204)
    try:
        with practice_transaction():
            event = outcomes.hear(
                status=fields.get("MessageStatus", ""),
                sid=fields["MessageSid"],
                attempt_id=_uuid(request.GET.get("attempt", "")),
                code=_number(fields.get("ErrorCode", "")),
            )
            if event is not None and outcomes.work_news(event, wait=False) is None:
                tasks.work_news.dispatch(event)
    except OperationalError:
        # The news is kept and the broker is away: the dispatcher's sweep works it.
        logger.warning("the bell for news could not be rung")
    return HttpResponse(status=204)


def _signed_fields(request: PracticeRequest) -> dict[str, str] | None:
    """The posted fields, or None unless the signature holds over all of them."""
    from reminders.transports.twilio import signature_is_right

    url = f"{settings.PUBLIC_URL}{request.get_full_path()}"
    signature = request.headers.get("X-Twilio-Signature", "")
    if (_number(request.headers.get("Content-Length", "")) or 0) > _LONGEST:
        return None
    signed: dict[str, list[str]] | str
    if request.content_type == "application/json":
        signed = request.body.decode(errors="replace")
    else:
        signed = {name: request.POST.getlist(name) for name in request.POST}
    with practice_transaction():
        accounts = [(row.token, row.account_sid) for row in accounts_that_sign()]
    signer = next(
        (sid for token, sid in accounts if signature_is_right(token, url, signed, signature)), None
    )
    if signer is None:
        return None  # before anything in it is read
    if isinstance(signed, str):
        fields = _json_fields(signed)
    else:
        fields = {name: values[-1] for name, values in signed.items()}
    fields = {
        name: value.replace("\x00", "") for name, value in fields.items()
    }  # no column has any
    return fields if fields.get("AccountSid", signer) == signer else None


def _json_fields(body: str) -> dict[str, str]:
    try:
        read = json.loads(body)
    except (ValueError, RecursionError):
        return {}
    return {str(k): str(v) for k, v in read.items()} if isinstance(read, dict) else {}


def _uuid(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None


def _number(text: str) -> int | None:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 9 else None
