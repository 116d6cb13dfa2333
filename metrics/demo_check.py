"""What `demo --check` looks at here: the page and the command say the same no-show rate."""

import json
from collections.abc import Iterator
from typing import Any

from portal.dev.visitor import CheckFailed, DemoClient, Page, Visitor

_PAGE = "/alder/staff/metrics/no-shows/"


def steps(client: DemoClient) -> Iterator[str]:
    """Eve's figures against the command's, the drawing, the people behind, and who is refused."""
    eve = client.visitor("Eve")
    page = eve.get(_PAGE).expect_status(200)
    asked = page.form(action=_PAGE).fields
    period = ("--from", *asked["from_on"], "--to", *asked["to_on"])
    printed = json.loads(client.command("metrics", "--practice", "alder", *period, "--json"))
    said = _said(printed["no_show_rate"])
    page.expect(*said)
    yield f"Eve sees the no-show rate that the command prints: {', '.join(said)}"

    drawn = page.body.count('<circle class="c-dot')
    if not drawn or 'class="c-literature"' not in page.body:
        raise CheckFailed(f"{_PAGE} draws {drawn} points")
    yield f"it is drawn by week, {drawn // 2} points with intervals, and stands in a table below"

    missed = printed["no_show_rate"]["numerator"]
    eve.get(_people_link(page)).expect_status(200).expect(f"Did not come, {missed}")
    yield f"behind the number are {missed} appointments"

    address = next(address for text, address in page.links if text == "CSV")
    eve.get(address).expect_status(200).expect("did not come ÷ (came + did not come)")
    yield "the CSV file carries the definition"

    for name, status in (("Yan", 404), ("Zoe", 404), ("Cole", 403), ("Dee", 403), ("Ana", 403)):
        _refused(client.visitor(name), status)
    yield "Yan and Zoe find nothing there; Cole, Dee and Ana are refused"


def _said(rate: dict[str, Any]) -> tuple[str, str]:
    """A rate of the command in the words of the page."""
    if not rate["enough"]:
        raise CheckFailed(f"the demo has only {rate['denominator']} appointments to divide by")
    count = f"{rate['numerator']:,} of {rate['denominator']:,}"
    low, high = (f"{100 * rate[limit]:.1f}" for limit in ("low", "high"))
    return f"{100 * rate['value']:.1f} %", f"{count}, interval {low} to {high} %"


def _people_link(page: Page) -> str:
    """The first list of people that the page offers: the one in its finding."""
    for _text, address in page.links:
        if "outcome=not_attended" in address:
            return address
    raise CheckFailed(f"{page.path} has no way to the people behind its number")


def _refused(visitor: Visitor, status: int) -> None:
    visitor.get(_PAGE).expect_status(status)
