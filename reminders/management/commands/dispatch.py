"""`manage.py dispatch`: the one process that plans and sends texts."""

from __future__ import annotations

import contextlib
import gc
import signal
import sys
from argparse import ArgumentParser
from collections.abc import Iterator
from types import FrameType
from typing import Any

from django.core.exceptions import ImproperlyConfigured
from django.core.management.base import BaseCommand, CommandError
from django.db import connections

from portal.tenancy.checks import refuse_to_serve
from reminders import readiness
from reminders.dispatcher import Dispatcher
from reminders.services.claiming import BATCH
from reminders.transports import CONNECTIONS

# A killed sender's query must not block the tables: the server gives up on it within seconds.
_LIMITS = {"statement_timeout": "5000", "idle_in_transaction_session_timeout": "10000"}
if sys.platform == "linux":  # other systems may refuse a connection that asks for this
    _LIMITS["client_connection_check_interval"] = "1000"

_COLLECT_EVERY = 20_000
"""Objects that are made before the collector looks."""


class Command(BaseCommand):
    help = "Plan and send texts until told to stop (SIGTERM or Ctrl-C)."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--once", action="store_true", help="plan, send what is due, and stop")
        parser.add_argument(
            "--check", action="store_true", help="say whether a dispatcher runs; 1 if none does"
        )
        parser.add_argument(
            "--threads", type=int, default=CONNECTIONS, help="calls made at once (%(default)s)"
        )
        parser.add_argument(
            "--batch", type=int, default=BATCH, help="texts claimed at once (%(default)s)"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        if options["check"]:
            state = readiness.check()
            self.stdout.write(state)
            sys.exit(1 if state == "stopped" else 0)
        if "dispatch" not in connections:
            raise CommandError(
                "DATABASE_DISPATCH_URL is not set. Point it at the database as portal_dispatch."
            )
        try:
            refuse_to_serve()
        except ImproperlyConfigured as error:
            raise CommandError(str(error)) from error
        limit_statements()
        dispatcher = Dispatcher(threads=options["threads"], batch=options["batch"])
        with _collected_seldom():
            self._dispatch(dispatcher, once=options["once"])

    def _dispatch(self, dispatcher: Dispatcher, *, once: bool) -> None:
        if once:
            self.stdout.write(f"{dispatcher.once()} texts handed over")
            return

        def stop(signum: int, frame: FrameType | None) -> None:
            dispatcher.stop.set()

        signal.signal(signal.SIGTERM, stop)
        signal.signal(signal.SIGINT, stop)
        dispatcher.run()


@contextlib.contextmanager
def _collected_seldom() -> Iterator[None]:
    """Look for circles among objects less often, and not at all among what was imported.

    A claim makes a few thousand objects that go by themselves. Whoever calls the command from a
    process of their own gets the usual pace back, and what they froze stays frozen.
    """
    usual, frozen = gc.get_threshold(), gc.get_freeze_count()
    if not frozen:
        gc.collect()  # or garbage would stay
        gc.freeze()
    gc.set_threshold(_COLLECT_EVERY, *usual[1:])
    try:
        yield
    finally:
        gc.set_threshold(*usual)
        if not frozen:
            gc.unfreeze()


def limit_statements() -> None:
    """Give every connection of this process short time-outs, those of its threads included."""
    options = " ".join(f"-c {name}={value}" for name, value in _LIMITS.items())
    for alias in ("default", "dispatch"):
        connections[alias].close()
        connections.settings[alias].setdefault("OPTIONS", {})["options"] = options
        connections[alias].settings_dict["OPTIONS"]["options"] = options
