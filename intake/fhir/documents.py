"""From bytes to JSON documents: is it JSON, is it small enough, is it a Questionnaire at all."""

from __future__ import annotations

import json
import math
from collections.abc import Iterator
from typing import Final

from intake.fhir.notices import Notice, RefusedError, gettext_noop

Document = dict[str, object]

MAX_BYTES: Final = 10 * 1024 * 1024
MAX_JSON_DEPTH: Final = 250  # 64 nested items are 128 levels; extensions and value sets add theirs


def read_documents(content: bytes) -> list[tuple[str, Document]]:
    """The questionnaires in a file, each with its path: one, or those of a Bundle.

    Raises `RefusedError` for anything else. Members that are given twice, `NaN`, characters
    that no database can store and numbers without end are refused here, so that nobody after this
    reads the file differently.
    """
    document = _json(content)
    if not isinstance(document, dict):
        raise _refused("$", gettext_noop("This is JSON, but not a FHIR resource."))
    _check_storable(document)
    kind = document.get("resourceType")
    if kind == "Questionnaire":
        return [("Questionnaire", document)]
    if kind == "Bundle":
        return _from_bundle(document)
    raise _refused(
        "resourceType",
        gettext_noop("This is “%(kind)s”. A Questionnaire or a Bundle of them is needed."),
        kind=str(kind or "?"),
    )


def _json(content: bytes) -> object:
    if len(content) > MAX_BYTES:
        raise _refused("$", gettext_noop("The file is larger than 10 MB."))
    try:
        text = content.decode("utf-8-sig")
        return json.loads(
            text,
            object_pairs_hook=_members_once,
            parse_constant=_no_constant,
            parse_float=_finite,
        )
    except UnicodeDecodeError as error:
        raise _refused(
            "$", gettext_noop("The file is not UTF-8 text: byte %(place)s."), place=error.start
        ) from error
    except json.JSONDecodeError as error:
        raise _refused(
            "$",
            gettext_noop("The file is not JSON: line %(line)s, column %(column)s."),
            line=error.lineno,
            column=error.colno,
        ) from error
    except RecursionError as error:
        raise _refused("$", gettext_noop("The file is nested too deeply.")) from error
    except ValueError as error:  # an integer with thousands of digits
        raise _refused("$", gettext_noop("The file holds a number that is too long.")) from error


def _members_once(pairs: list[tuple[str, object]]) -> Document:
    members = dict(pairs)
    if len(members) != len(pairs):
        names = [name for name, _ in pairs]
        twice = next(name for name in names if names.count(name) > 1)
        raise _refused("$", gettext_noop("“%(name)s” stands twice in one object."), name=twice)
    return members


def _no_constant(name: str) -> float:
    raise _refused("$", gettext_noop("“%(name)s” is not a JSON number."), name=name)


def _finite(text: str) -> float:
    number = float(text)
    if not math.isfinite(number):
        raise _refused("$", gettext_noop("The file holds a number that is too large."))
    return number


def _check_storable(document: Document) -> None:
    """Refuse what PostgreSQL's JSON cannot hold, and depth that later readers would trip over."""
    level: list[object] = [document]
    for _ in range(MAX_JSON_DEPTH):
        if not level:
            return
        for node in level:
            _check_texts(node)
        level = [child for node in level for child in _children(node)]
    raise _refused("$", gettext_noop("The file is nested too deeply."))


def _children(node: object) -> Iterator[object]:
    if isinstance(node, dict):
        yield from node.values()
    elif isinstance(node, list):
        yield from node


def _check_texts(node: object) -> None:
    texts = [node, *node] if isinstance(node, dict) else [node]
    for text in texts:
        if isinstance(text, str) and not is_storable(text):
            raise _refused("$", gettext_noop("The file holds a character that cannot be stored."))


def is_storable(text: str) -> bool:
    """False for NUL and for half a surrogate pair: no UTF-8 database takes them."""
    return "\x00" not in text and not any("\ud800" <= letter <= "\udfff" for letter in text)


def _from_bundle(bundle: Document) -> list[tuple[str, Document]]:
    entries = bundle.get("entry")
    if not isinstance(entries, list) or not entries:
        raise _refused("Bundle.entry", gettext_noop("The Bundle is empty."))
    found: list[tuple[str, Document]] = []
    for place, entry in enumerate(entries):
        path = f"Bundle.entry[{place}].resource"
        resource = entry.get("resource") if isinstance(entry, dict) else None
        kind = resource.get("resourceType") if isinstance(resource, dict) else None
        if not isinstance(resource, dict) or kind != "Questionnaire":
            raise _refused(
                path,
                gettext_noop("Only Questionnaires can stand in the Bundle; this is “%(kind)s”."),
                kind=str(kind or "?"),
            )
        found.append((path, resource))
    return found


def _refused(path: str, words: str, **params: object) -> RefusedError:
    shown = {name: str(content)[:120] for name, content in params.items()}
    return RefusedError((Notice(path=path, words=words, params=shown),))
