"""What the pages that gather several apps are made of: cards and navigation items.

An app's `home.py` returns these; `portal.home` sorts and shows them. They are plain values, so an
app needs to know nothing about the page that will hold them.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from django.db.models import QuerySet
from django.http import HttpRequest
from django.urls import NoReverseMatch, reverse
from django.utils.functional import Promise

from portal.ui.icons import known

Text = str | Promise
Column = Literal["main", "aside", "top"]
Place = Literal["list", "bell"]


@dataclass(frozen=True, slots=True)
class Card:
    """One part of a gathered page.

    `key` is unique on the page and names the part in tests. `template` gets `context` and the
    request and nothing else. `order` sorts within a column, small first; apps keep to tens so that
    another fits between.
    """

    key: str
    template: str
    context: Mapping[str, Any] = field(default_factory=dict)
    order: int = 50
    column: Column = "main"


@dataclass(frozen=True, slots=True)
class NavItem:
    """One entry of the navigation, as an app declares it.

    `count` is what waits there (0 shows nothing). An app that has not counted yet gives the rows as
    `waiting`, and those of all apps are counted together. `url_name` is reversed in the practice of
    the request. The one whose `place` is the bell stands beside the name of the practice.
    """

    label: Text
    url_name: str
    icon: str
    order: int = 50
    count: int = 0
    waiting: QuerySet[Any] | None = None
    place: Place = "list"

    def __post_init__(self) -> None:
        known(self.icon)


@dataclass(frozen=True, slots=True)
class NavLink:
    """One entry of the navigation, as a template shows it."""

    label: Text
    url: str
    icon: str
    count: int
    current: bool
    place: Place = "list"


def nav_links(items: Iterable[NavItem], request: HttpRequest) -> list[NavLink]:
    """Turn declared items into links, sorted, with the one the person is on marked.

    The current one is the item with the longest address that the page's path starts with, so that
    `me/goals/7/` lights up *Goals* and not *Today* (`me/`). Items whose address does not exist are
    left out.
    """
    resolved: list[tuple[NavItem, str]] = []
    for item in sorted(items, key=lambda each: each.order):
        try:
            resolved.append((item, reverse(item.url_name)))
        except NoReverseMatch:
            continue
    urls = [url for _, url in resolved]
    # The first page of an area begins every address in it, so it is current only by itself.
    roots = {url for url in urls if any(other != url and other.startswith(url) for other in urls)}
    inside = [url for url in urls if request.path.startswith(url)]
    inside = [url for url in inside if url not in roots or url == request.path]
    current = max(inside, key=len, default=None)
    return [
        NavLink(item.label, url, item.icon, item.count, url == current, item.place)
        for item, url in resolved
    ]
