"""`manage.py screenshots`: pictures of pages, as one of the demo's cast.

    manage.py screenshots --as ana me/ me/goals/
    manage.py screenshots --as cole --width 1440 --theme light staff/
    manage.py screenshots help/ /demo/gallery/

A path without a slash in front lies below the person's practice. Pictures go to
test-results/screens/, one for each width and theme; a line for each says where, and what the
browser complained about.
"""

import contextlib
import logging
import re
import threading
from argparse import ArgumentParser
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Literal

from django.conf import settings
from django.contrib.auth import get_user_model
from django.core.management.base import BaseCommand, CommandError
from django.core.servers.basehttp import ThreadedWSGIServer, WSGIRequestHandler
from django.core.wsgi import get_wsgi_application
from django.test import Client, override_settings

from portal.dev.browser import HOW_TO, MISSING, find_chromium, launch_options
from portal.dev.cast import CAST

WIDTHS = (390, 1440)
THEMES: tuple[Literal["light", "dark"], ...] = ("light", "dark")
FOLDER = Path(settings.BASE_DIR) / "test-results" / "screens"


class QuietHandler(WSGIRequestHandler):
    """Serves without a line for each request."""

    def log_message(self, format: str, *args: Any) -> None:
        """Say nothing."""


class Command(BaseCommand):
    """Take pictures of pages."""

    help = __doc__.split("\n", maxsplit=1)[0] if __doc__ else ""

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Paths, person, sizes, themes, folder."""
        parser.add_argument("paths", nargs="+", help="me/ for the practice's, /demo/ for others")
        parser.add_argument(
            "--as", dest="name", default="", help="one of the cast; else a stranger"
        )
        parser.add_argument("--practice", default="alder", help="for a stranger")
        parser.add_argument(
            "--width", type=int, action="append", help="pixels; default 390 and 1440"
        )
        parser.add_argument("--theme", choices=THEMES, action="append", help="default both")
        parser.add_argument("--window", action="store_true", help="only what a window shows")
        parser.add_argument("--to", type=Path, default=FOLDER, help="folder for the pictures")

    def handle(self, *args: Any, **options: Any) -> None:
        """Serve the portal on a free port, open each page, save each picture."""
        logging.getLogger("django_structlog").setLevel(logging.ERROR)
        executable = find_chromium()
        if executable is None:
            raise CommandError(f"{MISSING}: {HOW_TO}")
        from playwright.sync_api import sync_playwright

        practice, cookie = self._person(options["name"], options["practice"])
        with served() as url, sync_playwright() as playwright:
            browser = playwright.chromium.launch(**launch_options(executable))  # type: ignore[arg-type]  # a dict of options
            for width in options["width"] or WIDTHS:
                for theme in options["theme"] or THEMES:
                    context = browser.new_context(
                        base_url=url,
                        viewport={"width": width, "height": 844 if width < 800 else 900},
                        color_scheme=theme,
                        reduced_motion="reduce",
                        locale="en-GB",
                        service_workers="block",
                    )
                    if cookie:
                        context.add_cookies([{"name": cookie[0], "value": cookie[1], "url": url}])
                    for path in options["paths"]:
                        address = path if path.startswith("/") else f"/{practice}/{path}"
                        name = (
                            f"{options['name'] or 'stranger'}{_plain(address)}-{width}-{theme}.png"
                        )
                        self._shoot(context, address, options["to"] / name, not options["window"])
                    context.close()
            browser.close()

    def _person(self, name: str, practice: str) -> tuple[str, tuple[str, str] | None]:
        """Return the practice's slug and the person's session cookie; None for a stranger."""
        if not name:
            return practice, None
        member = next((each for each in CAST if each.username == name.lower()), None)
        user = get_user_model().objects.filter(username=name.lower()).first()
        if member is None or user is None:
            raise CommandError(
                f"{name} is not here; the cast: {', '.join(e.username for e in CAST)}"
            )
        client = Client()
        client.force_login(user, backend=settings.AUTHENTICATION_BACKENDS[0])
        cookie = client.cookies[settings.SESSION_COOKIE_NAME]
        return member.practice, (cookie.key, cookie.value)

    def _shoot(self, context: Any, address: str, path: Path, whole: bool) -> None:
        page = context.new_page()
        said: list[str] = []
        page.on("console", lambda each: said.append(each.text) if each.type == "error" else None)
        page.on("pageerror", lambda error: said.append(str(error)))
        reply = page.goto(address, wait_until="networkidle")
        if page.evaluate("document.documentElement.scrollWidth > innerWidth"):
            said.append("scrolls sideways")
        path.parent.mkdir(parents=True, exist_ok=True)
        page.screenshot(path=path, full_page=whole)
        status = reply.status if reply else 0
        self.stdout.write(" ".join([f"{status} {path}", *(f"[{each}]" for each in said)]))
        page.close()


@contextlib.contextmanager
def served() -> Iterator[str]:
    """Serve the portal on a free port of this machine, static files from where they are written."""
    storages = {
        **settings.STORAGES,
        "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
    }
    with override_settings(STORAGES=storages, WHITENOISE_USE_FINDERS=True):
        server = ThreadedWSGIServer(("127.0.0.1", 0), QuietHandler)
        server.daemon_threads = True
        server.set_app(get_wsgi_application())
        threading.Thread(target=server.serve_forever, name="screenshots", daemon=True).start()
        try:
            yield f"http://localhost:{server.server_port}"
        finally:
            server.shutdown()
            server.server_close()


def _plain(address: str) -> str:
    """Make a file name of an address: `/alder/me/?page=2` becomes `-alder-me-page-2`."""
    return "".join(f"-{word}" for word in re.findall(r"[\w.]+", address))
