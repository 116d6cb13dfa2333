"""A small browser for ``demo --check``: cookies, redirects, forms with their tokens. No script."""

import base64
import hashlib
import hmac
import http.cookiejar
import json
import struct
import subprocess
import sys
import time
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Callable
from dataclasses import dataclass, field
from html.parser import HTMLParser
from typing import Any, TypeVar

from portal.dev.embedded.home import CHECKOUT

T = TypeVar("T")
_TIMEOUT = 20.0


class CheckFailed(Exception):
    """Something is not as it should be; says what was seen."""


@dataclass
class Form:
    """A form as the page shows it: where it goes and what is filled in already."""

    action: str
    method: str
    fields: dict[str, list[str]] = field(default_factory=dict)
    buttons: dict[str, str] = field(default_factory=dict)  # words on it -> "name=value" or ""
    words: str = ""


class _Reader(HTMLParser):
    """Text, links and forms of a page."""

    def __init__(self) -> None:
        super().__init__()
        self.words: list[str] = []
        self.links: list[tuple[str, str]] = []
        self.forms: list[Form] = []
        self._form: Form | None = None
        self._link: str | None = None
        self._button: str | None = None
        self._select: str | None = None
        self._area: str | None = None
        self._quiet = 0
        self._collected: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Open a link, a form or a field."""
        given = {name: value or "" for name, value in attrs}
        if tag in ("script", "style", "template"):
            self._quiet += 1
        elif tag == "a" and "href" in given:
            self._link, self._collected = given["href"], []
        elif tag == "form":
            method = given.get("method", "get").lower()
            self._form = Form(given.get("action", ""), method)
            self.forms.append(self._form)
        elif self._form is not None:
            self._field(tag, given)

    def _field(self, tag: str, given: dict[str, str]) -> None:
        form, name = self._form, given.get("name", "")
        if form is None:
            return
        if tag == "button" or (tag == "input" and given.get("type") == "submit"):
            pair = urllib.parse.urlencode({name: given.get("value", "")}) if name else ""
            if tag == "input":
                form.buttons[given.get("value", "")] = pair
            else:
                self._button, self._collected = pair, []
        elif tag == "input" and name:
            if given.get("type") not in ("checkbox", "radio") or "checked" in given:
                form.fields.setdefault(name, []).append(given.get("value", "on"))
        elif tag == "select":
            self._select = name
        elif tag == "option" and self._select and "selected" in given:
            form.fields.setdefault(self._select, []).append(given.get("value", ""))
        elif tag == "textarea" and name:
            self._area, self._collected = name, []

    def handle_endtag(self, tag: str) -> None:
        """Close it again, with the words that stood in it."""
        if tag in ("script", "style", "template"):
            self._quiet = max(0, self._quiet - 1)
        elif tag == "a" and self._link is not None:
            self.links.append((_joined(self._collected), self._link))
            self._link = None
        elif tag == "form":
            self._form = None
        elif self._form is not None:
            if tag == "button" and self._button is not None:
                self._form.buttons[_joined(self._collected)] = self._button
                self._button = None
            elif tag == "select":
                self._select = None
            elif tag == "textarea" and self._area is not None:
                self._form.fields[self._area] = ["".join(self._collected)]
                self._area = None

    def handle_data(self, data: str) -> None:
        """Words on the page."""
        if self._quiet:
            return
        self.words.append(data)
        self._collected.append(data)
        if self._form is not None:
            self._form.words += data


@dataclass
class Page:
    """An answer of the portal."""

    url: str
    status: int
    body: str
    links: list[tuple[str, str]] = field(default_factory=list)
    forms: list[Form] = field(default_factory=list)
    text: str = ""

    @classmethod
    def read(cls, url: str, status: int, body: str) -> "Page":
        """Parse an answer; one that is not HTML has a text and nothing else."""
        reader = _Reader()
        reader.feed(body)
        return cls(url, status, body, reader.links, reader.forms, _joined(reader.words))

    @property
    def path(self) -> str:
        """The address without host and query."""
        return urllib.parse.urlsplit(self.url).path

    def expect(self, *texts: str) -> "Page":
        """This page, if it shows all of these words."""
        missing = [text for text in texts if text not in self.text]
        if missing:
            raise CheckFailed(
                f"{self.path} ({self.status}) does not say {missing}: {self._start()}"
            )
        return self

    def expect_status(self, status: int) -> "Page":
        """This page, if it came with that status."""
        if self.status != status:
            raise CheckFailed(f"{self.path} answered {self.status}, not {status}: {self._start()}")
        return self

    def link(self, words: str) -> str:
        """Where the first link goes whose words contain these."""
        for text, address in self.links:
            if words in text:
                return address
        raise CheckFailed(f"{self.path} has no link {words!r}: {[text for text, _ in self.links]}")

    def form(self, *, action: str = "", words: str = "") -> Form:
        """The first form whose address, and whose words or buttons, contain these."""
        for form in self.forms:
            said = form.words + " ".join(form.buttons)
            if action in form.action and words in said:
                return form
        raise CheckFailed(
            f"{self.path} has no form to {action!r} with {words!r}: "
            f"{[form.action for form in self.forms]}"
        )

    def _start(self) -> str:
        return self.text[:300]


class Visitor:
    """One person with a browser of their own."""

    def __init__(self, base: str, name: str) -> None:
        self.base = base
        self.name = name
        self.cookies = http.cookiejar.CookieJar()
        self._opener = urllib.request.build_opener(
            urllib.request.ProxyHandler({}),  # loopback never goes through a proxy
            urllib.request.HTTPCookieProcessor(self.cookies),
        )

    def get(self, address: str) -> Page:
        """Open an address; a path is below the demo's host."""
        return self._open(urllib.request.Request(self._absolute(address)))  # noqa: S310 - http only

    def post(self, address: str, fields: Any, *, referer: str = "") -> Page:
        """Send a form as a browser would, with where it came from."""
        url = self._absolute(address)
        request = urllib.request.Request(  # noqa: S310 - http only
            url, data=urllib.parse.urlencode(fields, doseq=True).encode()
        )
        request.add_header("Referer", referer or url)
        request.add_header("Origin", self.base)
        return self._open(request)

    def submit(self, page: Page, form: Form, *, button: str = "", **fields: Any) -> Page:
        """Send a form of a page with these fields filled in, by the button of those words."""
        values: dict[str, Any] = {**form.fields, **fields}
        for words, pair in form.buttons.items():
            if button and button in words and pair:
                values.update(urllib.parse.parse_qs(pair, keep_blank_values=True))
        address = urllib.parse.urljoin(page.url, form.action or page.url)
        if form.method == "get":
            return self.get(f"{address}?{urllib.parse.urlencode(values, doseq=True)}")
        return self.post(address, values, referer=page.url)

    def send_json(self, address: str, body: Any) -> "Page":
        """Post JSON as a script of the portal would, with the token from the cookie."""
        request = urllib.request.Request(  # noqa: S310 - http only
            self._absolute(address), data=json.dumps(body).encode()
        )
        token = next((one.value for one in self.cookies if "csrf" in one.name), None)
        request.add_header("Content-Type", "application/json")
        request.add_header("X-CSRFToken", token or "")
        request.add_header("Origin", self.base)
        return self._open(request)

    def _absolute(self, address: str) -> str:
        return urllib.parse.urljoin(self.base, address)

    def _open(self, request: urllib.request.Request) -> Page:
        try:
            with self._opener.open(request, timeout=_TIMEOUT) as answer:
                return Page.read(answer.url, answer.status, answer.read().decode())
        except urllib.error.HTTPError as error:
            with error:
                return Page.read(error.url or "", error.code, error.read().decode())


class DemoClient:
    """What an app's ``demo_check.steps(client)`` is given.

    ``client.visitor("Ana")`` is Ana's browser, signed in. ``client.command("metrics", …)`` runs a
    manage.py command beside the demo and returns what it printed.
    """

    def __init__(self, base: str, look_after: Callable[[], None]) -> None:
        self.base = base
        self._look_after = look_after
        self._visitors: dict[str, Visitor] = {}

    def anonymous(self) -> Visitor:
        """Somebody who is not signed in."""
        return Visitor(self.base, "nobody")

    def visitor(self, name: str) -> Visitor:
        """The browser of one of the cast, signed in."""
        if name not in self._visitors:
            self.sign_in(name)
        return self._visitors[name]

    def sign_in(self, name: str) -> Page:
        """Sign in with the printed password at the practice's own page; returns where it leads.

        Staff are asked for a code of their authenticator app; its key is printed as well.
        """
        from portal.dev.cast import cast_member

        member = cast_member(name)
        visitor = Visitor(self.base, name)
        page = visitor.get(f"/{member.practice}/accounts/login/").expect_status(200)
        form = page.form(action="/accounts/login")
        after = visitor.submit(page, form, login=member.username, password=member.password)
        if member.totp_secret:
            form = after.expect_status(200).form(action="authenticate", words="Code")
            after = visitor.submit(after, form, code=code_of_now(member.totp_secret, good_for=4))
        after.expect_status(200)
        if after.path.endswith("/login/"):
            raise CheckFailed(f"{name} could not sign in: {after.text[:300]}")
        self._visitors[name] = visitor
        return after

    def command(self, *arguments: str) -> str:
        """Standard output of a manage.py command. Raises CheckFailed when it exits otherwise."""
        finished = subprocess.run(  # noqa: S603 - our own commands
            [sys.executable, str(CHECKOUT / "manage.py"), *arguments],
            cwd=CHECKOUT,
            capture_output=True,
            text=True,
            check=False,
            timeout=120,
        )
        if finished.returncode != 0:
            said = (finished.stderr or finished.stdout).strip()[-400:]
            raise CheckFailed(f"manage.py {' '.join(arguments)} exit {finished.returncode}: {said}")
        return finished.stdout

    def wait_for(self, look: Callable[[], T | None], *, what: str, seconds: float = 40.0) -> T:
        """Ask again and again until ``look`` returns something; CheckFailed after ``seconds``."""
        deadline = time.monotonic() + seconds
        while True:
            found = look()
            if found:
                return found
            if time.monotonic() > deadline:
                raise CheckFailed(f"waited {seconds:.0f} s in vain for {what}")
            self._look_after()
            time.sleep(0.3)


def code_of_now(secret: str, *, good_for: float = 0) -> str:
    """What an authenticator app with that key shows at this moment (RFC 6238, SHA-1, 30 s).

    Waits for the next code where this one would not last `good_for` seconds more.
    """
    left = 30 - time.time() % 30
    if left < good_for:
        time.sleep(left + 0.1)
    counter = struct.pack(">Q", int(time.time()) // 30)
    digest = hmac.new(base64.b32decode(secret), counter, hashlib.sha1).digest()
    start = digest[-1] & 15
    number = int.from_bytes(digest[start : start + 4], "big") & 0x7FFFFFFF
    return f"{number % 1_000_000:06d}"


def _joined(parts: list[str]) -> str:
    return " ".join(" ".join(parts).split())
