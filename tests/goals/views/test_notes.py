"""The note of a session: drafted, met by another writer, signed, shared, added to."""

from __future__ import annotations

import pytest
from django.db import InternalError, connection, transaction  # noqa: TID251 - reads the ciphertext

from goals.models import Note, NoteAddendum, NoteRevision
from goals.services import notes
from portal import clock
from portal.audit.models import AuditEvent
from portal.encryption import keyring
from portal.encryption.models import PatientKey
from portal.people import services as people
from portal.people.models import CareRole
from tests.cast import SET_UP
from tests.goals.rows import begun_note, signed_note
from tests.odd_input import survives_odd_input

pytestmark = pytest.mark.django_db


@pytest.fixture
def draft(cast, in_alder) -> Note:
    return begun_note(cast, what_we_did="Went through Monday")


def url(note: Note, end: str = "") -> str:
    return f"/alder/staff/patients/{note.patient_id}/notes/{note.pk}/{end}"


def words(note: Note, **sections: str) -> dict[str, str]:
    """What the page of this note posts."""
    return {"patient": str(note.patient_id), "version": str(note.version), **sections}


def sealed_content(note: Note) -> bytes:
    """The note's words as they stand in the database."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT content FROM goals_note WHERE id = %s", [note.pk])
        return bytes(cursor.fetchone()[0])


def also_of_anas_team(cast) -> None:
    people.join_care_team(
        patient=cast.patient("ana"),
        membership=cast.cleo.membership,
        role=CareRole.MEMBER,
        by=SET_UP,
    )


def test_outsiders_and_clinicians_off_the_team_find_no_note(cast, draft):
    signed_of_ben = signed_note(cast, of="ben", by="cleo")
    for name in ("yan", "xia", "zoe", "cleo"):
        client = getattr(cast, name).client()
        for end in ("", "save/", "history/"):
            assert client.get(url(draft, end)).status_code == 404
        for end in ("", "save/", "share/", "add/"):
            assert client.post(url(draft, end), words(draft)).status_code == 404
        session = client.get(f"/alder/staff/patients/{draft.patient_id}/session/")
        assert session.status_code == 404
    assert cast.ana.client().get(f"/alder/me/notes/{signed_of_ben.pk}/").status_code == 404
    assert cast.cole.client().get(url(draft)).status_code == 200


def test_front_desk_managers_navigators_and_carers_see_no_note(cast, in_alder):
    note = signed_note(cast)
    for name in ("dee", "eve", "nat", "fay"):
        client = getattr(cast, name).client()
        for path in (url(note), "/alder/me/notes/", f"/alder/me/notes/{note.pk}/"):
            assert client.get(path).status_code == 403, (name, path)
    assert cast.ana.client().get(url(note)).status_code == 403


def test_a_draft_and_a_note_that_was_not_shared_are_not_the_patients_to_read(cast, in_alder):
    note = begun_note(cast, what_we_did="Went through Monday")
    ana = cast.ana.client()
    for step in (
        lambda: None,
        lambda: notes.sign(note=note, version=note.version, by=cast.cole.viewer),
    ):
        step()
        assert ana.get(f"/alder/me/notes/{note.pk}/").status_code == 404
        assert "Nothing has been shared" in ana.get("/alder/me/notes/").content.decode()
    notes.share(note=note, shared=True, by=cast.cole.viewer)
    page = ana.get(f"/alder/me/notes/{note.pk}/").content.decode()
    assert "Went through Monday" in page
    assert "Cole Staff" in page
    notes.share(note=note, shared=False, by=cast.cole.viewer)
    assert ana.get(f"/alder/me/notes/{note.pk}/").status_code == 404


def test_a_draft_is_saved_as_it_is_written_and_every_text_is_kept(cast, draft):
    client = cast.cole.client()
    answer = client.post(url(draft, "save/"), words(draft, what_we_did="And Tuesday"))
    assert "Saved" in answer.content.decode()
    assert 'value="3"' in answer.content.decode()
    draft.refresh_from_db()
    assert draft.sections["what_we_did"] == "And Tuesday"
    kept = [one.content.get("what_we_did", "") for one in draft.revisions.order_by("version")]
    assert kept == ["", "Went through Monday", "And Tuesday"]
    same = client.post(url(draft, "save/"), words(draft, what_we_did="And Tuesday"))
    assert "Saved" in same.content.decode()
    assert draft.revisions.count() == 3


def test_two_people_who_write_one_note_keep_both_their_words(cast, draft):
    also_of_anas_team(cast)
    notes.save_draft(
        note=draft,
        content={"what_we_did": "Cleo’s words", "what_we_agreed": "Cleo’s plan"},
        version=draft.version,
        by=cast.cleo.viewer,
    )
    mine = words(
        draft,
        what_we_did="Cole’s words",
        seen='{"what_we_did": "Went through Monday", "what_we_agreed": ""}',
    )
    by_itself = cast.cole.client().post(url(draft, "save/"), mine).content.decode()
    assert "Cleo Staff has changed this note" in by_itself
    answer = cast.cole.client().post(url(draft), mine)
    page = answer.content.decode()
    assert answer.status_code == 422
    assert "Someone changed this while you were writing" in page
    assert "Not saved yet" in page
    assert page.index('value="save">') < page.index('value="sign">'), "to save comes first here"
    assert page.index("Saved by Cleo Staff") < page.index("Cleo’s words")
    for text in ("Cleo’s words", "Cole’s words", "Cleo’s plan"):
        assert text in page
    draft.refresh_from_db()
    assert draft.sections["what_we_did"] == "Cleo’s words"
    aside = NoteRevision.objects.get(is_accepted=False)
    assert aside.content["what_we_did"] == "Cole’s words"
    over = words(draft, what_we_did="Both", what_we_agreed="Cleo’s plan")
    assert cast.cole.client().post(url(draft), over).status_code == 302
    history = cast.cole.client().get(url(draft, "history/")).content.decode()
    for text in ("Cleo’s words", "Cole’s words", "Both", "met a newer version"):
        assert text in history


def test_what_is_signed_is_what_stood_on_the_page_and_never_changes(cast, draft):
    answer = cast.cole.client().post(
        url(draft), {**words(draft, what_we_did="The last words"), "go": "sign"}
    )
    assert answer.status_code == 302
    draft.refresh_from_db()
    assert draft.signed_by_id == cast.cole.membership.pk
    assert draft.sections["what_we_did"] == "The last words"
    late = words(draft, what_we_did="Other words")
    assert "is signed" in cast.cole.client().post(url(draft, "save/"), late).content.decode()
    told = cast.cole.client().post(url(draft), late, follow=True).content.decode()
    assert "What you wrote is kept under “Earlier versions”" in told
    draft.refresh_from_db()
    assert draft.sections["what_we_did"] == "The last words"
    assert NoteRevision.objects.filter(is_accepted=False).count() == 1


def test_the_database_itself_refuses_to_change_a_signed_note(cast, in_alder):
    note = signed_note(cast)
    note.content = {"what_we_did": "Forged"}
    for fields in (["content"], ["version"], ["signed_at"]):
        note.version += 1
        note.signed_at = note.started_at
        with pytest.raises(InternalError, match="frozen"), transaction.atomic():
            note.save(update_fields=fields)


def test_an_empty_note_is_not_signed(cast, in_alder):
    note = begun_note(cast)
    answer = cast.cole.client().post(url(note), {**words(note), "go": "sign"})
    assert answer.status_code == 422
    assert "There is nothing to sign yet" in answer.content.decode()


def test_a_note_that_was_emptied_and_not_signed_goes_on_from_what_was_saved(cast, draft):
    """Emptying is saved, signing is not: what is written next meets no other version."""
    answer = cast.cole.client().post(url(draft), {**words(draft, what_we_did=""), "go": "sign"})
    draft.refresh_from_db()
    assert draft.sections["what_we_did"] == ""
    assert f'name="version" value="{draft.version}"' in answer.content.decode()


def test_a_draft_is_never_shared(cast, draft):
    given = {"patient": str(draft.patient_id), "shared": "yes"}
    page = cast.cole.client().post(url(draft, "share/"), given, follow=True).content.decode()
    assert "A draft is not shared" in page
    draft.refresh_from_db()
    assert not draft.is_shared


def test_both_add_to_a_signed_note_in_their_own_voice(cast, in_alder):
    note = signed_note(cast)
    given = {"patient": str(note.patient_id), "text": "It was the 14th stop"}
    cast.cole.client().post(url(note, "add/"), given)
    cast.ana.client().post(f"/alder/me/notes/{note.pk}/", {"text": "I would say it otherwise"})
    assert [(one.voice, one.text) for one in NoteAddendum.objects.order_by("at")] == [
        ("team", "It was the 14th stop"),
        ("own", "I would say it otherwise"),
    ]
    page = cast.ana.client().get(f"/alder/me/notes/{note.pk}/").content.decode()
    assert "It was the 14th stop" in page
    assert "I would say it otherwise" in cast.cole.client().get(url(note)).content.decode()


def test_opening_a_note_is_an_event_that_holds_none_of_its_words(cast, in_alder):
    note = signed_note(cast)
    cast.cole.client().get(url(note))
    cast.ana.client().get(f"/alder/me/notes/{note.pk}/")
    opened = AuditEvent.objects.filter(action="note.open", object_id=note.pk)
    assert {event.actor_id for event in opened} == {cast.cole.membership.pk, cast.ana.membership.pk}
    log = cast.ana.client().get("/alder/me/access/")
    if log.status_code == 200:
        assert "read a note of a session" in log.content.decode()
    for event in AuditEvent.objects.filter(action__startswith="note."):
        assert "walked" not in str(event.details)


def test_the_note_that_is_begun_is_gone_on_with_and_not_begun_twice(cast, draft):
    start = f"/alder/staff/patients/{draft.patient_id}/notes/start/"
    cast.cole.client().post(start, {"patient": str(draft.patient_id)})
    assert Note.objects.filter(patient=cast.patient("ana")).count() == 1
    page = cast.cole.client().get(f"/alder/staff/patients/{draft.patient_id}/session/")
    assert "Went through Monday" in page.content.decode()


def test_odd_input_is_never_an_error_of_ours(cast, draft):
    cole = cast.cole.client()
    survives_odd_input(cole, url(draft))
    survives_odd_input(
        cole, url(draft, "save/"), names={"patient", "version", "seen", "what_we_did"}
    )
    survives_odd_input(cole, url(draft, "share/"), names={"patient", "shared"})
    note = signed_note(cast, of="ana") if not draft.is_draft else None
    assert note is None
    cole.post(url(draft), {**words(draft, what_we_did="x"), "go": "sign"})
    survives_odd_input(cole, url(draft, "add/"), names={"patient", "text"})
    notes.share(note=draft, shared=True, by=cast.cole.viewer)
    survives_odd_input(cast.ana.client(), f"/alder/me/notes/{draft.pk}/")


def test_a_signed_note_is_still_read_after_its_keys_were_changed(cast, in_alder):
    """The freeze lets the same text through under a new key, and nothing else."""
    note = signed_note(cast)
    before = sealed_content(note)
    PatientKey.objects.filter(patient_id=note.patient_id).update(retired_at=clock.now())
    keyring.forget()
    keyring.make_key(note.patient_id).save(force_insert=True)
    fresh = Note.objects.get(pk=note.pk)
    fresh.save(update_fields=["content"])
    assert sealed_content(note) != before
    assert Note.objects.get(pk=note.pk).sections["what_we_did"] == "We walked"
    fresh.content = {"what_we_did": "Forged"}
    with pytest.raises(InternalError, match="frozen"), transaction.atomic():
        fresh.save(update_fields=["content"])
