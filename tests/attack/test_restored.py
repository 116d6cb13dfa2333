"""What a backup would bring back to life besides the data."""

from __future__ import annotations

from pathlib import Path

from allauth.usersessions.models import UserSession
from django.contrib.sessions.models import Session

from portal.people.accounts import end_sessions, sessions_of
from tests.backups.conftest import Run, desk, empty_place, fake, one, run
from tests.environment import databases
from tests.reminders.dispatching.conftest import Desk

__all__ = ["desk", "empty_place", "fake", "one", "run"]


def test_a_session_that_was_ended_after_the_backup_stays_ended(
    desk: Desk, run: Run, tmp_path: Path, empty_place: str
) -> None:
    """Signed out everywhere, a new password, a place that ended: no cookie from before opens."""
    cole = desk.cast.cole
    browser = cole.client()
    assert browser.get(cole.url("staff/")).status_code == 200
    key = browser.session.session_key
    UserSession.objects.create(user=cole.user, session_key=key, ip="127.0.0.1", user_agent="x")
    said = run("backup", str(tmp_path / "data"), "--without-keys", "--json")
    end_sessions(cole.user.pk)
    with databases.everything_uses(empty_place):
        run("restore", said["folder"])
    with databases.everything_uses(empty_place):
        assert browser.get(cole.url("staff/")).status_code == 302
        assert sessions_of(cole.user.pk) == 0
        assert not Session.objects.filter(pk=key).exists()
