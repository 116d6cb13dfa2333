"""The portal broken on purpose: it asks for each patient again, one query a row.

A gate that was never seen red proves nothing, so each run measures this too and must say so.
"""

from __future__ import annotations

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse

from portal.people.models import Patient
from portal.tenancy.context import practice_scope


class AskForEachAgain:
    """The commonest slip there is, around every page."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        with practice_scope(request.practice.pk):  # type: ignore[attr-defined]  # below a practice
            for patient in Patient.objects.only("pk"):
                Patient.objects.get(pk=patient.pk)
        return self.get_response(request)
