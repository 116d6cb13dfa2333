"""A patient whose keys are gone: every page still opens, and nothing of them is said anywhere."""

from __future__ import annotations

from uuid import UUID

import pytest

from portal.people import services as people
from portal.tenancy.context import practice_scope
from reminders.services import receiving
from tests.attack.rows import all_pages, rows_of
from tests.cast import SET_UP, Cast
from tests.everywhere.test_every_url import foreign

__all__ = ["foreign"]
pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("name", ["cole", "dee", "eve", "ana"])
def test_no_page_breaks_over_what_cannot_be_read_any_more(
    cast: Cast, foreign: dict[str, UUID], name: str
) -> None:
    ana = cast.patient("ana")
    with practice_scope(cast.alder.pk):
        rows = rows_of(ana)
        people.end_record(patient=ana, by=SET_UP)
        assert people.destroy_patient_key(patient=ana, by=SET_UP, reason="retention")
    client = cast.people[name].client()
    for address, path in all_pages(rows):
        for method in ("get", "post"):
            answer = getattr(client, method)(f"/alder{path}")
            assert answer.status_code < 500, f"{method} {address.name} as {name}"
            assert b"447700900101" not in answer.content
            assert b"07700 900101" not in answer.content


def test_a_text_from_a_number_that_was_theirs_is_kept_and_found_by_nobody(
    cast: Cast, foreign: dict[str, UUID]
) -> None:
    ana = cast.patient("ana")
    with practice_scope(cast.alder.pk):
        people.end_record(patient=ana, by=SET_UP)
        people.destroy_patient_key(patient=ana, by=SET_UP, reason="retention")
        message = receiving.receive(sid="X9", number="+447700900101", body="STOP")
        assert message is not None
        assert receiving.work(message.pk)
        message.refresh_from_db()
        assert message.patient_id is None
        assert message.body == "STOP"
