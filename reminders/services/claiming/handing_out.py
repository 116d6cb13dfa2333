"""Write the attempts of claimed rows, lease them, and make what the transports take."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Callable, Mapping

from portal.practices.links import practice_url
from portal.practices.models import Practice, PracticeSettings
from portal.tenancy.bulk import write_rows
from reminders import texts
from reminders.models import Attempt, Channel, Reminder
from reminders.rules.segments import measure
from reminders.rules.states import State
from reminders.services.claiming.facts import Facts
from reminders.services.claiming.verdicts import Destination, Go
from reminders.transports.base import Outgoing, Route, digest
from reminders.transports.mail import Mail

LEASE = dt.timedelta(minutes=2)

Render = Callable[[Reminder, Go, texts.Voice], texts.Rendered]


def hand_out(
    claimed: list[tuple[Reminder, Go]], facts: Facts, renders: Mapping[str, Render]
) -> list[Outgoing]:
    """One attempt and one lease for each claimed row; `renders` finds the words by subject."""
    outgoing, attempts, links = [], [], []
    for row, go in claimed:
        rendered = renders[row.subject_type](row, go, facts.voice)
        route = route_of(go.to.channel, facts.voice.settings)
        attempt = Attempt(
            pk=uuid.uuid4(),
            reminder=row,
            contact_point=go.to.contact_point,
            number=row.attempts + 1,
            transport=route.transport,
            created_at=facts.now,
            body_digest=digest(rendered.body),
        )
        attempts.append(attempt)
        if rendered.link is not None:
            links.append(rendered.link)
        _lease(row, attempt, rendered.body, facts.now)
        outgoing.append(_outgoing(attempt, row, go.to, rendered, route, facts.voice.practice))
    Attempt.objects.bulk_create(attempts)
    if links:
        type(links[0]).objects.bulk_create(links)
    write_rows(
        [row for row, _ in claimed],
        [
            "state",
            "lease_until",
            "due_at",
            "current_attempt",
            "attempts",
            "contact_point",
            "segments",
        ],
    )
    return outgoing


def route_of(channel: Channel, settings: PracticeSettings) -> Route:
    """Which way the practice's messages of this channel take."""
    return Route(settings.sms_transport if channel is Channel.SMS else Mail.name)


def _lease(row: Reminder, attempt: Attempt, body: str, now: dt.datetime) -> None:
    row.move_to(State.SENDING)
    row.lease_until = row.due_at = now + LEASE
    row.current_attempt = attempt.pk
    row.attempts += 1
    row.contact_point_id = attempt.contact_point_id
    row.segments = measure(body).segments if row.channel == Channel.SMS else 0


def _outgoing(
    attempt: Attempt,
    row: Reminder,
    to: Destination,
    rendered: texts.Rendered,
    route: Route,
    practice: Practice,
) -> Outgoing:
    return Outgoing(
        practice_id=practice.pk,
        attempt_id=attempt.pk,
        to=to.address,
        body=rendered.body,
        callback_url=practice_url(practice, "reminders:twilio_status") + f"?attempt={attempt.pk}",
        route=route,
        channel=to.channel,
        subject_line=rendered.subject_line,
        segments=row.segments,
    )
