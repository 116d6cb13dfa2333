"""Checks on every template, one rule a function. `make check` and the tests run the same list.

Run by hand: `python -m portal.dev.template_checks`. What a rule cannot see it does not guess:
markup is read with the template tags taken out, so an attribute built by a tag is the tag's
business.
"""

import re
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cached_property
from html.parser import HTMLParser
from pathlib import Path

from portal.ui.icons import icon_names

TEMPLATES = Path(__file__).resolve().parents[2] / "templates"

# Translated as a whole, so its words are fine; comments are for developers; attributes of the body.
WHOLE = re.compile(
    r"{%\s*blocktrans(?:late)?\b.*?%}.*?{%\s*endblocktrans(?:late)?\s*%}"
    r"|{%\s*block\s+body_\w+\s*%}.*?{%\s*endblock\b.*?%}"
    r"|{%\s*comment\b.*?%}.*?{%\s*endcomment\s*%}|{#.*?#}",
    re.DOTALL,
)
TAG = re.compile(r"{%.*?%}|{{.*?}}", re.DOTALL)
LETTER = re.compile(r"[^\W\d_]")
EXTENDS = re.compile(r"""{%\s*extends\s+["']([^"']+)["']\s*%}""")
READ_ALOUD = frozenset(
    {"alt", "title", "aria-label", "placeholder", "aria-description", "data-label"}
)
# Tags whose literal words people read: the positions and names of those arguments.
SPOKEN: dict[str, tuple[frozenset[int], frozenset[str]]] = {
    "badge": (frozenset({0}), frozenset({"text"})),
    "state": (frozenset({0}), frozenset({"text"})),
    "alert": (frozenset({0}), frozenset({"title"})),
    "voice": (frozenset({1}), frozenset({"by"})),
    "more": (frozenset({0}), frozenset({"summary"})),
    "dialog": (frozenset({1}), frozenset({"title"})),
    "empty_state": (frozenset({0, 1}), frozenset({"title", "text"})),
    "post_button": (frozenset({1}), frozenset({"text"})),
    "field": (frozenset(), frozenset({"label", "hint"})),
}
# The gallery shows invented people and the names of tokens; only developers see it.
UNTRANSLATED = ("portal/dev/gallery.html", "portal/dev/_gallery")
# Base by choice of the reader, by design.
ANY_BASE = frozenset({"portal/dev/gallery.html"})
ROOT_BASE = "base.html"


@dataclass(frozen=True)
class Template:
    """A template file. `name` is how Django calls it."""

    name: str
    source: str

    @cached_property
    def markup(self) -> str:
        """The markup without tags, comments and translated blocks."""
        return TAG.sub("", WHOLE.sub("", self.source))

    @cached_property
    def reading(self) -> "Reading":
        """What a parser found in the markup."""
        reading = Reading()
        reading.feed(self.markup)
        reading.close()
        return reading

    @property
    def is_part(self) -> bool:
        """A part of pages: in a folder or file whose name begins with `_`, or a card."""
        *folders, file = self.name.split("/")
        return (
            any(folder.startswith("_") or folder in {"cards", "email"} for folder in folders)
            or file.startswith(("_", "card"))
            or file.endswith("_card.html")
        )


class Reading(HTMLParser):
    """Elements with their attributes, and the words between them."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=False)
        self.elements: list[tuple[str, dict[str, str]]] = []
        self.words: list[str] = []
        self.scripted = False
        self._inside = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Note an element."""
        self.elements.append((tag, {name: value or "" for name, value in attrs}))
        if tag in {"script", "style"}:
            self._inside = tag

    def handle_endtag(self, tag: str) -> None:
        """Note that a script or style has ended."""
        if tag == self._inside:
            self._inside = ""

    def handle_data(self, data: str) -> None:
        """Note words, and whether a script or style has a body."""
        if self._inside:
            self.scripted = self.scripted or bool(data.strip())
        elif data.strip():
            self.words.append(data.strip())


Rule = Callable[[Template], Iterator[str]]


def nothing_inline(template: Template) -> Iterator[str]:
    """The content policy allows no inline style or script: not a `style=`, not an `onclick=`."""
    if template.reading.scripted:
        yield "a script or style element with a body; make it a file under static/"
    for tag, attributes in template.reading.elements:
        if tag == "style":
            yield "a style element; use a class"
        if (
            tag == "script"
            and "src" not in attributes
            and attributes.get("type") != "application/json"
        ):
            yield "a script element without src; make it a module under static/js/"
        for name, value in attributes.items():
            if name == "style":
                yield f"style= on <{tag}>; use a class"
            if name.startswith(("on", "hx-on")):
                yield f"{name}= on <{tag}>; make it a module under static/js/"
            if value.strip().lower().startswith("javascript:"):
                yield f"a javascript: address on <{tag}>"


def nothing_from_elsewhere(template: Template) -> Iterator[str]:
    """No file of another host: no picture, script, style, font or frame."""
    for tag, attributes in template.reading.elements:
        for name in ("src", "srcset", "poster", "data") + (("href",) if tag == "link" else ()):
            if re.match(r"\s*(https?:)?//", attributes.get(name, "")):
                yield f"<{tag} {name}={attributes[name]}> is a file of another host"


def words_are_translated(template: Template) -> Iterator[str]:
    """Every word a person reads or hears passes gettext."""
    if template.name.startswith(UNTRANSLATED):
        return
    for words in template.reading.words:
        if LETTER.search(re.sub(r"&#?\w+;", "", words)):
            yield f"{words[:60]!r} is not translated; wrap it in {{% translate %}}"
    for tag, attributes in template.reading.elements:
        for name in READ_ALOUD & attributes.keys():
            if LETTER.search(attributes[name]):
                yield f"{name}={attributes[name][:60]!r} on <{tag}> is not translated"
    yield from _literal_arguments(template)


def _literal_arguments(template: Template) -> Iterator[str]:
    for found in re.finditer(r"{%\s*(\w+)\s+(.*?)%}", WHOLE.sub("", template.source), re.DOTALL):
        tag, arguments = found.groups()
        if tag not in SPOKEN:
            continue
        positions, names = SPOKEN[tag]
        for position, argument in enumerate(
            re.findall(r"""(?:[^\s"']|"[^"]*"|'[^']*')+""", arguments)
        ):
            name, _, value = (
                argument.rpartition("=") if re.match(r"\w+=", argument) else ("", "", argument)
            )
            spoken = name in names if name else position in positions
            if spoken and value[0] in "\"'" and LETTER.search(value):
                yield f"{{% {tag} {argument[:60]} %}} is not translated; write _(…)"


def markup_is_escaped(template: Template) -> Iterator[str]:
    """Nothing switches escaping off; what must be markup is made by a tag with format_html."""
    source = WHOLE.sub("", template.source)
    if re.search(r"\|\s*(safe|safeseq)\b", source):
        yield "|safe; build markup with format_html in a tag"
    if re.search(r"{%\s*autoescape\s+off", source):
        yield "autoescape off; build markup with format_html in a tag"


def forms_carry_the_token(template: Template) -> Iterator[str]:
    """A form that posts carries the CSRF token."""
    posts = [
        a
        for t, a in template.reading.elements
        if t == "form" and a.get("method", "").lower() == "post"
    ]
    tokens = len(re.findall(r"{%\s*csrf_token\s*%}|name=\"csrfmiddlewaretoken\"", template.source))
    if len(posts) > tokens and not template.name.startswith(UNTRANSLATED):
        yield f"{len(posts)} posting form(s) but {tokens} {{% csrf_token %}}"


def pictures_are_named(template: Template) -> Iterator[str]:
    """A picture has an alt; a link to a new tab gives it nothing to hold on to."""
    for tag, attributes in template.reading.elements:
        if tag == "img" and "alt" not in attributes:
            yield "<img> without alt"
        if attributes.get("target") == "_blank" and "noopener" not in attributes.get("rel", ""):
            yield f"<{tag} target=_blank> without rel=noopener"


def files_come_by_their_headers(template: Template) -> Iterator[str]:
    """A page that first asks whether it is still you would be saved as the file."""
    for tag, attributes in template.reading.elements:
        if tag == "a" and "download" in attributes:
            yield "download on <a>; the answer's own header makes it a file"


def icons_exist(template: Template) -> Iterator[str]:
    """A drawing that the sprite lacks is an empty box."""
    for name in re.findall(r"""\bicon\s+["']([^"']+)["']""", template.source):
        if name not in icon_names():
            yield f"no icon {name!r} in the sprite"


RULES: tuple[Rule, ...] = (
    nothing_inline,
    nothing_from_elsewhere,
    words_are_translated,
    markup_is_escaped,
    forms_carry_the_token,
    pictures_are_named,
    files_come_by_their_headers,
    icons_exist,
)


def all_templates(folder: Path = TEMPLATES) -> list[Template]:
    """Return every HTML template of the product."""
    return [
        Template(path.relative_to(folder).as_posix(), path.read_text(encoding="utf-8"))
        for path in sorted(folder.rglob("*.html"))
    ]


def pages_extend_a_base(templates: list[Template]) -> Iterator[str]:
    """Every page ends in `base.html`, so that strip, title and policy are never left out."""
    by_name = {each.name: each for each in templates}
    for template in templates:
        if template.is_part or template.name in ANY_BASE | {ROOT_BASE}:
            continue
        name = template.name
        while name != ROOT_BASE:
            found = EXTENDS.search(by_name[name].source) if name in by_name else None
            if not found:
                yield f"{template.name}: a page extends a base; a part is named _like_this.html"
                break
            name = found[1]


def problems(folder: Path = TEMPLATES) -> list[str]:
    """Return what is wrong with the templates of `folder`, a line each; an empty list is good."""
    templates = all_templates(folder)
    found = [
        f"{template.name}: {problem}"
        for template in templates
        for rule in RULES
        for problem in rule(template)
    ]
    return [*found, *pages_extend_a_base(templates)]


def main() -> int:
    """Print what is wrong; exit 1 if anything is."""
    found = problems()
    for line in found:
        sys.stdout.write(f"{line}\n")
    sys.stdout.write(f"{len(all_templates())} templates, {len(found)} problems\n")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
