"""That this database came out of a backup."""

from django.db import models


class Restore(models.Model):
    """One time that a backup was put back; global, written by the owner's role alone.

    `taken_at` is when the backup was made, `restored_at` when it was put back (the portal's clock).
    Until `released_at` no reminder leaves.
    """

    taken_at = models.DateTimeField()
    restored_at = models.DateTimeField()
    released_at = models.DateTimeField(null=True, blank=True)
