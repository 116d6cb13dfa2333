"""Plain words out of formatted ones: the portal shows no markup that came from a file."""

from __future__ import annotations

import re
from html.parser import HTMLParser
from typing import Final

from intake.fhir.elements import Element
from intake.fhir.extensions import MARKDOWN, XHTML

MAX_MARKUP: Final = 20_000  # characters; a longer text is no question
_SILENT: Final = frozenset({"script", "style", "svg", "template", "title", "head"})
_BREAKS: Final = frozenset(
    {"br", "p", "div", "li", "tr", "h1", "h2", "h3", "h4", "ul", "ol", "table"}
)


class _Words(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.pieces: list[str] = []
        self.silent_in: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in _SILENT:
            self.silent_in.append(tag)
        elif tag in _BREAKS:
            self.pieces.append("\n")

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in _BREAKS:
            self.pieces.append("\n")

    def handle_endtag(self, tag: str) -> None:
        if tag in self.silent_in:
            while self.silent_in.pop() != tag:
                pass
        elif tag in _BREAKS:
            self.pieces.append("\n")

    def handle_data(self, data: str) -> None:
        if not self.silent_in:
            self.pieces.append(data)


def plain_text(markup: str) -> str:
    """The words of a piece of XHTML or Markdown without tags, scripts or pictures."""
    if "<" not in markup and "&" not in markup:
        return markup.strip()
    reader = _Words()
    reader.feed(markup[:MAX_MARKUP])
    reader.close()
    words = re.sub(r"[^\S\n]+", " ", "".join(reader.pieces))
    return "\n".join(line.strip() for line in words.split("\n") if line.strip())


def formatted_words(shadow: Element) -> str:
    """The words in the XHTML or Markdown that FHIR keeps beside a text (`_text`)."""
    return plain_text(shadow.extension_text(XHTML) or shadow.extension_text(MARKDOWN))
