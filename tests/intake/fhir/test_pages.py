"""Pages: one question of an instrument, or one short group, in the form's order, nothing lost."""

from __future__ import annotations

import pytest

from intake.fhir.form import ItemType
from intake.fhir.pages import Kind, minutes_for, pages_of
from intake.fhir.parse import read_questionnaires
from tests.intake.fhir.forms import QUESTIONNAIRES, form, question, sample, shipped


def group(link_id: str, *items: object, **members: object) -> dict[str, object]:
    return {"linkId": link_id, "type": "group", "text": link_id, "item": list(items), **members}


def test_an_instrument_has_one_question_a_page_under_its_stem() -> None:
    pages = pages_of(shipped("phq-9"), one_by_one=True)
    assert [page.number for page in pages] == list(range(1, 11))
    assert all(len(page.questions) == 1 for page in pages)
    assert pages[3].lead.startswith("Over the last 2 weeks")
    assert pages[9].lead == ""
    assert minutes_for(shipped("phq-9").questions) == 3


def test_a_short_group_is_one_page_and_a_long_one_is_split() -> None:
    short = group("short", *(question(f"s{n}") for n in range(6)))
    long = group("long", *(question(f"l{n}") for n in range(7)))
    pages = pages_of(form(short, long), one_by_one=False)
    assert [len(page.rows) for page in pages] == [6, 1, 1, 1, 1, 1, 1, 1]
    assert {page.lead for page in pages} == {"short", "long"}


def test_words_wait_for_the_next_question_and_the_last_ones_are_kept() -> None:
    words = [{"linkId": f"d{n}", "type": "display", "text": f"Words {n}"} for n in range(2)]
    [first, second] = pages_of(
        form(words[0], question("a"), question("b"), words[1]), one_by_one=False
    )
    assert [row.kind for row in first.rows] == [Kind.WORDS, Kind.QUESTION]
    assert [row.kind for row in second.rows] == [Kind.QUESTION, Kind.WORDS]
    [only] = pages_of(form(words[0]), one_by_one=False)
    assert only.rows[0].item.text == "Words 0"


def test_words_under_a_question_are_its_notes() -> None:
    [page] = pages_of(sample("smartforms-slider"), one_by_one=False)
    [row] = page.rows
    assert row.kind == Kind.QUESTION
    assert len(row.notes) == 2


def test_a_type_that_cannot_be_asked_is_shown_as_such() -> None:
    [page] = pages_of(sample("android-attachment"), one_by_one=False)
    assert page.rows[0].kind == Kind.NOT_HERE


def test_a_page_without_enabled_rows_is_not_shown() -> None:
    [first, second] = pages_of(form(question("a"), question("b")), one_by_one=False)
    assert first.is_shown({"a"})
    assert not second.is_shown({"a"})


def test_a_heading_alone_is_no_page() -> None:
    outer = group("outer", group("inner", question("a")), question("b"))
    [page] = pages_of(form(outer), one_by_one=False)
    assert [row.kind for row in page.rows] == [Kind.HEADING, Kind.QUESTION, Kind.QUESTION]
    assert not page.is_shown({"outer", "inner"})


@pytest.mark.parametrize("one_by_one", [True, False])
@pytest.mark.parametrize(
    "name",
    [
        p.stem
        for p in QUESTIONNAIRES.glob("*.json")
        if "response" not in p.name and "render" not in p.name
    ],
)
def test_every_visible_item_of_a_sample_stands_on_exactly_one_page(
    name: str, one_by_one: bool
) -> None:
    [read] = read_questionnaires((QUESTIONNAIRES / f"{name}.json").read_bytes())
    rows = [row for page in pages_of(read, one_by_one=one_by_one) for row in page.rows]
    shown = [row.item.link_id for row in rows]
    notes = {note for row in rows for note in row.notes}
    assert len(shown) == len(set(shown))
    for item in read.walk():
        if item.hidden or item.type == ItemType.GROUP or item.calculated or item.read_only:
            continue
        assert item.link_id in shown or item.text in notes or not item.text, item.link_id
