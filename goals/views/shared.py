"""The notes that were shared with a patient."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from goals import presenters, selectors
from goals.forms import AddendumForm
from goals.services import notes
from portal.access.decorators import requires
from portal.access.permissions import Permission
from portal.access.requests import PracticeRequest
from portal.people.selectors import own_patient
from portal.tenancy.errors import DomainError
from portal.ui.paging import page_of
from portal.ui.posting import posted, shows_and_takes
from portal.ui.toasts import toast


@requires(Permission.NOTE_OWN)
@require_safe
def shared_notes(request: PracticeRequest) -> HttpResponse:
    """Which notes have been shared, from which day, by whom."""
    page = page_of(request, selectors.notes_for(request.viewer))
    return render(request, "goals/patient/note_list.html", {"page": page})


@requires(Permission.NOTE_OWN)
@shows_and_takes
def shared_note(request: PracticeRequest, note_id: UUID) -> HttpResponse:
    """One of them; posting adds the patient's own words. Opening it is an event."""
    note = selectors.note_for(request.viewer, note_id)
    form = AddendumForm(posted(request))
    if form.is_bound and form.is_valid():
        try:
            notes.add_to_note(note=note, text=form.cleaned_data["text"], by=request.viewer)
        except DomainError as error:  # it was shared until this moment
            messages.warning(request, str(error))
            return redirect("goals:shared_notes")
        toast(request, _("Your words are added."))
        return redirect("goals:shared_note", note.pk)
    if not form.is_bound:
        notes.open_note(note=note, by=request.viewer)
    context = {
        "note": note,
        "own_name": own_patient(request.viewer).first_name,
        "sections": presenters.sections_of(note),
        "added": presenters.added_to(list(selectors.addenda_of(note))),
        "form": form,
    }
    status = 422 if form.is_bound else 200
    return render(request, "goals/patient/note_detail.html", context, status=status)
