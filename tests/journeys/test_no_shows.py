"""A manager reads the no-show rate, asks for another period, and goes behind a number."""

import datetime as dt
import re

import pytest
from playwright.sync_api import expect

from tests.journeys.stage import DESK, PHONE, Journey, Stage
from tests.metrics.appointments import more_patients, weeks_of

PAGE = "staff/metrics/no-shows/"
PERIOD = "from_on=2024-06-03&to_on=2024-07-28"
PEOPLE = f"{PAGE}people/?{PERIOD}&outcome=not_attended"


@pytest.fixture
def busy(stage: Stage) -> Stage:
    """Eight weeks at Alder, the sixth with too few to draw."""
    cole = stage.cast.cole
    patients = more_patients(cole, 20)
    weeks_of(cole, patients, weeks=5, came=30, missed=8)
    weeks_of(cole, patients, weeks=1, came=5, missed=1, first=at_week(5))
    weeks_of(cole, patients, weeks=2, came=36, missed=4, first=at_week(6))
    return stage


def at_week(week: int) -> dt.date:
    """The Monday of a week, counted from the first."""
    return dt.date(2024, 6, 3) + dt.timedelta(weeks=week)


def drawings(journey: Journey) -> list[str]:
    """Which drawing of the weeks is on the screen."""
    return [
        size
        for size in ("wide", "narrow")
        if journey.page.locator(f'svg[aria-labelledby^="no-shows-{size}"]').is_visible()
    ]


def test_every_state_of_the_pages_looks_right_everywhere(busy: Stage) -> None:
    eve = busy.open("eve")
    for path in (
        f"{PAGE}?{PERIOD}",
        f"{PAGE}?{PERIOD}&step=month&change_on=2024-07-01",
        f"{PAGE}?from_on=2024-07-08&to_on=2024-07-14",  # not enough data
        f"{PAGE}?from_on=2024-07-32&to_on=2024-07-14",  # a bad date
        PEOPLE,
        f"{PAGE}people/?{PERIOD}&outcome=late_cancellation",  # nobody
    ):
        eve.go(path)
        eve.looks_right_everywhere()


def test_a_phone_and_a_desk_get_one_drawing_each(busy: Stage) -> None:
    for width, size in ((PHONE, "narrow"), (DESK, "wide")):
        eve = busy.open("eve", width=width)
        eve.go(f"{PAGE}?{PERIOD}")
        assert drawings(eve) == [size]
        letters = eve.page.locator(f'svg[aria-labelledby^="no-shows-{size}"] text').first
        assert letters.evaluate("e => e.getBoundingClientRect().height") >= 14


def test_a_manager_goes_from_the_finding_to_the_people_and_back(busy: Stage) -> None:
    eve = busy.open("eve", width=DESK)
    page = eve.go(f"{PAGE}?{PERIOD}")
    expect(page.get_by_text(re.compile("about 1 in 6 appointments"))).to_be_visible()
    week = page.get_by_role("row", name=re.compile("^8 Jul 2024"))
    expect(week).to_contain_text("few")
    page.get_by_role("row", name=re.compile("^10 Jun 2024")).get_by_role("link").first.click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Did not come")
    expect(page.get_by_role("row", name=re.compile("Mon 10 Jun 2024"))).to_have_count(8)
    page.get_by_role("link", name=re.compile("Cancelled late, 0")).click()
    expect(page.get_by_text("In this period none ended this way.")).to_be_visible()
    page.locator("main").get_by_role("link", name="No-shows").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("No-shows")


def test_another_period_is_asked_for_by_keyboard_and_a_mistake_takes_the_focus(
    busy: Stage,
) -> None:
    eve = busy.open("eve", width=DESK)
    page = eve.go(f"{PAGE}?{PERIOD}")
    page.get_by_label("One point is").focus()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Month by month")).to_be_visible()
    assert "step=month" in eve.path()
    page.get_by_label("To", exact=True).fill("2024-06-01")
    page.get_by_role("button", name="Show").click()
    expect(
        page.get_by_role("heading", name="One thing to look at. Nothing is lost.")
    ).to_be_visible()
    expect(page.locator("#error-summary")).to_be_focused()
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(page.get_by_label("To", exact=True)).to_be_focused()


def test_it_all_works_without_script(busy: Stage) -> None:
    eve = busy.open("eve", width=DESK, script=False)
    page = eve.go(f"{PAGE}?{PERIOD}")
    assert drawings(eve) == ["wide"]
    page.get_by_label("Compare before and since").fill("2024-07-15")
    page.get_by_role("button", name="Show").click()
    expect(page.get_by_role("heading", name="Before and since 15 July 2024")).to_be_visible()
    expect(page.get_by_text(re.compile("points lower"))).to_be_visible()


def test_on_paper_the_numbers_stay_and_the_controls_go(busy: Stage) -> None:
    eve = busy.open("eve", width=DESK)
    page = eve.go(f"{PAGE}?{PERIOD}")
    page.get_by_text("The same numbers in a table").click()  # closed on the screen
    page.emulate_media(media="print")
    expect(page.get_by_role("button", name="Show")).to_be_hidden()
    expect(page.get_by_role("row", name=re.compile("^10 Jun 2024"))).to_be_visible()
