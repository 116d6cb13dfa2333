"""No act without its row: every service is made to fail where it records, and leaves nothing."""

from __future__ import annotations

import copy
from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import pytest
from django.db import DataError, IntegrityError, ProgrammingError, connections, transaction
from django.db.models import Model
from django.db.models.query import QuerySet
from django.test import Client

from portal.audit.models import AuditEvent
from portal.audit.presenters import events
from portal.tenancy.context import practice_scope
from tests.audit.acts import DAY, Stage
from tests.cast import PASSWORD, Cast
from tests.people.test_records import facts

# Recorded where no service of the day writes. Each line says which test sees it.
ELSEWHERE = {
    "practice.create": "recorded in the new practice: make_a_practice",
    "session.begin": "signing in: test_posts_that_fail_leave_nothing",
    "access.refuse": "a refusal changes nothing: tests/audit/test_what_is_recorded.py",
    "audit.see": "looking changes nothing: tests/home/test_audit.py",
    "audit.export": "the same",
    "access_log.export": "the same",
    "membership.end": "part of leaving: leave_the_practice records it second",
    "patient.link_account": "part of accepting: tests/people/test_invitations.py",
    "invitation.refuse": "a wrong answer: tests/attack/test_invitations.py",
    "questionnaire.replace": "a newer draft of a form: tests/intake",
}
FAILURES = (IntegrityError, DataError, ProgrammingError)
pytestmark = pytest.mark.django_db


@pytest.fixture
def stage(cast: Cast) -> Stage:
    viewers = {name: person.viewer for name, person in cast.people.items()}
    return SimpleNamespace(cast=cast, ana_patient=cast.patient("ana"), **viewers)


class FailingAudit:
    """Lets `before` events through, then refuses the next ones as the database would."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.left: int | None = None
        self.failure: type[Exception] = IntegrityError
        self.hit = False
        real: Callable[..., Any] = QuerySet.create

        def create(rows: QuerySet[Any], **values: Any) -> Any:
            if rows.model is AuditEvent and self.left is not None:
                if self.left == 0:
                    self.hit = True
                    raise self.failure("the event cannot be written")
                self.left -= 1
            return real(rows, **values)

        real_many: Callable[..., Any] = QuerySet.bulk_create

        def bulk_create(rows: QuerySet[Any], objs: Any, *args: Any, **options: Any) -> Any:
            if rows.model is AuditEvent and self.left is not None:
                if self.left == 0:
                    self.hit = True
                    raise self.failure("the events cannot be written")
                self.left -= 1  # events written together count as one
            return real_many(rows, objs, *args, **options)

        monkeypatch.setattr(QuerySet, "create", create)
        monkeypatch.setattr(QuerySet, "bulk_create", bulk_create)


def everything() -> dict[str, tuple[int, str]]:
    """Each table that is seen from here, as a count and a sum of its rows' hashes."""
    with connections["default"].cursor() as cursor:
        cursor.execute(
            "SELECT relname FROM pg_class WHERE relnamespace = 'public'::regnamespace "
            "AND relkind = 'r' AND has_table_privilege(oid, 'SELECT')"
        )
        parts = [
            f"SELECT '{name}', count(*), "  # noqa: S608 - names out of the catalogue
            f'coalesce(sum(hashtextextended(t::text, 0)::numeric), 0)::text FROM "{name}" t'
            for (name,) in cursor.fetchall()
        ]
        cursor.execute(" UNION ALL ".join(parts))
        return {name: (count, text) for name, count, text in cursor.fetchall()}


def test_every_act_of_a_day_fails_with_its_record(
    stage: Stage, cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    """T-AUD-04: at least 200 failures, each record of each act; nothing of the act remains.

    An error that a view would show (not the database's) is looked at before anything is rolled
    back for it: the service itself must have left nothing.
    """
    audit, injected, silent = FailingAudit(monkeypatch), 0, []
    with practice_scope(cast.alder.pk):
        for act in DAY:
            before, failures = everything(), 0
            for failure in FAILURES:
                place = 0
                while _fails(act, stage, audit, failure, place, before):
                    place, failures = place + 1, failures + 1
            injected += failures
            audit.left = None
            act(stage)
            if failures == 0:
                silent.append(act.__name__)
        actions = set(AuditEvent.objects.values_list("action", flat=True))
    assert not silent, f"changed something and recorded nothing: {silent}"
    assert injected >= 200, injected
    missing = set(events()) - actions - set(ELSEWHERE)
    assert not missing, f"give the day an act that records {sorted(missing)}"


def _fails(
    act: Callable[[Stage], Any],
    stage: Stage,
    audit: FailingAudit,
    failure: type[Exception],
    place: int,
    before: dict[str, tuple[int, str]],
) -> bool:
    """Try the act with its record at `place` refused; False when it has no such record."""
    audit.left, audit.failure, audit.hit = place, failure, False
    # Services change the rows they are given in memory as well: each trial has its own.
    trial = SimpleNamespace(
        **{
            name: copy.deepcopy(value) if isinstance(value, Model) else value
            for name, value in vars(stage).items()
        }
    )
    said: list[Exception] = []
    left_nothing = True
    try:
        with transaction.atomic():
            try:
                act(trial)
            except FAILURES:
                raise
            except Exception as error:
                said.append(error)
                left_nothing = everything() == before
                raise
            finally:
                audit.left = None
            if audit.hit:
                raise AssertionError(f"{act.__name__} went on without its record")
            raise _NotReachedError
    except _NotReachedError:
        return False
    except FAILURES as error:
        said.append(error)
    except Exception:
        if not said:
            raise
    assert left_nothing, f"{act.__name__} said {said} and left something"
    assert audit.hit, f"{act.__name__} failed for another reason: {said}"
    assert everything() == before, act.__name__
    return True


class _NotReachedError(Exception):
    """The act ended before it came to that record."""


REQUESTS: dict[str, tuple[str, str, dict[str, str] | None]] = {
    "add a patient": ("dee", "staff/patients/add/", facts(family_name="Zeta", given_name="Lou")),
    "pause texts": ("dee", "staff/patients/{ana}/automation/", {"paused": "yes"}),
    "search": ("dee", "staff/patients/", {"words": "abb"}),
    "open a record": ("cole", "staff/patients/{ana}/", None),
    "open the hour's screen": ("cole", "staff/patients/{ana}/session/", None),
    "take figures out": ("eve", "staff/metrics/no-shows/csv/", None),
    "sign in": ("", "accounts/login/", {"login": "ana", "password": PASSWORD}),
}


@pytest.mark.parametrize("what", REQUESTS)
def test_a_page_whose_record_fails_changes_nothing_and_shows_nothing(
    cast: Cast, monkeypatch: pytest.MonkeyPatch, what: str
) -> None:
    """T-AUD-04 through the browser's door."""
    audit = FailingAudit(monkeypatch)
    who, path, form = REQUESTS[what]
    client = cast.people[who].client() if who else Client()
    client.raise_request_exception = False
    url = "/alder/" + path.format(ana=cast.patient("ana").pk)
    client.get("/alder/help/")
    with practice_scope(cast.alder.pk):
        before = everything()
    audit.left = 0
    answer = client.get(url) if form is None else client.post(url, form)
    audit.left = None
    assert audit.hit, answer.status_code
    assert answer.status_code == 500
    assert "Abbott" not in answer.content.decode()
    with practice_scope(cast.alder.pk):
        left = {name for name, found in everything().items() if found != before[name]}
    assert not left - {"django_session", "usersessions_usersession"}, left
    assert who or "_auth_user_id" not in client.session
