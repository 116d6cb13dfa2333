"""The small browser of ``demo --check``: what it reads from a page and what it sends back."""

import pytest

from portal.dev.visitor import CheckFailed, Page, Visitor

BODY = """
<html><head><title>Sign in</title><style>b {}</style></head><body>
<script>var never = "shown";</script>
<p>Welcome to <b>Alder</b></p> <a href="/alder/help/">I need <i>help</i> now</a>
<form action="/search" method="get"><input name="q" value="old"></form>
<form action="/alder/save" method="POST">
  <input type="hidden" name="token" value="abc">
  <input type="radio" name="answer" value="0"><input type="radio" name="answer" value="1" checked>
  <input type="checkbox" name="agree" value="yes">
  <select name="zone"><option value="a">A</option><option value="b" selected>B</option></select>
  <textarea name="words">two
lines</textarea>
  <button name="go" value="later">Save for later</button><button>Send</button>
</form></body></html>
"""


def page(status: int = 200) -> Page:
    return Page.read("http://localhost:1/alder/?next=1", status, BODY)


def test_script_and_style_are_not_words_on_the_page() -> None:
    assert "shown" not in page().text
    assert "b {}" not in page().text


def test_a_page_knows_its_words_links_and_path() -> None:
    seen = page().expect("Welcome to Alder").expect_status(200)
    assert seen.link("I need help") == "/alder/help/"
    assert seen.path == "/alder/"


def test_what_is_not_there_is_said_with_what_is() -> None:
    with pytest.raises(CheckFailed, match=r"does not say.*Welcome"):
        page().expect("Goodbye")
    with pytest.raises(CheckFailed, match="answered 403, not 200"):
        page(403).expect_status(200)
    with pytest.raises(CheckFailed, match="I need help now"):
        page().link("Sign out")
    with pytest.raises(CheckFailed, match="/alder/save"):
        page().form(action="nowhere")


def test_a_form_sends_what_a_browser_would(monkeypatch: pytest.MonkeyPatch) -> None:
    sent: dict[str, object] = {}

    def remember(_self: Visitor, address: str, fields: object, *, referer: str) -> Page:
        sent.update(address=address, fields=fields, referer=referer)
        return page()

    monkeypatch.setattr(Visitor, "post", remember)
    seen = page()
    visitor = Visitor("http://localhost:1", "Ana")
    visitor.submit(seen, seen.form(words="Send"), button="Save for later", agree="yes")
    assert sent == {
        "address": "http://localhost:1/alder/save",
        "referer": "http://localhost:1/alder/?next=1",
        "fields": {
            "token": ["abc"],
            "answer": ["1"],
            "zone": ["b"],
            "words": ["two\nlines"],
            "go": ["later"],
            "agree": "yes",
        },
    }
