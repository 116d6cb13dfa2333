"""Error pages: calm words, a way on, the request's number; and they need nothing to be shown."""

import pytest
from django.template.loader import get_template
from django.test import RequestFactory

PAGES = ["400", "403", "403_csrf", "404", "413", "429", "500", "503"]
ALARMING = ("error", "fail", "invalid", "oops", "denied", "forbidden", "exception")


@pytest.mark.parametrize("name", PAGES)
def test_it_can_be_shown_without_request_context_or_database(name: str) -> None:
    html = get_template(f"{name}.html").render({})
    assert "<h1>" in html
    assert 'class="button" href="/"' in html
    assert "Leave quickly" in html


@pytest.mark.parametrize("name", PAGES)
def test_it_says_the_number_that_helps_us_find_what_happened(name: str) -> None:
    html = get_template(f"{name}.html").render(
        {"request_id": "4f2a91c0"}, RequestFactory().get("/")
    )
    assert "4f2a91c0" in html


@pytest.mark.parametrize("name", PAGES)
def test_its_words_are_calm_and_its_title_says_nothing(name: str) -> None:
    html = get_template(f"{name}.html").render({})
    words = html.split("<main", 1)[1].split("</main>")[0].lower()
    for word in ALARMING:
        assert word not in words.replace("base_error", ""), word
    assert "!" not in words.replace("<!", "")
