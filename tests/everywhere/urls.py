"""Every address of the portal, with what its view says about itself."""

from __future__ import annotations

import re
import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.urls import URLPattern, URLResolver, get_resolver
from django.urls.converters import IntConverter, UUIDConverter

from portal.access.permissions import Permission

SAMPLES: dict[str, object] = {
    "token": "x" * 43,
    "slug": "nobody",
    "key": "nothing",
    "name": "nothing",
    "code": "nothing",
    "format": "json",
}


@dataclass(frozen=True)
class Address:
    """One pattern. `route` is as written; `kwargs` maps each parameter to its converter."""

    name: str
    route: str
    view: Any
    parameters: tuple[tuple[str, Any], ...]
    below_practice: bool

    @property
    def permission(self) -> Permission | None:
        return getattr(self.view, "required_permission", None)

    @property
    def is_public(self) -> bool:
        return bool(getattr(self.view, "is_public", False))

    @property
    def is_for_anyone_signed_in(self) -> bool:
        return bool(getattr(self.view, "is_for_anyone_signed_in", False))

    @property
    def is_accounts(self) -> bool:
        return str(getattr(self.view, "__module__", "")).startswith("allauth.")

    @property
    def methods(self) -> tuple[str, ...]:
        """The middleware decides before a function sees the method; a class sorts them itself."""
        if isinstance(self.view, type):
            return ("get", "post", "put", "patch", "delete")
        return ("get", "post")

    def path(self, **given: object) -> str:
        """The path with sample values for what is not given."""
        path = self.route
        for name, converter in self.parameters:
            value = given.get(name, _sample(name, converter))
            path = re.sub(rf"<(?:\w+:)?{name}>", str(value), path, count=1)
        return "/" + path


def addresses() -> list[Address]:
    """All of them, above the practices and below one."""
    above = _walk(get_resolver(settings.ROOT_URLCONF), "", "", below=False)
    below = _walk(get_resolver(settings.PRACTICE_URLCONF), "", "", below=True)
    return [*above, *below]


def practice_addresses() -> list[Address]:
    """Those below a practice, allauth's own left out."""
    return [a for a in addresses() if a.below_practice and not a.is_accounts]


def _walk(resolver: URLResolver, prefix: str, space: str, *, below: bool) -> Iterator[Address]:
    for entry in resolver.url_patterns:
        route = prefix + _route(entry)
        if isinstance(entry, URLResolver):
            inner = f"{space}{entry.namespace}:" if entry.namespace else space
            yield from _walk(entry, route, inner, below=below)
        elif isinstance(entry, URLPattern):
            converters = tuple(_converters(route, entry, resolver))
            yield Address(f"{space}{entry.name}", route, _view(entry), converters, below)


def _route(entry: URLPattern | URLResolver) -> str:
    """The written route; for a regular expression its named groups as parameters."""
    pattern = entry.pattern
    route = getattr(pattern, "_route", None)
    if route is not None:
        return str(route)
    text = str(pattern).removeprefix("^").removesuffix("$").removesuffix(r"\Z")
    text = re.sub(r"\(\?P<(\w+)>[^)]*\)", r"<\1>", text)
    return text.replace("/?", "/").replace("\\", "")


def _converters(route: str, entry: URLPattern, resolver: URLResolver) -> Iterator[tuple[str, Any]]:
    for kind, name in re.findall(r"<(?:(\w+):)?(\w+)>", route):
        yield name, kind or entry.pattern.converters.get(name)


def _sample(name: str, converter: Any) -> object:
    if converter == "int" or isinstance(converter, IntConverter):
        return 1
    if converter == "uuid" or isinstance(converter, UUIDConverter) or name in ("pk", "id"):
        return uuid.UUID(int=1)
    return SAMPLES.get(name, "nothing")


def _view(entry: URLPattern) -> Any:
    callback = entry.callback
    return getattr(callback, "cls", None) or getattr(callback, "view_class", callback)
