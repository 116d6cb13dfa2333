"""The way into a practice: invited, proved by a second fact, accepted once.

A link or a sheet is a row with the hash of a random secret; every row of one `series` works for 72
hours, until one of them is used. Opening a link changes nothing: a mail scanner may do it. Tries of
the second fact are counted in a statement of their own, so fifty at once are five.

Writing is `services`, reading `selectors`, the secrets `tokens`; other code imports from here.
"""

from portal.people.accounts import AccountExists
from portal.people.invitations.selectors import (
    MAX_TRIES,
    LinkIsOver,
    invitation_by_id,
    invitation_for,
    invitation_with,
    link_of,
    open_invitations_for,
    wants_birth_date,
)
from portal.people.invitations.services.accepting import WrongFact, accept, prove
from portal.people.invitations.services.inviting import (
    Invited,
    invite_again,
    invite_patient,
    invite_proxy,
    invite_staff,
    withdraw,
)

__all__ = [
    "MAX_TRIES",
    "AccountExists",
    "Invited",
    "LinkIsOver",
    "WrongFact",
    "accept",
    "invitation_by_id",
    "invitation_for",
    "invitation_with",
    "invite_again",
    "invite_patient",
    "invite_proxy",
    "invite_staff",
    "link_of",
    "open_invitations_for",
    "prove",
    "wants_birth_date",
    "withdraw",
]
