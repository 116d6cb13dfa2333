"""What one page asks the database and what it answers, kept for the reference to do again."""

from __future__ import annotations

import html
import json
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from django.db import connections, transaction
from django.test import Client
from django.utils.html import escape

from benchmarks.load import Ask

_WRITES = ("INSERT", "UPDATE", "DELETE")
_SESSION = re.compile(r'FROM "django_session"')
_BRACE = re.compile(r"\{(?=[{%#])")
_WORDS = re.compile(r"(?<=>)[^<>]*\w[^<>]*(?=<)")


@dataclass
class Tape:
    """The statements in order, without the session's (stock Django reads that), and the answer."""

    statements: list[str] = field(default_factory=list)
    body: str = ""
    status: int = 200

    @property
    def asked(self) -> int:
        """How many statements, those that only mark a transaction left out."""
        return sum(not each.startswith(("SAVEPOINT", "RELEASE")) for each in self.statements) + 1

    @property
    def writes(self) -> bool:
        """Whether it changes rows."""
        return any(each.lstrip().startswith(_WRITES) for each in self.statements)

    def save(self, folder: Path, name: str) -> None:
        """Write it for the reference."""
        template, words = flat_template(self.body)
        content = {
            "statements": self.statements,
            "template": template,
            "words": words,
            "status": self.status,
            "writes": self.writes,
        }
        folder.mkdir(parents=True, exist_ok=True)
        (folder / f"{name}.json").write_text(json.dumps(content), encoding="utf-8")


class _Undone(Exception):
    """Ends the recording's transaction without keeping it."""


def record(client: Client, ask: Ask) -> Tape:
    """Ask once, in a transaction that is undone. A first visit warms what a process keeps."""
    if ask.method == "GET":
        _send(client, ask)
    tape = Tape()
    try:
        with transaction.atomic(), _noted(tape.statements):
            response = _send(client, ask)
            raise _Undone
    except _Undone:
        pass
    # One transaction more is open here than on a server, where the outermost is no savepoint and
    # the practice's setting ends with it.
    _drop_outermost(tape.statements)
    _drop_setting_back(tape.statements)
    tape.body, tape.status = response.content.decode(), response.status_code
    if tape.status != ask.status:
        raise LookupError(f"{ask.path} answers {tape.status}, not {ask.status}")
    return tape


def flat_template(body: str) -> tuple[str, list[str]]:
    """A template that gives the same bytes, each piece of text a variable, and their values."""
    words: list[str] = []
    parts, end = [], 0
    for found in _WORDS.finditer(body):
        plain = html.unescape(found.group())
        same = escape(plain) == found.group()
        parts.append(_BRACE.sub("{% templatetag openbrace %}", body[end : found.start()]))
        parts.append("{{ words." + str(len(words)) + ("" if same else "|safe") + " }}")
        words.append(plain if same else found.group())
        end = found.end()
    parts.append(_BRACE.sub("{% templatetag openbrace %}", body[end:]))
    return "".join(parts), words


def _send(client: Client, ask: Ask) -> Any:
    headers = {name: text for name, text in ask.headers.items() if name != "Cookie"}
    if ask.method == "GET":
        return client.get(ask.path, headers=headers)
    form = "application/x-www-form-urlencoded"
    return client.generic(ask.method, ask.path, ask.body, content_type=form, headers=headers)


@contextmanager
def _noted(statements: list[str]) -> Iterator[None]:
    def note(execute: Callable[..., Any], sql: str, params: Any, many: bool, context: Any) -> Any:
        plain = context["cursor"].cursor
        for values in params if many else [params]:
            text = plain.mogrify(sql, values).decode() if values else sql
            if not _SESSION.search(text):
                statements.append(text)
        return execute(sql, params, many, context)

    with connections["default"].execute_wrapper(note):
        yield


def _drop_outermost(statements: list[str]) -> None:
    marks = [place for place, each in enumerate(statements) if each.startswith("SAVEPOINT")]
    if not marks:
        return
    name = statements[marks[0]].split()[1]
    statements[:] = [each for each in statements if not each.endswith(name) or not _is_mark(each)]


def _drop_setting_back(statements: list[str]) -> None:
    settings = [place for place, each in enumerate(statements) if "set_config(" in each]
    if len(settings) > 1:
        del statements[settings[-1]]


def _is_mark(statement: str) -> bool:
    return statement.startswith(("SAVEPOINT", "RELEASE SAVEPOINT", "ROLLBACK TO"))
