"""Sentences of the plain-Python core, in the reader's language."""

from __future__ import annotations

from django.utils.translation import gettext

from intake.fhir.entry import Fault
from intake.fhir.notices import Notice


def said(sentence: Notice | Fault) -> str:
    """The sentence with its parameters filled in."""
    return gettext(sentence.words) % sentence.params
