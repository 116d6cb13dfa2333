"""A stage for journeys: the portal in a browser, as one of the cast, on a phone or at a desk.

    ana = stage.open("ana")                          # 390 px, light
    ana.go("me/")
    ana.page.get_by_role("link", name="Today").click()
    ana.looks_right()                                # axe, nothing sideways

What no page may ever do is noted while it happens and fails the test when the stage closes: a
request to another host, a breach of the content policy, an error in the console.
"""

import json
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal
from urllib.parse import urlsplit

from django.conf import settings
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page, Request

from tests.cast import Cast, Person

AXE = Path(__file__).resolve().parents[1] / "vendor" / "axe-core" / "axe.min.js"
AXE_TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
AXE_COLOURS = {"type": "rule", "values": ["color-contrast", "link-in-text-block"]}
NARROW, PHONE, DESK = 320, 390, 1440
WIDTHS = (PHONE, DESK)
ELSEWHERE, HTML = "<title>Elsewhere</title>", "text/html"
Theme = Literal["light", "dark"]

# Said by the browser about requests that a test cuts off or refuses on purpose.
EXPECTED_NOISE = (
    "net::ERR_INTERNET_DISCONNECTED",
    "net::ERR_FAILED",
    "status of 403",
    "status of 404",
    "status of 422",
)


@dataclass
class Journey:
    """One person at one browser. `page` is playwright's; the rest saves repetition."""

    name: str
    root: str
    context: BrowserContext
    page: Page
    wrongs: list[str]

    def go(self, path: str = "") -> Page:
        """Open a path of this person's practice: `go("me/")`. `go("/demo/")` leads outside it."""
        address = path if path.startswith("/") else f"{self.root}{path}"
        self.page.goto(address)
        return self.page

    def path(self) -> str:
        """Where the page is: path and query, without the practice."""
        parts = urlsplit(self.page.url)
        path = parts.path.removeprefix(self.root)
        return f"{path}?{parts.query}" if parts.query else path

    def axe(self, only: object = AXE_TAGS) -> list[str]:
        """Return what axe finds (WCAG 2.2 AA and best practice), a line each.

        `only` is axe's `runOnly`.
        """
        if not self.page.evaluate("'axe' in window"):
            self.page.evaluate(AXE.read_text(encoding="utf-8"))
        found = self.page.evaluate(
            "only => axe.run(document, {runOnly: only, resultTypes: ['violations']})", only
        )
        return [
            f"{violation['id']}: {violation['help']}: {node['html'][:160]}"
            for violation in found["violations"]
            for node in violation["nodes"]
        ]

    def sideways(self) -> int:
        """Return by how many pixels the page is wider than the window."""
        return int(self.page.evaluate("document.documentElement.scrollWidth - innerWidth"))

    def looks_right_everywhere(self) -> None:
        """The same on a phone and at a desk, light and dark, without loading the page again; and
        nothing sideways on the smallest phone.
        """
        self.page.set_viewport_size({"width": NARROW, "height": 640})
        assert self.sideways() <= 0, f"{self.page.url} is too wide at {NARROW} px"
        for width in WIDTHS:
            self.page.set_viewport_size({"width": width, "height": 844 if width < 800 else 900})
            self.page.emulate_media(color_scheme="light")
            self.looks_right(f"{width} px, light")
            # The dark page is the same page in other colours.
            self.page.emulate_media(color_scheme="dark")
            self.looks_right(f"{width} px, dark", AXE_COLOURS)

    def looks_right(self, how: str = "", only: object = AXE_TAGS) -> None:
        """Fail when axe finds something, or the page scrolls sideways."""
        # From the top: what the sticky strip half covers is no small target.
        self.page.evaluate("scrollTo(0, 0)")
        found = self.axe(only)
        assert not found, "\n".join([f"{self.name} at {self.page.url} {how}", *found])
        assert self.sideways() <= 0, f"{self.page.url} {how} is {self.sideways()} px too wide"

    def focused(self) -> str:
        """Return the id of the element that has the focus, or its tag."""
        script = "document.activeElement.id || document.activeElement.tagName"
        return str(self.page.evaluate(script))


@dataclass
class Stage:
    """The portal at `url` with its cast; opens browsers and closes them."""

    url: str
    cast: Cast
    browser: Browser
    journeys: list[Journey] = field(default_factory=list)

    def open(
        self,
        name: str = "",
        *,
        practice: str = "alder",
        width: int = PHONE,
        theme: Theme = "light",
        script: bool = True,
        elsewhere: Callable[[str], bool] | None = None,
        browser: Browser | None = None,
    ) -> Journey:
        """Open a browser as one of the cast, signed in; without a name as a stranger to
        `practice`.

        `elsewhere` says which addresses of other hosts this journey may reach; they are answered
        with an empty page. The browser itself finds no other host: nothing leaves this machine.
        """
        person = self.cast.people[name] if name else None
        context = (browser or self.browser).new_context(
            base_url=self.url,
            viewport={"width": width, "height": 844 if width < 800 else 900},
            color_scheme=theme,
            java_script_enabled=script,
            reduced_motion="reduce",
            locale="en-GB",
        )
        context.set_default_timeout(30_000)  # a page has thirty files, and machines are busy
        wrongs = self._watch(context, elsewhere)
        root = f"/{person.practice.slug if person else practice}/"
        journey = Journey(name or "a stranger", root, context, context.new_page(), wrongs)
        self.journeys.append(journey)
        if name:
            self.sign_in(journey, name)
        return journey

    def sign_in(self, journey: Journey, name: str) -> None:
        """Give a browser the session of one of the cast, as a sign-in in another tab does."""
        journey.context.add_cookies([self._signed_in(self.cast.people[name])])

    def sign_out(self, journey: Journey) -> None:
        """End a browser's session on the server's side of things: its cookies are gone."""
        journey.context.clear_cookies()

    def close(self) -> list[str]:
        """Close all browsers; return what went wrong behind the scenes."""
        for journey in self.journeys:
            journey.context.close()
        return [f"{journey.name}: {wrong}" for journey in self.journeys for wrong in journey.wrongs]

    def _signed_in(self, person: Person) -> Any:
        cookie = person.client().cookies[settings.SESSION_COOKIE_NAME]
        return {"name": cookie.key, "value": cookie.value, "url": self.url}

    def _watch(self, context: BrowserContext, elsewhere: Callable[[str], bool] | None) -> list[str]:
        wrongs: list[str] = []
        host = urlsplit(self.url).netloc

        def heard(request: Request) -> None:
            outside = urlsplit(request.url).netloc not in {host, ""}
            if outside and not (elsewhere and elsewhere(request.url)):
                wrongs.append(f"asked another host: {request.url}")

        def note(message: ConsoleMessage) -> None:
            if message.type == "error" and not any(
                noise in message.text for noise in EXPECTED_NOISE
            ):
                wrongs.append(f"console: {message.text}")

        if elsewhere is not None:  # with a route each request passes here, and nothing is cached
            context.route(elsewhere, lambda route: route.fulfill(body=ELSEWHERE, content_type=HTML))
        context.on("request", heard)
        context.on("console", note)
        context.on("weberror", lambda error: wrongs.append(f"script: {error.error}"))
        return wrongs


def storage_of(page: Page) -> dict[str, Any]:
    """Return what this site keeps in the browser: local and session storage, caches by name,
    databases.
    """
    script = """async () => ({
        local: {...localStorage}, session: {...sessionStorage},
        databases: (await indexedDB.databases()).map(each => each.name),
        caches: Object.fromEntries(await Promise.all((await caches.keys()).map(async name =>
            [name, (await (await caches.open(name)).keys()).map(request => request.url)]))),
    })"""
    return dict(json.loads(json.dumps(page.evaluate(script))))
