"""Write the attempts of claimed rows, lease them, and make what the transports take."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Callable, Mapping
from dataclasses import replace

from django.utils import translation
from django.utils.translation import gettext as _

from portal.practices.links import practice_url
from portal.practices.models import PracticeSettings
from portal.tenancy.bulk import write_rows
from portal.ui import languages
from reminders import texts
from reminders.accounts import account_in_use
from reminders.models import Channel, NewAttempt, Reminder, keep_attempts, keep_links
from reminders.rules.segments import measure
from reminders.rules.states import State
from reminders.rules.timing import LEASE
from reminders.services.claiming.facts import Facts
from reminders.services.claiming.parcels import Parcel
from reminders.services.claiming.verdicts import Destination
from reminders.transports import TWILIO
from reminders.transports.base import Outgoing, Route, digest
from reminders.transports.mail import Mail

Routes = Mapping[Channel, Route]
Render = Callable[[Parcel, texts.Voice], texts.Rendered]


def hand_out(parcels: list[Parcel], facts: Facts, routes: Routes, render: Render) -> list[Outgoing]:
    """One attempt for each message and one lease for each of its rows; `render` finds the words."""
    outgoing, attempts, links = [], [], []
    told_at = practice_url(facts.voice.practice, "reminders:twilio_status")
    for parcel in parcels:
        row, go = parcel.row, parcel.go
        rendered = _for_mail(row, render(parcel, facts.voice), facts.voice)
        route = routes[go.to.channel]
        point = go.to.contact_point
        attempt = NewAttempt(
            id=uuid.uuid4(),
            reminder=row.pk,
            contact_point=point.pk if point is not None else None,
            number=row.attempts + 1,
            transport=route.transport,
            account=route.account_id,
            body_digest=digest(rendered.body),
            also=[other.pk for other, _ in parcel.along],
        )
        attempts.append(attempt)
        if rendered.link is not None:
            links.append(rendered.link)
        for each, _go in parcel.all:
            _lease(each, attempt, rendered.body, facts.now)
        outgoing.append(_outgoing(attempt, row, go.to, rendered, route, told_at))
    keep_attempts(attempts, facts.now)
    keep_links(links)
    write_rows(
        [row for parcel in parcels for row, _ in parcel.all],
        [
            "state",
            "lease_until",
            "due_at",
            "current_attempt",
            "attempts",
            "contact_point",
            "carried_by",
            "segments",
        ],
    )
    return outgoing


def _for_mail(row: Reminder, rendered: texts.Rendered, voice: texts.Voice) -> texts.Rendered:
    """A mail has a subject line; one in place of a text says that nobody reads answers to it."""
    if row.channel != Channel.EMAIL:
        return rendered
    body = rendered.body
    if row.policy is not None and row.policy.channel == Channel.SMS:
        with translation.override(languages.of_our_words(Facts.patient_of(row).language)):
            note = _("Nobody reads answers to this mail. To talk to us: %(phone)s.")
            body = f"{body}\n\n{note % {'phone': voice.way_to_a_person}}"
    subject_line = rendered.subject_line or _("A reminder")
    return replace(rendered, body=body, subject_line=subject_line)


def routes_of(settings: PracticeSettings) -> Routes:
    """Which way the practice's messages of each channel take; a text's names its account."""
    account = account_in_use() if settings.sms_transport == TWILIO else None
    texts_go = Route(settings.sms_transport)
    if account is not None:
        texts_go = Route(settings.sms_transport, account.pk, account.segments_a_second)
    return {Channel.SMS: texts_go, Channel.EMAIL: Route(Mail.name)}


def _lease(row: Reminder, attempt: NewAttempt, body: str, now: dt.datetime) -> None:
    row.move_to(State.SENDING)
    row.lease_until = row.due_at = now + LEASE
    row.current_attempt = attempt.id
    row.attempts += 1
    row.contact_point_id = attempt.contact_point
    carries = attempt.reminder == row.pk
    row.carried_by_id = None if carries else attempt.reminder
    row.segments = measure(body).segments if carries and row.channel == Channel.SMS else 0


def _outgoing(
    attempt: NewAttempt,
    row: Reminder,
    to: Destination,
    rendered: texts.Rendered,
    route: Route,
    told_at: str,
) -> Outgoing:
    return Outgoing(
        practice_id=row.practice_id,
        attempt_id=attempt.id,
        to=to.address,
        body=rendered.body,
        callback_url=f"{told_at}?attempt={attempt.id}",
        route=route,
        channel=to.channel,
        subject_line=rendered.subject_line,
        segments=row.segments,
    )
