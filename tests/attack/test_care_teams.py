"""Inside one practice: who is not concerned with a patient finds nothing of theirs, by any way."""

from __future__ import annotations

from uuid import UUID

import pytest

from intake.services import assignments
from portal.audit.models import AuditEvent
from portal.people import services as people
from portal.people.models import Cover, ProxyCategory
from portal.tenancy.context import practice_scope
from portal.work import services as work
from portal.work.models import Notice, WorkItem
from tests.attack.rows import all_pages, pages_about, rows_of
from tests.cast import SET_UP, Cast
from tests.everywhere.test_every_url import foreign
from tests.intake.conftest import in_use

__all__ = ["foreign"]
pytestmark = pytest.mark.django_db
# Words that stand on Ana's record and nowhere else.
HERS = (b"Abbott", b"447700900101", b"07700 900101", b"Only for Ana")
REFUSED = frozenset({403, 404, 405})


@pytest.fixture
def rows(cast: Cast, foreign: dict[str, UUID]) -> dict[str, list[UUID]]:
    """A row of Ana's of every kind. Cleo, who covered for Cole, covers no more."""
    ana = cast.patient("ana")
    with practice_scope(cast.alder.pk):
        for cover in Cover.objects.all():
            people.end_cover(cover=cover, by=SET_UP)
        assignments.assign(
            patient=ana, version=in_use("gad-7"), why="Only for Ana", by=cast.cole.viewer
        )
        carer = people.let_help(
            patient=ana,
            proxy=cast.fay.membership,
            relation="Friend",
            categories=set(),
            ends_on=cast.patient("ana").created_at.date().replace(year=2099),
            by=SET_UP,
        )
        found = rows_of(ana)
        people.end_help(grant=carer, by=SET_UP)
        for item in WorkItem.objects.filter(assigned_to=cast.cleo.membership):
            work.reassign(item=item, to=cast.cole.membership, by=cast.cole.viewer)
        # What she was told while she covered is hers to have read.
        others = Notice.objects.exclude(member=cast.cleo.membership)
        found["notice_id"] = list(others.values_list("pk", flat=True))
    return found


@pytest.mark.parametrize("name", ["cleo", "ben", "fay", "nat"])
def test_whoever_is_not_concerned_finds_and_changes_nothing(
    cast: Cast, rows: dict[str, list[UUID]], name: str
) -> None:
    """T-IDOR-01, -02, -03: each of Ana's rows through every address that takes one, and by post."""
    client = cast.people[name].client()
    for address, path in all_pages(rows):
        for method in ("get", "post"):
            answer = getattr(client, method)(f"/alder{path}")
            where = f"{method} {address.name} as {name}"
            assert answer.status_code in REFUSED or not address.parameters, where
            assert answer.status_code < 500, where
            assert not any(word in answer.content for word in HERS), where
    assert client.session.get("_auth_user_id") == str(cast.people[name].user.pk)


@pytest.mark.parametrize("name", ["cole", "dee", "eve"])
def test_no_page_about_a_patient_is_read_without_a_line_in_the_audit(
    cast: Cast, rows: dict[str, list[UUID]], name: str
) -> None:
    """T-AUD-01: the edit form, the page to cancel a visit, a form that comes back with an error."""
    client, ana = cast.people[name].client(), cast.patient("ana")
    client.get("/alder/staff/")  # what is asked once in a session is asked
    shown = 0
    for address, path in pages_about(rows):
        for method in ("get", "post"):
            with practice_scope(cast.alder.pk):
                before = AuditEvent.objects.filter(patient_id=ana.pk).count()
            answer = getattr(client, method)(f"/alder{path}")
            if not any(word in answer.content for word in HERS):
                continue
            shown += 1
            with practice_scope(cast.alder.pk):
                after = AuditEvent.objects.filter(patient_id=ana.pk).count()
            assert after > before, f"{method} {address.name} as {name}"
    assert shown > 15


def test_a_carer_who_looks_is_seen_and_ones_own_looking_is_not_noted(
    cast: Cast, rows: dict[str, list[UUID]]
) -> None:
    visit = rows["appointment_id"][0]
    with practice_scope(cast.alder.pk):
        people.let_help(
            patient=cast.patient("ana"),
            proxy=cast.fay.membership,
            relation="Friend",
            categories={ProxyCategory.APPOINTMENTS},
            ends_on=cast.patient("ana").created_at.date().replace(year=2099),
            by=SET_UP,
        )
    for name, lines in (("fay", 1), ("ana", 0)):
        page = cast.people[name].url(f"me/appointments/{visit}/")
        assert cast.people[name].client().get(page).status_code == 200
        with practice_scope(cast.alder.pk):
            opened = AuditEvent.objects.filter(
                action="patient.open", actor_id=cast.people[name].membership.pk
            )
            assert opened.count() == lines
