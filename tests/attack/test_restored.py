"""What a backup would bring back to life besides the data."""

from __future__ import annotations

from pathlib import Path

from allauth.usersessions.models import UserSession
from django.contrib.sessions.models import Session

from portal.people.accounts import end_sessions, sessions_of
from tests.backups.conftest import Run, desk, fake, one, run
from tests.environment import databases
from tests.environment.fixtures import CommittedDatabase
from tests.reminders.conftest import Desk

__all__ = ["desk", "fake", "one", "run"]


def test_a_session_that_was_ended_after_the_backup_stays_ended(
    desk: Desk, run: Run, tmp_path: Path, fresh_place: CommittedDatabase
) -> None:
    """Signed out everywhere, a new password, a place that ended: no cookie from before opens."""
    cole = desk.cast.cole
    browser = cole.client()
    assert browser.get(cole.url("staff/")).status_code == 200
    key = browser.session.session_key
    UserSession.objects.create(user=cole.user, session_key=key, ip="127.0.0.1", user_agent="x")
    said = run("backup", str(tmp_path / "data"), "--without-keys", "--json")
    end_sessions(cole.user.pk)
    with databases.everything_uses(fresh_place.name):
        run("restore", said["folder"])
    with databases.everything_uses(fresh_place.name):
        assert browser.get(cole.url("staff/")).status_code == 302
        assert sessions_of(cole.user.pk) == 0
        assert not Session.objects.filter(pk=key).exists()
