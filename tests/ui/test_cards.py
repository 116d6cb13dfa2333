"""Navigation entries and cards."""

import pytest
from django.http import HttpRequest, HttpResponse
from django.test import RequestFactory, override_settings
from django.urls import path

from portal.ui.cards import NavItem, nav_links
from portal.ui.icons import UnknownIconError, known


def nothing(request: HttpRequest) -> HttpResponse:
    """Stands in for a view."""
    return HttpResponse()


urlpatterns = [
    path("me/", nothing, name="today"),
    path("me/goals/", nothing, name="goals"),
    path("me/goals/archive/", nothing, name="archive"),
]


def current(address: str) -> list[str]:
    items = [
        NavItem("Goals", "goals", "footprints", order=20),
        NavItem("Today", "today", "door", order=10, count=2),
        NavItem("Gone", "no-such-name", "leaf"),
    ]
    with override_settings(ROOT_URLCONF=__name__):
        links = nav_links(items, RequestFactory().get(address))
    assert [str(link.label) for link in links] == ["Today", "Goals"]
    return [str(link.label) for link in links if link.current]


def test_the_entry_of_the_page_is_marked_and_not_its_parent() -> None:
    assert current("/me/goals/7/") == ["Goals"]
    assert current("/me/") == ["Today"]
    assert current("/elsewhere/") == []


def test_an_icon_that_does_not_exist_fails_where_it_is_written() -> None:
    with pytest.raises(UnknownIconError, match="footprints"):
        NavItem("Goals", "goals", "footprint")
    assert known("door") == "door"
