"""The errors that every layer may raise and every view knows how to show."""

from django.http import Http404


class DomainError(Exception):
    """A rule says no. `str(error)` is a plain sentence for the person who asked."""


class NotFound(Http404):
    """No such row for this viewer: missing, another practice's, or not theirs to see."""


class NoPractice(RuntimeError):
    """Practice-owned rows were asked for outside a practice: a slip in the code."""
