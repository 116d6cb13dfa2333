"""The notes of one patient's sessions, for the care team."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from goals import presenters, selectors
from goals.forms import NoteForm, ShareForm, StaffAddendumForm, StartForm
from goals.models import Note
from goals.note_templates import Section
from goals.services import notes
from portal import clock
from portal.access.decorators import requires
from portal.access.permissions import Permission
from portal.access.requests import PracticeRequest
from portal.people.models import Patient
from portal.people.selectors import clinical_patient_for
from portal.tenancy.errors import DomainError
from portal.ui.paging import page_of
from portal.ui.posting import shows_and_takes
from portal.ui.toasts import toast


@requires(Permission.NOTE_STAFF)
@require_safe
def patient_notes(request: PracticeRequest, patient_id: UUID) -> HttpResponse:
    """Which notes there are, who wrote them, which the patient may read. No note's words."""
    patient = clinical_patient_for(request.viewer, patient_id)
    page = page_of(request, selectors.notes_of(request.viewer, patient))
    return render(
        request,
        "goals/staff/patient_notes.html",
        {"patient": patient, "page": page, "draft": selectors.draft_of(request.viewer, patient)},
    )


@requires(Permission.NOTE_STAFF)
@require_POST
def note_start(request: PracticeRequest, patient_id: UUID) -> HttpResponse:
    """Begin the note of today's session, or go on with the one that is begun."""
    patient = clinical_patient_for(request.viewer, patient_id)
    form = StartForm(request.POST, about=patient)
    if not form.is_valid():
        messages.warning(request, form.problems()[0].message)
        return redirect("goals:session", patient.pk)
    zone_name = request.practice.time_zone
    today = clock.today(zone_name)
    notes.start_note(
        patient=patient,
        session_on=today,
        appointment=selectors.visit_on(request.viewer, patient, day=today, zone_name=zone_name),
        by=request.viewer,
    )
    return redirect("goals:session", patient.pk)


@requires(Permission.NOTE_STAFF)
@shows_and_takes
def note_detail(request: PracticeRequest, patient_id: UUID, note_id: UUID) -> HttpResponse:
    """A draft to write in, or a signed note to read. `go=sign` saves what stands and signs it."""
    patient = clinical_patient_for(request.viewer, patient_id)
    note = selectors.note_of(request.viewer, patient, note_id)
    if request.method == "POST":
        return _take(request, patient, note)
    notes.open_note(note=note, by=request.viewer)
    if note.is_draft:
        return _show_draft(request, note, NoteForm.of(note))
    return _show_signed(request, note, StaffAddendumForm(about=patient))


@requires(Permission.NOTE_STAFF)
@shows_and_takes
def note_save(request: PracticeRequest, patient_id: UUID, note_id: UUID) -> HttpResponse:
    """Keep the draft while it is being written; replies with the saved time and the new version.

    Where it cannot be kept the line says so. Somebody who was led here after signing in again is
    led on to the note.
    """
    patient = clinical_patient_for(request.viewer, patient_id)
    note = selectors.note_of(request.viewer, patient, note_id)
    if request.method != "POST":
        return redirect("goals:note_detail", patient.pk, note.pk)
    form = NoteForm.of(note, request.POST)
    context: dict[str, Any] = {"note": None, "problem": ""}
    if not form.is_valid():
        context["problem"] = form.problems()[0].message
    else:
        try:
            saved = notes.save_draft(
                note=note,
                content=form.content,
                version=form.cleaned_data["version"],
                by=request.viewer,
            )
        except notes.NoteChanged as error:
            context["problem"] = _(
                "%(name)s has changed this note. Both versions are kept. "
                "Press “Save the draft” to see both."
            ) % {"name": error.current.saved_by.display_name}
        except notes.NoteSigned:
            context["problem"] = _("This note is signed. What you wrote is kept beside it.")
        else:
            context |= {"note": saved, "form": NoteForm.of(saved)}
    return render(request, "goals/staff/_note_saved.html", context)


@requires(Permission.NOTE_STAFF)
@require_POST
def note_share(request: PracticeRequest, patient_id: UUID, note_id: UUID) -> HttpResponse:
    """Let the patient read a signed note, or stop that."""
    patient = clinical_patient_for(request.viewer, patient_id)
    note = selectors.note_of(request.viewer, patient, note_id)
    form = ShareForm(request.POST, about=patient)
    if not form.is_valid():
        messages.warning(request, form.problems()[0].message)
        return redirect("goals:note_detail", patient.pk, note.pk)
    wanted = form.cleaned_data["shared"]
    try:
        notes.share(note=note, shared=wanted, by=request.viewer)
    except DomainError as error:
        messages.warning(request, str(error))
    else:
        name = {"name": patient.first_name}
        shown, hidden = (
            _("%(name)s can read this note now."),
            _("%(name)s cannot read it any more."),
        )
        toast(request, (shown if wanted else hidden) % name)
    return redirect("goals:note_detail", patient.pk, note.pk)


@requires(Permission.NOTE_STAFF)
@shows_and_takes
def note_add(request: PracticeRequest, patient_id: UUID, note_id: UUID) -> HttpResponse:
    """Add to a signed note."""
    patient = clinical_patient_for(request.viewer, patient_id)
    note = selectors.note_of(request.viewer, patient, note_id)
    if request.method != "POST":
        return redirect("goals:note_detail", patient.pk, note.pk)
    form = StaffAddendumForm(request.POST, about=patient)
    if form.is_valid():
        try:
            notes.add_to_note(note=note, text=form.cleaned_data["text"], by=request.viewer)
        except DomainError as error:
            messages.warning(request, str(error))
        else:
            toast(request, _("Added. The signed text stays as it was."))
        return redirect("goals:note_detail", patient.pk, note.pk)
    if note.is_draft:
        return redirect("goals:note_detail", patient.pk, note.pk)
    return _show_signed(request, note, form)


@requires(Permission.NOTE_STAFF)
@require_safe
def note_history(request: PracticeRequest, patient_id: UUID, note_id: UUID) -> HttpResponse:
    """Everything that the note once said, the newest first; also what met a newer version."""
    patient = clinical_patient_for(request.viewer, patient_id)
    note = selectors.note_of(request.viewer, patient, note_id)
    page = page_of(request, selectors.revisions_of(note), size=10)
    notes.open_history(note=note, by=request.viewer)
    shown = [
        (revision, presenters.sections_in(note, revision.content)) for revision in page.object_list
    ]
    context = {"patient": patient, "note": note, "page": page, "shown": shown}
    return render(request, "goals/staff/note_history.html", context)


def _take(request: PracticeRequest, patient: Patient, note: Note) -> HttpResponse:
    form, by = NoteForm.of(note, request.POST), request.viewer
    if not form.is_valid():
        return _show_draft(request, note, form)
    try:
        saved = notes.save_draft(
            note=note, content=form.content, version=form.cleaned_data["version"], by=by
        )
        if request.POST.get("go") == "sign":
            notes.sign(note=saved, version=saved.version, by=by)
            toast(request, _("The note is signed."))
            return redirect("goals:note_detail", patient.pk, note.pk)
    except notes.NoteChanged as error:
        differing = form.differing(error.current)
        merged = form.on_top_of(error.current)
        merged.is_valid()
        return _show_draft(request, error.current, merged, differing=differing, clashed=True)
    except notes.NoteSigned:
        messages.warning(
            request,
            _("This note is signed. What you wrote is kept under “Earlier versions”."),
        )
        return redirect("goals:note_detail", patient.pk, note.pk)
    except DomainError as error:  # nothing to sign; what the page said is saved as it stands
        form = form.on_top_of(saved)
        form.add_error(None, str(error))
        return _show_draft(request, saved, form)
    toast(request, _("The draft is saved."))
    if request.POST.get("came_from") == "session":
        return redirect("goals:session", patient.pk)
    return redirect("goals:note_detail", patient.pk, note.pk)


def _show_draft(
    request: PracticeRequest,
    note: Note,
    form: NoteForm,
    *,
    differing: list[tuple[Section, str]] | None = None,
    clashed: bool = False,
) -> HttpResponse:
    context = {
        "patient": note.patient,
        "note": note,
        "form": form,
        "differing": differing or [],
        "clashed": clashed,
    }
    status = 422 if form.is_bound else 200
    return render(request, "goals/staff/note_draft.html", context, status=status)


def _show_signed(request: PracticeRequest, note: Note, form: StaffAddendumForm) -> HttpResponse:
    context = {
        "patient": note.patient,
        "note": note,
        "sections": presenters.sections_of(note),
        "added": presenters.added_to(list(selectors.addenda_of(note))),
        "form": form,
    }
    status = 422 if form.is_bound else 200
    return render(request, "goals/staff/note_signed.html", context, status=status)
