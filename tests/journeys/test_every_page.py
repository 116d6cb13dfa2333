"""Every page that can be reached by links, as each of the cast: accessible, within the window, at
home.

Starts where a person starts and follows links, one address for each view. So a new page is walked
as soon as something leads to it. Some addresses are walked besides (`lived_in`): a view that looks
quite different with other things on it, and what only a text leads to. The stage notes requests to
other hosts, breaches of the content policy and script errors.
"""

from collections import deque
from urllib.parse import urlsplit

import pytest
from django.urls import Resolver404, resolve
from playwright.sync_api import Error

from portal.dev.urls import urlpatterns as demo_patterns
from tests.journeys.lived_in import live_in
from tests.journeys.stage import DESK, NARROW, PHONE, Journey, Stage, Theme

# They end a journey, or are files and not pages.
NOT_PAGES = frozenset({"leave", "metrics:no_show_csv", "home:service_worker", "home:brand_css"})
STARTS = {
    "ana": "me/",
    "cole": "staff/",
    "dee": "staff/",
    "eve": "staff/",
    "nat": "staff/device-help/",
    "": "",
}

# So that a link which breaks does not quietly shorten the walk.
FEWEST = {"ana": 8, "cole": 15, "dee": 10, "eve": 20, "nat": 5, "": 6}

# A patient's own are in another frame.
ACCOUNT = frozenset(
    {
        "account_change_password",
        "account_email",
        "mfa_add_webauthn",
        "mfa_index",
        "people:privacy_agree",
        "usersessions_list",
    }
)

# Every one of the staff who may open these sees the same: the one who works there looks for all.
WHO_LOOKS = {
    "nat": ACCOUNT
    | {
        "mfa_deactivate_totp",
        "mfa_generate_recovery_codes",
        "people:my_account",
        "work:notice_mail",
    },
    "dee": frozenset(
        {
            "appointments:availability_of",
            "appointments:book",
            "appointments:cancel",
            "appointments:detail",
            "appointments:import_run",
            "appointments:imports",
            "appointments:move",
            "appointments:time_off_of",
            "people:add",
            "people:carers",
            "people:contact_add",
            "people:contact_change",
            "people:contact_replace",
            "people:edit",
            "people:invite_carer",
            "reminders:ledger_patient",
            "reminders:plan",
            "reminders:reminder",
            "reminders:replies",
        }
    ),
    "eve": frozenset(
        {
            "appointments:location_change",
            "appointments:locations",
            "appointments:type_change",
            "appointments:types",
            "reminders:policy_add",
            "reminders:policy_change",
            "reminders:twilio_account",
            "reminders:ways",
        }
    ),
    "cole": frozenset({"reminders:reply"}),
    "ana": ACCOUNT
    | {"appointments:own_cancel", "appointments:own_detail", "appointments:own_other_time"},
    "": frozenset({"reminders:link", "reminders:link_times"}),
}


def view_of(path: str) -> str | None:
    """Return the name of the view behind a path below a practice; None for what is not a page of
    it.
    """
    try:
        match = resolve(path, "tests.journeys.practice_urls")
    except Resolver404:
        return None
    return None if match.view_name in NOT_PAGES else match.view_name


def links_of(journey: Journey) -> list[str]:
    """Return the paths below the practice that the page links to."""
    hrefs = journey.page.eval_on_selector_all(
        "a[href]:not([download])", "links => links.map(link => link.href)"
    )
    found = []
    for href in hrefs:
        parts = urlsplit(href)
        if parts.scheme.startswith("http") and parts.path.startswith(journey.root):
            query = f"?{parts.query}" if parts.query else ""
            found.append(parts.path.removeprefix(journey.root) + query)
    return found


def opened(journey: Journey, path: str) -> bool:
    """Open a page; False for a download."""
    try:
        journey.go(path)
    except Error as error:
        if "Download is starting" in error.message:
            return False
        raise
    return True


def troubles_of(journey: Journey) -> list[str]:
    """Look at the open page on a phone, at a desk and on the smallest phone."""
    found = []
    sizes: tuple[tuple[int, Theme], ...] = ((PHONE, "light"), (DESK, "dark"))
    for width, theme in sizes:
        journey.page.set_viewport_size({"width": width, "height": 900})
        journey.page.emulate_media(color_scheme=theme)
        found += [f"{journey.path()}, {width} px, {theme}: {each}" for each in journey.axe()]
    journey.page.set_viewport_size({"width": NARROW, "height": 640})
    if journey.sideways() > 0:
        found.append(f"{journey.path()} is {journey.sideways()} px too wide at {NARROW} px")
    return found


def looks_at(name: str, view: str) -> bool:
    """Whether this one looks at a page, or leaves it to somebody else."""
    return view in WHO_LOOKS.get(name, ()) or not any(view in views for views in WHO_LOOKS.values())


@pytest.mark.parametrize("name", STARTS, ids=lambda name: name or "a stranger")
def test_every_page_in_reach_is_accessible_and_fits(stage: Stage, name: str) -> None:
    extra = live_in(stage.cast).addresses.get(name, [])
    journey = stage.open(name)
    waiting, seen = deque([STARTS[name], *extra]), set[str]()
    to_come = set(extra)
    troubles: list[str] = []
    while waiting:
        path = waiting.popleft()
        view = view_of("/" + urlsplit(path).path)
        asked = path in to_come
        to_come.discard(path)
        assert view is not None or not asked, path
        if view is None or (not asked and (view in seen or not looks_at(name, view))):
            continue
        if not opened(journey, path):
            continue
        seen.add(view)
        if asked or path == STARTS[name]:  # and not a page that must be dealt with first
            assert journey.path() == path
        troubles += troubles_of(journey)
        waiting.extend(links_of(journey))
    assert troubles == []
    assert len(seen) >= FEWEST[name], sorted(seen)
    assert WHO_LOOKS.get(name, frozenset()) <= seen


def test_the_pages_above_the_practices_are_accessible_and_fit(stage: Stage) -> None:
    phone = live_in(stage.cast).phone
    stranger = stage.open()
    paths = [f"/demo/{each.pattern}" for each in demo_patterns if "<" not in str(each.pattern)]
    troubles: list[str] = []
    for path in ["/", *paths, phone]:
        if stranger.context.request.get(path).ok:  # some only take what is posted
            stranger.go(path)
            troubles += troubles_of(stranger)
            assert path != phone or stranger.page.get_by_text("is there parking").is_visible()
    assert troubles == []
