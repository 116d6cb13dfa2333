"""Mail about an account: written down with the change, sent by the worker after the commit.

Links are made when a letter is sent, so no row and no queue ever holds one that opens something.
The words say as little as works: a mailbox is often shared.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from typing import Any
from uuid import UUID

from allauth.account.forms import default_token_generator
from allauth.account.models import EmailAddress, get_emailconfirmation_model
from allauth.account.utils import user_pk_to_url_str
from django.conf import settings
from django.core.mail import EmailMessage
from django.db import transaction
from django.http import HttpRequest
from django.template.loader import render_to_string
from django.urls import get_script_prefix, reverse, set_script_prefix
from django.utils.translation import gettext_lazy as _

from portal import clock
from portal.backups import selectors as backups
from portal.people.models import Letter, User
from portal.people.signin.devices import browser_name, device_kind
from portal.practices.links import practice_url
from portal.practices.models import Practice

MAX_TRIES = 5
KEPT = dt.timedelta(days=30)
WORTH_SENDING = dt.timedelta(hours=24)

NOTICES = {
    "password_changed": _("The password was changed."),
    "password_set": _("A password was set."),
    "password_reset": _("A new password was chosen through a link in a mail to you."),
    "email_changed": _("The e-mail address for signing in was changed to %(to_email)s."),
    "email_confirm": _("This e-mail address was confirmed for signing in."),
    "email_deleted": _("The e-mail address %(deleted_email)s was taken off."),
    "totp_activated": _("An authenticator app was added as a second step."),
    "totp_deactivated": _("The authenticator app was taken off."),
    "webauthn_added": _("A passkey was added."),
    "webauthn_removed": _("A passkey was taken off."),
    "recovery_codes_generated": _("New recovery codes were made. The old ones no longer work."),
    "new_device": _("Somebody signed in on a device that we have not seen before."),
}


def write(
    kind: str,
    *,
    user: User | None,
    address: str,
    practice: Practice | None,
    details: dict[str, Any] | None = None,
) -> Letter:
    """Write a letter down and ring for the worker on commit. `user` None: nobody gets it."""
    from portal.people.tasks import send_letter

    letter = Letter.objects.create(
        kind=kind,
        user=user,
        address=address if user else "",
        practice_slug=practice.slug if practice else "",
        details=details or {},
        created_at=clock.now(),
    )
    send_letter.dispatch(str(letter.pk))
    return letter


def write_notice(
    request: HttpRequest, kind: str, user: User, *, address: str = "", **details: str
) -> None:
    """Tell the account's owner of a change, with the kind of device it came from."""
    address = address or user.email
    if not address or kind not in NOTICES:
        return
    agent = request.headers.get("User-Agent", "")
    device = ", ".join(filter(None, (browser_name(agent), device_kind(agent))))
    write(
        kind,
        user=user,
        address=address,
        practice=getattr(request, "practice", None),
        details={**details, "device": device},
    )


def send(letter_id: UUID) -> None:
    """Send a letter that waits. One that has gone, is too old or was tried too often stays."""
    with transaction.atomic():
        letter = (
            Letter.objects.select_for_update(skip_locked=True, of=("self",))
            .select_related("user")
            .filter(pk=letter_id, sent_at=None, tries__lt=MAX_TRIES)
            .first()
        )
        if letter is None:
            return
        letter.tries += 1
        letter.save(update_fields=["tries"])
    if letter.user is not None and _is_worth_sending(letter):
        subject, body = compose(letter, letter.user)
        EmailMessage(subject, body, to=[letter.address]).send()
    letter.sent_at = clock.now()
    letter.save(update_fields=["sent_at"])


def _is_worth_sending(letter: Letter) -> bool:
    """Not too old, and not from before a restore: that one may have gone already."""
    age = clock.now() - letter.created_at
    return age < WORTH_SENDING and not backups.may_have_left(letter.created_at)


def waiting() -> list[UUID]:
    """Letters whose bell the worker has missed: a minute old and not sent."""
    now = clock.now()
    return list(
        Letter.objects.filter(
            sent_at=None, tries__lt=MAX_TRIES, created_at__lt=now - dt.timedelta(minutes=1)
        ).values_list("pk", flat=True)[:100]
    )


def tidy() -> int:
    """Forget letters that were done a month ago. How many."""
    count, _tables = Letter.objects.filter(created_at__lt=clock.now() - KEPT).delete()
    return count


def compose(letter: Letter, user: User) -> tuple[str, str]:
    """Subject and body, with a link that is made now. The template's first line is the subject."""
    practice = Practice.objects.filter(slug=letter.practice_slug).first()
    words = {
        "practice": practice,
        "user": user,
        "at": _on_the_wall(letter.created_at, practice),
        "device": letter.details.get("device", ""),
    }
    if letter.kind in NOTICES:
        words["what"] = str(NOTICES[letter.kind]) % letter.details
        words["sign_in"] = _url(practice, "account_login")
        template = "notice"
    else:
        words["link"] = dict(_links(letter, user, practice)).get(letter.kind, "")
        template = letter.kind
    text = render_to_string(f"portal/people/letters/{template}.txt", words)
    subject, _newline, body = text.strip().partition("\n")
    return subject.strip(), body.strip() + "\n"


def _links(letter: Letter, user: User, practice: Practice | None) -> Iterator[tuple[str, str]]:
    if letter.kind == "password_link":
        key = default_token_generator.make_token(user)
        name = "account_reset_password_from_key"
        yield letter.kind, _url(practice, name, user_pk_to_url_str(user), key)
    if letter.kind == "email_confirmation":
        address = EmailAddress.objects.filter(user=user, email=letter.address).first()
        if address is not None:
            key = get_emailconfirmation_model().create(address).key
            yield letter.kind, _url(practice, "account_confirm_email", key)


def _on_the_wall(moment: dt.datetime, practice: Practice | None) -> dt.datetime:
    """The practice's wall-clock time, without a zone: the worker's own zone must not move it."""
    zone = practice.time_zone if practice else settings.TIME_ZONE
    return clock.local_time(moment, zone).replace(tzinfo=None)


def _url(practice: Practice | None, name: str, *args: str) -> str:
    """The page below the practice from which the letter was asked for, or above all of them."""
    if practice is not None:
        return practice_url(practice, name, *args)
    before = get_script_prefix()
    set_script_prefix("/")
    try:
        return f"{settings.PUBLIC_URL}{reverse(name, urlconf=settings.ROOT_URLCONF, args=args)}"
    finally:
        set_script_prefix(before)
