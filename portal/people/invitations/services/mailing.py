"""The mail that carries an invitation's link. The worker makes the secret as it sends it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from uuid import UUID

from django.core.mail import EmailMessage
from django.template.loader import render_to_string

from portal import clock
from portal.access.viewer import SystemActor
from portal.audit import services as audit
from portal.backups import selectors as backups
from portal.people.invitations.selectors import link_of, usable, wants_birth_date
from portal.people.invitations.tokens import hash_token, new_token
from portal.people.models import Invitation, InvitationState
from portal.practices.selectors import current_practice
from portal.tenancy.context import crossing_practices, practice_transaction

BELL_LOST_AFTER = dt.timedelta(minutes=1)
MAILER = SystemActor("Mail")


def mail(invitation_id: UUID) -> None:
    """Send the link of one invitation, once. Opens its own transactions.

    If the mail cannot be handed over the row waits again and the next attempt makes a new secret:
    the first has not left the house.
    """
    with practice_transaction():
        row = (
            usable()
            .filter(pk=invitation_id, on_paper=False, mailed_at=None)
            .select_for_update(skip_locked=True)
            .first()
        )
        if row is None or backups.may_have_left(row.created_at):
            return
        token = new_token()
        row.token_hash, row.mailed_at = hash_token(token), clock.now()
        row.save(update_fields=["token_hash", "mailed_at"])
        audit.record("invitation.send", by=MAILER, obj=row, patient_id=row.patient_id)
        subject, body = _compose(row, token)
    try:
        EmailMessage(subject, body, to=[row.email]).send()
    except OSError:  # smtplib's errors are OSErrors too
        with practice_transaction():
            Invitation.objects.filter(pk=row.pk).update(mailed_at=None)
        raise


def practices_with_waiting_mail() -> Iterator[UUID]:
    """Practices with open invitations, as the role that may look across them."""
    with crossing_practices(reason="mail invitations whose bell was lost") as alias:
        rows = Invitation._base_manager.using(alias).filter(state=InvitationState.OPEN)
        yield from rows.order_by().values_list("practice_id", flat=True).distinct()


def waiting() -> list[UUID]:
    """The ambient practice's invitations that should have been mailed a minute ago."""
    lost = clock.now() - BELL_LOST_AFTER
    rows = usable().filter(on_paper=False, mailed_at=None, created_at__lt=lost)
    silent = backups.silent_before()
    if silent is not None:  # it may have gone before the restore; a person can invite anew
        rows = rows.filter(created_at__gte=silent)
    return list(rows.exclude(email="").values_list("pk", flat=True)[:100])


def _compose(row: Invitation, token: str) -> tuple[str, str]:
    practice = current_practice()
    text = render_to_string(
        "portal/people/letters/invitation.txt",
        {
            "practice": practice,
            "link": link_of(token),
            # Without a zone, so that the worker's own does not move it.
            "until": clock.local_time(row.expires_at, practice.time_zone).replace(tzinfo=None),
            "wants_birth_date": wants_birth_date(row),
        },
    )
    subject, _newline, body = text.strip().partition("\n")
    return subject.strip(), body.strip() + "\n"
