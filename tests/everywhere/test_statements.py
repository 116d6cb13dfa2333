"""The most statements that a page may ask, and no more of them for 200 rows than for one.

Counted as `make bench` counts: on a server, those that only mark a transaction left out. A number
here goes down, or up with a reason in docs/benchmarks.md.
"""

from __future__ import annotations

from uuid import UUID

import pytest

from benchmarks.load import Ask
from benchmarks.tape import record
from intake.selectors import waiting_for
from portal.tenancy.context import practice_scope
from tests.cast import Cast
from tests.everywhere import test_every_list as lists
from tests.everywhere.test_every_url import foreign
from tests.goals.test_query_counts import grow_to
from tests.intake.conftest import fill_in, phq9_places

__all__ = ["foreign"]  # a fixture: one row of each kind
pytestmark = pytest.mark.django_db
MOST = {
    "patient home": ("ana", "me/", 12),
    "form page": ("ana", "me/forms/{form}/questions/1/", 10),
    "clinician's day": ("cole", "staff/", 21),
    "caseload": ("cole", "staff/caseload/", 13),
    "patient's page": ("cole", "staff/patients/{ana}/", 28),
    "patient's goals": ("ana", "me/goals/", 12),
    "session screen": ("cole", "staff/patients/{ana}/session/", 20),
    "inbox": ("cole", "staff/messages/", 11),
    "schedule": ("dee", "staff/schedule/", 10),
    "ledger of texts": ("dee", "staff/reminders/", 16),
    "no-shows": ("eve", "staff/metrics/no-shows/", 11),
}
MOST_TO_SUBMIT = 15


@pytest.mark.parametrize("rows", [1, 20, 200])
def test_no_page_asks_more_than_its_bound(cast: Cast, foreign: dict[str, UUID], rows: int) -> None:
    with practice_scope(cast.alder.pk):
        for grow in (lists._patients, lists._past_appointments, lists._tasks, lists._texts):
            grow(cast, rows - 1)
        lists._sent_forms(cast, rows - 1)
        grow_to(cast, rows)
        form = waiting_for(cast.ana.viewer)[0].pk
    asked = {}
    for name, (person, path, most) in MOST.items():
        at = Ask(f"/alder/{path.format(form=form, ana=cast.patient('ana').pk)}")
        tape = record(cast.people[person].client(), at)
        if tape.asked > most:
            asked[name] = (tape.asked, most, tape.statements)
    assert not asked


def test_sending_a_form_asks_no_more_than_its_bound(cast: Cast, foreign: dict[str, UUID]) -> None:
    client = cast.ana.client()
    assert client.get("/alder/me/").status_code == 200
    with practice_scope(cast.alder.pk):
        form = waiting_for(cast.ana.viewer)[0]
        fill_in(form, phq9_places(*[0] * 9), by=cast.ana)
    tape = record(client, Ask(f"/alder/me/forms/{form.pk}/submit/", "POST", status=302))
    assert tape.asked <= MOST_TO_SUBMIT, tape.statements
