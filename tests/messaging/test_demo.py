"""The demo's messages open with what is printed, and say what a visitor should find."""

import datetime as dt

import pytest

from messaging.client import Client, code_bytes
from messaging.demo import TALK, InProcess
from portal.access.viewer import Viewer
from portal.dev import announcement, seeding
from portal.dev.cast import cast_member
from portal.dev.embedded import Home
from portal.practices.models import Membership
from portal.practices.selectors import practice_named, viewer_for
from portal.tenancy.context import practice_scope
from tests.environment.fixtures import CommittedDatabase


def seeded(name: str) -> Viewer:
    return viewer_for(Membership.objects.get(user__username=name.lower()))


@pytest.mark.committed
def test_the_printed_sheets_open_the_talk_of_ben_and_cole(
    empty_db: CommittedDatabase, tmp_path
) -> None:
    seeding.seed(as_of=dt.datetime(2026, 3, 4, 10, tzinfo=dt.UTC), patients=1)
    printed = announcement.ready("http://localhost", Home(tmp_path))
    with practice_scope(practice_named("alder").pk):
        for name, unread in (("Ben", 0), ("Cole", 1)):
            code = cast_member(name).recovery_code
            assert code in printed
            client = Client(InProcess(seeded(name)))
            client.open_with_sheet(code_bytes(code))
            [listed] = client.transport.get("threads/").good["threads"]
            assert (listed["state"], listed["unread"]) == ("ready", unread)
            said = client.read(listed["id"])
            assert [one.text for one in said] == [line[-1] for line in TALK]
            assert [one.state for one in said] == ["read", "read", "read", "sent"]
        ana = Client(InProcess(seeded("Ana"))).state()
        assert ana["keys"] is None
        assert ana["identity"] is not None
