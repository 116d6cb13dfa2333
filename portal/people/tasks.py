"""Mail that the worker sends after the commit, and the sweep for bells that were lost."""

from __future__ import annotations

from uuid import UUID

from portal.people.invitations.services import mailing
from portal.people.signin import letters
from portal.tenancy.context import ambient_practice, practice_transaction
from portal.tenancy.tasks import platform_task, practice_task


@platform_task(name="people.send_letter")
def send_letter(letter_id: str) -> None:
    """Send one letter about an account."""
    letters.send(UUID(letter_id))


@platform_task(name="people.send_waiting_letters")
def send_waiting_letters() -> None:
    """Each minute: send what a lost bell has left waiting, and forget what is long done."""
    for letter_id in letters.waiting():
        letters.send(letter_id)
    letters.tidy()


@practice_task(name="people.mail_invitation", own_transactions=True)
def mail_invitation(invitation_id: str) -> None:
    """Send the link of one invitation."""
    mailing.mail(UUID(invitation_id))


@platform_task(name="people.mail_waiting_invitations")
def mail_waiting_invitations() -> None:
    """Each minute: the invitations whose bell was lost, practice by practice."""
    for practice_id in list(mailing.practices_with_waiting_mail()):
        with ambient_practice(practice_id):
            with practice_transaction():
                waiting = mailing.waiting()
            for invitation_id in waiting:
                mailing.mail(invitation_id)
