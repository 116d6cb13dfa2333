"""Drafting, signing and sharing the note of a session."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from goals.models import Note, NoteAddendum, NoteRevision, Voice
from goals.note_templates import TOGETHER, Template
from portal import clock
from portal.access.viewer import Viewer
from portal.appointments.models import Appointment
from portal.audit import services as audit
from portal.people.models import Patient
from portal.tenancy.errors import DomainError


class NoteChanged(DomainError):
    """Somebody else has saved the draft since it was read; `current` is how it stands.

    What was refused is kept as a revision of its own.
    """

    def __init__(self, current: Note) -> None:
        super().__init__(
            _("Someone changed this while you were writing. Look again before saving.")
        )
        self.current = current


class NoteSigned(DomainError):
    """The note is signed: it never changes, and one may add to it."""

    def __init__(self) -> None:
        super().__init__(_("This note is signed. It cannot be changed; you can add to it."))


def start_note(
    *,
    patient: Patient,
    session_on: dt.date,
    by: Viewer,
    appointment: Appointment | None = None,
    template: Template = TOGETHER,
) -> Note:
    """Begin the note of a session; where a draft of this patient stands, that one."""
    draft = Note.objects.filter(patient=patient, signed_at=None).first()
    if draft is not None:
        return draft
    now = clock.now()
    try:
        with transaction.atomic():
            note = Note.objects.create(
                patient=patient,
                appointment=appointment,
                template=template.key,
                template_version=template.version,
                content={},
                session_on=session_on,
                started_at=now,
                started_by_id=by.membership_id,
                saved_at=now,
                saved_by_id=by.membership_id,
            )
    except IntegrityError:  # two people began at once: they share the draft
        return Note.objects.get(patient=patient, signed_at=None)
    _keep_revision(note, note.content, version=1, accepted=True, by=by)
    audit.record("note.start", by=by, obj=note, patient_id=patient.pk)
    return note


def save_draft(*, note: Note, content: Mapping[str, str], version: int, by: Viewer) -> Note:
    """Keep the draft as it is written; the same words change nothing.

    Raises NoteChanged when `version` is no longer the note's (what was written is kept beside it),
    and NoteSigned.
    """
    row, kept = _locked(note), _of_template(note, content)
    if row.sections == kept:
        return row
    if not row.is_draft or row.version != version:
        _keep_aside(row, kept, version=version, by=by)
        raise NoteChanged(row) if row.is_draft else NoteSigned
    row.content, row.version = kept, version + 1
    row.saved_at, row.saved_by_id = clock.now(), by.membership_id
    row.save(update_fields=["content", "version", "saved_at", "saved_by"])
    _keep_revision(row, kept, version=row.version, accepted=True, by=by)
    audit.record(
        "note.save", by=by, obj=row, patient_id=row.patient_id, details={"version": row.version}
    )
    return row


def sign(*, note: Note, version: int, by: Viewer) -> Note:
    """Sign what stands. Raises NoteChanged, NoteSigned, and DomainError for an empty note."""
    row = _locked(note)
    if not row.is_draft:
        raise NoteSigned
    if row.version != version:
        raise NoteChanged(row)
    if not any(text.strip() for text in row.sections.values()):
        raise DomainError(_("There is nothing to sign yet. Write something first."))
    row.signed_at, row.signed_by_id = clock.now(), by.membership_id
    row.save(update_fields=["signed_at", "signed_by"])
    audit.record("note.sign", by=by, obj=row, patient_id=row.patient_id)
    return row


def share(*, note: Note, shared: bool, by: Viewer) -> Note:
    """Let the patient read a signed note, or stop that. Raises DomainError for a draft."""
    row = _locked(note)
    if row.is_draft:
        raise DomainError(_("Sign the note first. A draft is not shared."))
    if row.is_shared == shared:
        return row
    row.shared_at = clock.now() if shared else None
    row.shared_by_id = by.membership_id if shared else None
    row.save(update_fields=["shared_at", "shared_by"])
    verb = "note.share" if shared else "note.stop_sharing"
    audit.record(verb, by=by, obj=row, patient_id=row.patient_id)
    return row


def add_to_note(*, note: Note, text: str, by: Viewer) -> NoteAddendum:
    """Add to a signed note; the patient to a shared one. Raises DomainError for a draft."""
    row = _locked(note)
    if row.is_draft:
        raise DomainError(_("This note is still being written. Change it instead of adding to it."))
    is_own = by.patient_id == row.patient_id
    if is_own and not row.is_shared:
        raise DomainError(_("This note is not shared with you any more."))
    addendum = NoteAddendum.objects.create(
        note=row,
        patient_id=row.patient_id,
        voice=Voice.OWN if is_own else Voice.TEAM,
        text=text,
        at=clock.now(),
        by_id=by.membership_id,
    )
    audit.record("note.add", by=by, obj=row, patient_id=row.patient_id)
    return addendum


def open_note(*, note: Note, by: Viewer) -> Note:
    """Note that somebody has read it, and hand it back."""
    audit.record("note.open", by=by, obj=note, patient_id=note.patient_id)
    return note


def open_history(*, note: Note, by: Viewer) -> Note:
    """Note that somebody has read what it said before, and hand it back."""
    audit.record("note.history", by=by, obj=note, patient_id=note.patient_id)
    return note


def open_session(*, patient: Patient, by: Viewer) -> Patient:
    """Note that the screen of the hour was opened: goals, note and scores on one page."""
    audit.record("session.open", by=by, obj=patient, patient_id=patient.pk)
    return patient


def _locked(note: Note) -> Note:
    """The row as it stands, until the transaction ends."""
    return Note.objects.select_for_update().get(pk=note.pk)


def _of_template(note: Note, content: Mapping[str, str]) -> dict[str, str]:
    """The sections of the template; a key that it does not have is a slip in the code."""
    keys = [section.key for section in note.form.sections]
    unknown = set(content) - set(keys)
    if unknown:
        raise TypeError(f"no such sections: {sorted(unknown)}")
    return {key: content.get(key, "") for key in keys}


def _keep_aside(note: Note, content: Mapping[str, str], *, version: int, by: Viewer) -> None:
    """Keep words that were refused, once: a page that saves by itself sends them again."""
    last = (
        NoteRevision.objects.filter(note=note, is_accepted=False, by_id=by.membership_id)
        .order_by("-at", "pk")
        .first()
    )
    if last is None or last.content != dict(content):
        _keep_revision(note, content, version=version, accepted=False, by=by)


def _keep_revision(
    note: Note, content: Mapping[str, str], *, version: int, accepted: bool, by: Viewer
) -> None:
    NoteRevision.objects.create(
        note=note,
        patient_id=note.patient_id,
        version=version,
        is_accepted=accepted,
        content=dict(content),
        at=clock.now(),
        by_id=by.membership_id,
    )
