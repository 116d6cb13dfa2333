"""A small storm: dispatchers killed with -9 while they send (T-REM-01 in a few seconds)."""

from __future__ import annotations

import collections
import datetime as dt
import os
import random
import re
import subprocess
import sys
import time

import pytest
from django.conf import settings as django_settings

from portal.appointments import services as appointments
from portal.tenancy.context import practice_scope
from reminders.dispatcher import Dispatcher
from reminders.models import Reminder
from reminders.rules.answers import GRACE
from reminders.rules.states import State
from reminders.services import claiming
from tests.environment.fixtures import CommittedDatabase
from tests.fakes.twilio import FakeTwilio
from tests.reminders.conftest import BY, NOON, Desk
from tests.reminders.dispatching.conftest import next_turn

pytestmark = [pytest.mark.committed, pytest.mark.allow_hosts(["127.0.0.1", "localhost"])]

TEXTS, KILLS = 30, 3


def test_killed_again_and_again_it_loses_nothing_and_doubles_nothing(
    desk: Desk, fake: FakeTwilio, committed_db: CommittedDatabase
):
    with practice_scope(desk.cast.alder.pk):
        desk.type = appointments.add_type(name="Short", minutes=5, by=BY)
        for number in range(TEXTS):
            desk.book_another(NOON + dt.timedelta(hours=16, minutes=5 * number))
    chance = random.Random(11)
    fake.latency = 0.03
    for _ in range(KILLS):
        _send_until_killed(fake, committed_db, calls=chance.randrange(3, 9))
    fake.latency = 0.0
    heir = Dispatcher(threads=4)
    for minutes in (0, 3, 4, 6):  # leases end, and the provider is asked
        desk.go_to(NOON + claiming.LEASE + dt.timedelta(minutes=minutes))
        next_turn(heir)
    for minutes in (2, 3, 5):  # what never reached the provider goes once more
        desk.go_to(NOON + GRACE + dt.timedelta(minutes=minutes))
        next_turn(heir)
    with practice_scope(desk.cast.alder.pk):
        states = collections.Counter(Reminder.objects.values_list("state", flat=True))
        assert states == {State.SENT: TEXTS}
        assert not Reminder.objects.filter(possible_double=True).exists()
    told = collections.Counter(
        re.search(r"on (.*?)\. Reply", message.body).group(1)  # type: ignore[union-attr]
        for message in fake.messages
    )
    assert len(told) == TEXTS, "lost"
    assert set(told.values()) == {1}, "doubled"


def _send_until_killed(fake: FakeTwilio, database: CommittedDatabase, *, calls: int) -> None:
    """Start a dispatcher and kill it in the middle of its calls."""
    before = fake.calls
    environment = {
        **os.environ,
        **database.environment,
        "TWILIO_API_BASE": fake.url,
    }
    process = subprocess.Popen(
        [sys.executable, "manage.py", "dispatch", "--threads", "2", "--batch", "6"],
        cwd=django_settings.BASE_DIR,
        env=environment,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    deadline = time.monotonic() + 40
    while fake.calls < before + calls and time.monotonic() < deadline:
        if process.poll() is not None or fake.calls >= TEXTS:
            break
        time.sleep(0.005)
    process.kill()
    process.wait(10)
