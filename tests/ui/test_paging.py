"""Lists in pages."""

from django.template import Context, Template
from django.test import RequestFactory

from portal.ui.paging import page_of

ROWS = list(range(60))


def shown(query: str) -> str:
    request = RequestFactory().get(f"/list/{query}")
    page = page_of(request, ROWS)
    return Template("{% load ui %}{% pager page %}").render(
        Context({"request": request, "page": page})
    )


def test_a_page_in_the_middle_leads_both_ways_and_keeps_the_filters() -> None:
    html = shown("?state=open&page=2")
    assert "?state=open&amp;page=1" in html
    assert "?state=open&amp;page=3" in html
    assert "Page 2 of 3" in html


def test_nonsense_gives_the_first_page_and_a_stale_number_the_last() -> None:
    factory = RequestFactory()
    assert page_of(factory.get("/?page=soon"), ROWS).number == 1
    assert page_of(factory.get("/?page=-3"), ROWS).number == 3
    assert page_of(factory.get("/?page=99"), ROWS).number == 3
    assert list(page_of(factory.get("/"), [])) == []


def test_a_single_page_has_no_pager() -> None:
    request = RequestFactory().get("/")
    page = page_of(request, [1, 2, 3])
    template = Template("{% load ui %}{% pager page %}")
    assert template.render(Context({"request": request, "page": page})).strip() == ""
