"""What `demo --check` looks at here: the calendar in its three forms, and who is kept out."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from typing import Any, Protocol

from portal import clock

_PAGE = "/alder/staff/schedule/"


class Client(Protocol):
    """What is needed of `portal.dev.visitor.DemoClient`, which stands further right."""

    def visitor(self, name: str) -> Any:
        """The browser of one of the cast, signed in."""


def steps(client: Client) -> Iterator[str]:
    """Dee's day, week and list of the next weekday; a free time; outsiders."""
    dee, day = client.visitor("Dee"), _next_weekday()
    for view in ("day", "week", "list"):
        dee.get(f"{_PAGE}?view={view}&day={day}").expect_status(200).expect("Cole Marsh")
    yield f"Dee sees {day:%A} as columns, as a week and as a list"

    page = dee.get(f"{_PAGE}?view=week&day={day + dt.timedelta(weeks=1)}").expect_status(200)
    free = next(address for _, address in page.links if "time=" in address)
    dee.get(free).expect_status(200).expect("Book: for whom?")
    yield "a free time leads to booking it"

    for name, status in (("Yan", 404), ("Zoe", 404), ("Ana", 403)):
        client.visitor(name).get(_PAGE).expect_status(status)
    yield "Yan and Zoe find no schedule there; Ana is refused"


def _next_weekday() -> dt.date:
    today = clock.today("Europe/London")
    ahead = {4: 3, 5: 2}.get(today.weekday(), 1)
    return today + dt.timedelta(days=ahead)
