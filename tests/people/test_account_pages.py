"""One's own account: *Me* for patients and carers, *My account* for staff, the access log."""

from __future__ import annotations

import pytest
from django.db import connections
from django.test.utils import CaptureQueriesContext

from portal.audit import services as audit
from portal.people.services import open_patient
from portal.tenancy.context import practice_scope
from tests.cast import Cast

pytestmark = pytest.mark.django_db
ME, LOG, STAFF = "/alder/me/settings/", "/alder/me/access-log/", "/alder/staff/account/"


def test_nobody_reads_the_log_of_somebody_else(cast: Cast) -> None:
    with practice_scope(cast.alder.pk):
        open_patient(patient=cast.patient("ana"), by=cast.cole.viewer)
    ben = cast.ben.client().get(LOG).content.decode()
    assert "Cole Staff" not in ben
    for name in ("cole", "dee", "eve", "nat", "fay"):
        assert cast.people[name].client().get(LOG).status_code == 403, name
    assert cast.zoe.client().get(LOG).status_code == 404


def test_a_patient_reads_who_opened_the_record(cast: Cast) -> None:
    """T-AUD-05."""
    with practice_scope(cast.alder.pk):
        open_patient(patient=cast.patient("ana"), by=cast.cole.viewer)
        open_patient(patient=cast.patient("ana"), by=cast.cole.viewer)
    page = cast.ana.client().get(LOG).content.decode()
    assert "Cole Staff, Clinician" in page
    assert "opened your record" in page
    assert "(2 times)" in page


def test_what_the_portal_did_by_itself_is_a_press_away(cast: Cast) -> None:
    client = cast.ana.client()
    assert "by itself" not in client.get(LOG).content.decode()
    assert "by itself" in client.get(LOG, {"all": "1"}).content.decode()


def test_the_log_shows_no_detail_of_what_was_done(cast: Cast) -> None:
    with practice_scope(cast.alder.pk):
        audit.record(
            "patient.change",
            by=cast.dee.viewer,
            patient_id=cast.patient("ana").pk,
            details={"fields": ["secret-detail"]},
        )
    assert "secret-detail" not in cast.ana.client().get(LOG).content.decode()


def test_the_log_costs_the_same_for_one_line_and_for_many(cast: Cast) -> None:
    client, counts = cast.ana.client(), []
    with practice_scope(cast.alder.pk):
        open_patient(patient=cast.patient("ana"), by=cast.cole.viewer)
    client.get(LOG)
    for _round in range(2):
        with CaptureQueriesContext(connections["default"]) as queries:
            client.get(LOG)
        counts.append(len(queries))
        with practice_scope(cast.alder.pk):
            for _more in range(10):
                open_patient(patient=cast.patient("ana"), by=cast.cole.viewer)
    assert counts[0] == counts[1]


@pytest.mark.parametrize("number", ["0", "-1", "9999", "x", "\0"])
def test_a_page_that_is_not_there_shows_one_that_is(cast: Cast, number: str) -> None:
    assert cast.ana.client().get(LOG, {"page": number}).status_code == 200


def test_an_empty_log_says_what_will_be_here(cast: Cast) -> None:
    assert "Nobody yet" in cast.ana.client().get(LOG).content.decode()


def test_a_patient_sees_their_own_number_and_what_was_agreed(cast: Cast) -> None:
    page = cast.ana.client().get(ME).content.decode()
    assert "07700 900101" in page
    assert "You agreed to be reached there." in page
    assert "900102" not in page, "that is Ben's"


def test_a_carer_sees_whom_they_help_and_no_record(cast: Cast) -> None:
    page = cast.fay.client().get(ME).content.decode()
    assert "Ben Bright" in page
    assert "900102" not in page
    assert "Who opened my record" not in page


def test_staff_see_their_own_account_and_patients_theirs(cast: Cast) -> None:
    assert "Eve Staff" in cast.eve.client().get(STAFF).content.decode()
    assert cast.eve.client().get(ME).headers["Location"] == STAFF
    assert cast.ana.client().get(STAFF).headers["Location"] == ME


def test_an_account_says_how_one_signs_in(cast: Cast) -> None:
    assert "Password, authenticator app" in cast.eve.client().get(STAFF).content.decode()
    assert ">Password<" in cast.ana.client().get(ME).content.decode()
