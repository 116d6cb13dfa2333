"""Notes: hidden fields of a page, and what was shared a moment ago."""

from __future__ import annotations

import pytest

from goals.models import Note, NoteAddendum
from goals.services import notes
from portal.practices.models import Practice
from portal.tenancy.errors import DomainError
from tests.attack.odd import NESTED
from tests.cast import Cast
from tests.goals.rows import begun_note, signed_note
from tests.intake.conftest import in_alder

__all__ = ["in_alder"]
pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("seen", [*NESTED, "[]", "1", '{"what_we_did": {}}', "null", '"x"', "\x00"])
def test_what_a_page_says_it_has_shown_is_read_or_ignored(
    cast: Cast, in_alder: Practice, seen: str
) -> None:
    """It is looked at where two have written, and comes back from the browser."""
    note = begun_note(cast, what_we_did="First")
    old = {"patient": str(note.patient_id), "version": "1", "what_we_did": "Mine", "seen": seen}
    page = f"/alder/staff/patients/{note.patient_id}/notes/{note.pk}/"
    answer = cast.cole.client().post(page, old)
    assert answer.status_code == 422
    assert b"Mine" in answer.content
    assert Note.objects.get(pk=note.pk).sections["what_we_did"] == "First"


def test_a_patient_adds_nothing_to_a_note_that_is_shared_no_more(
    cast: Cast, in_alder: Practice
) -> None:
    """The page was opened while it was shared; the last word on that is the row's."""
    note = notes.share(note=signed_note(cast), shared=True, by=cast.cole.viewer)
    notes.share(note=note, shared=False, by=cast.cole.viewer)
    with pytest.raises(DomainError):
        notes.add_to_note(note=note, text="Mine", by=cast.ana.viewer)
    assert not NoteAddendum.objects.exists()
    notes.add_to_note(note=note, text="The team's", by=cast.cole.viewer)
