"""Why an encrypted value cannot be read. None of these says what stood there."""

from django.utils.translation import gettext_lazy as _

from portal.tenancy.errors import DomainError


class KeyDestroyed(DomainError):
    """The patient's keys were destroyed for good: what they protected cannot be read by anybody."""

    # In a template the value is empty then; a list with one such row still shows the others.
    silent_variable_failure = True

    def __init__(self) -> None:
        super().__init__(_("This was deleted for good and cannot be read any more."))


class KeyUnavailable(Exception):
    """The key cannot be had now: the key-encryption key is another, or its keeper is away.

    Nothing is read and nothing is written as plain text instead; it mends itself once the key is
    there again.
    """


class Unreadable(Exception):
    """The bytes are not what this row, column and practice once wrote."""


class SealedUse(TypeError):
    """An encrypted column was asked for something that only plain text can do: a slip in code."""
