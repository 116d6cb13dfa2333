"""Two tabs, two people: nothing is overwritten, and nothing goes into another's record."""

from __future__ import annotations

import random
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from itertools import pairwise
from uuid import UUID

import pytest
from django.db import connections
from django.test import Client

from goals.models import GoalRating, Note, NoteRevision
from goals.services import goals, notes
from portal.people import services as people
from portal.people.models import CareRole
from portal.practices.models import Practice
from portal.tenancy.context import practice_scope
from tests.cast import SET_UP, Cast, Person, build_cast, load_cast
from tests.goals.rows import ZONE, begun_note, written_goal

WRITERS, EDITS = 3, 40


def join_cleo(cast: Cast) -> None:
    """Cleo is on Ana's team as well, and Cole on Ben's."""
    for patient, member in (("ana", cast.cleo), ("ben", cast.cole)):
        people.join_care_team(
            patient=cast.patient(patient),
            membership=member.membership,
            role=CareRole.MEMBER,
            by=SET_UP,
        )


def keep_writing(note_id: UUID, person: Person, number: int) -> tuple[list[str], list[str]]:
    """One writer: reads, thinks, saves; says which texts were taken and which were refused."""
    generator, taken, refused = random.Random(number), [], []
    viewer = None
    try:
        for edit in range(EDITS):
            with practice_scope(person.practice.pk):
                viewer = viewer or person.viewer
                seen = Note.objects.get(pk=note_id)
            key = generator.choice([section.key for section in seen.form.sections])
            text = f"writer {number}, edit {edit}"
            with practice_scope(person.practice.pk):
                try:
                    notes.save_draft(
                        note=seen,
                        content={**seen.sections, key: text},
                        version=seen.version,
                        by=viewer,
                    )
                except notes.NoteChanged:
                    refused.append(text)
                else:
                    taken.append(text)
    finally:
        connections.close_all()
    return taken, refused


@pytest.mark.committed
def test_writers_at_once_lose_no_text_that_was_taken(committed_db) -> None:
    """T-CONC-01, in small: every accepted text is in the history, once; refused ones beside it."""
    if not Practice.objects.filter(slug="alder").exists():
        build_cast()
    cast = load_cast()
    with practice_scope(cast.alder.pk):
        join_cleo(cast)
        note = begun_note(cast, what_we_did="Begun")
    people_writing = [cast.cole, cast.cleo, cast.cole][:WRITERS]
    with ThreadPoolExecutor(WRITERS) as pool:
        found = list(
            pool.map(partial(keep_writing, note.pk), people_writing, range(len(people_writing)))
        )
    taken = [text for mine, _refused in found for text in mine]
    refused = [text for _taken, mine in found for text in mine]
    assert len(taken) + len(refused) == WRITERS * EDITS
    assert taken
    assert refused, "the writers never met: the test shows nothing"
    with practice_scope(cast.alder.pk):
        stood = Note.objects.get(pk=note.pk)
        accepted = NoteRevision.objects.filter(note=note, is_accepted=True).order_by("version")
        versions = [row.version for row in accepted]
        assert versions == list(range(1, stood.version + 1))
        said = [set(row.content.values()) for row in accepted]
        for text in taken:
            assert any(text in texts for texts in said), text
        beside = NoteRevision.objects.filter(note=note, is_accepted=False)
        kept = set().union(*(row.content.values() for row in beside))
        assert set(refused) <= kept
        # Each accepted text changed one part of what stood before it, and nothing else.
        for before, after in pairwise(accepted):
            old, new = before.content, after.content
            assert sum(old.get(key, "") != text for key, text in new.items()) == 1


@pytest.mark.django_db
def test_two_tabs_with_two_patients_never_write_across(cast) -> None:
    """T-CONC-05: 500 mixed saves from two patients' pages in one session, some sent to the other
    patient's address; each word stands in the record that its page was opened for, or nowhere.
    """
    generator = random.Random(5)
    with practice_scope(cast.alder.pk):
        join_cleo(cast)
        drafts = {name: begun_note(cast, of=name, by="cole") for name in ("ana", "ben")}
        goal_of = {name: written_goal(cast, by="cole", of=name) for name in ("ana", "ben")}
    client: Client = cast.cole.client()
    written: dict[str, list[str]] = {"ana": [], "ben": []}
    crossed = 0
    for number in range(500):
        page = generator.choice(["ana", "ben"])
        other = "ben" if page == "ana" else "ana"
        goes_to = other if generator.random() < 0.3 else page
        crossed += goes_to != page
        if generator.random() < 0.2:
            send_rating(client, goal_of, page, goes_to)
        else:
            text = f"{page} {number}"
            taken = send_note(client, drafts, page, goes_to, text, whole=number % 5 == 0)
            if taken and goes_to == page:
                written[page].append(text)
            assert not (taken and goes_to != page), text
    assert crossed > 50
    assert all(written.values())
    with practice_scope(cast.alder.pk):
        for name, draft in drafts.items():
            draft.refresh_from_db()
            assert draft.sections["what_we_did"] == written[name][-1]
            said = {
                text
                for row in NoteRevision.objects.filter(note=draft)
                for text in row.content.values()
                if text
            }
            assert {text.split()[0] for text in said} == {name}
            kept = GoalRating.objects.filter(patient=cast.patient(name))
            assert {row.comment for row in kept} == {name}
            assert {row.goal_id for row in kept} == {goal_of[name].pk}


def send_note(client, drafts, page, goes_to, text, *, whole) -> bool:
    """Save what one patient's page shows at an address of `goes_to`; True where it was taken."""
    draft, target = drafts[page], drafts[goes_to]
    with practice_scope(draft.practice_id):
        version = Note.objects.get(pk=target.pk).version
    end = "" if whole else "save/"
    answer = client.post(
        f"/alder/staff/patients/{target.patient_id}/notes/{target.pk}/{end}",
        {"patient": str(draft.patient_id), "version": version, "what_we_did": text},
    )
    assert answer.status_code in (200, 302, 422)
    with practice_scope(draft.practice_id):
        return Note.objects.get(pk=target.pk).version > version


def send_rating(client, goal_of, page, goes_to) -> None:
    goal = goal_of[goes_to]
    answer = client.post(
        f"/alder/staff/patients/{goal.patient_id}/goals/{goal.pk}/",
        {"patient": str(goal_of[page].patient_id), "value": "5", "comment": page},
    )
    assert answer.status_code == (302 if page == goes_to else 422)


@pytest.mark.django_db
def test_opening_another_patients_page_moves_no_session_to_them(cast) -> None:
    """Nothing that a GET does changes which patient a page writes to."""
    with practice_scope(cast.alder.pk):
        join_cleo(cast)
        draft = begun_note(cast, of="ana", by="cole")
    client = cast.cole.client()
    before = dict(client.session.items())
    for name in ("ana", "ben"):
        assert (
            client.get(f"/alder/staff/patients/{cast.patient(name).pk}/session/").status_code == 200
        )
    after = dict(client.session.items())
    assert not [key for key in after.keys() - before.keys() if "patient" in key]
    assert not any(str(cast.patient("ben").pk) in str(value) for value in after.values())
    answer = client.post(
        f"/alder/staff/patients/{draft.patient_id}/notes/{draft.pk}/save/",
        {"patient": str(draft.patient_id), "version": draft.version, "what_we_did": "Of Ana"},
    )
    assert "Saved" in answer.content.decode()


@pytest.mark.django_db
def test_a_goal_worded_at_once_keeps_every_wording(cast, in_alder) -> None:
    goal = written_goal(cast)
    goals.change_words(goal=goal, wording="First", version=1, by=cast.ana.viewer)
    with pytest.raises(goals.GoalChanged):
        goals.change_words(goal=goal, wording="Second", version=1, by=cast.cole.viewer)
    goals.rate(goal=goal, value=3, comment="", zone_name=ZONE, by=cast.cole.viewer)
    goal.refresh_from_db()
    assert (goal.wording, goal.version) == ("First", 2)
