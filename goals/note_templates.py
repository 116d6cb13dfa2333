"""The templates of notes as data: an ordered list of sections, each with whose words it holds.

A signed note keeps the version of its template, so a changed template is a new version beside the
old one. Plain Python.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

Words = str | Promise


@dataclass(frozen=True, slots=True)
class Section:
    """One part of a note. `voice` says whose words it holds, whoever types them."""

    key: str
    title: Words
    hint: Words
    voice: Literal["own", "team"]


@dataclass(frozen=True, slots=True)
class Template:
    """A kind of note; `sections` in the order in which they are written and read."""

    key: str
    version: int
    title: Words
    sections: tuple[Section, ...]


TOGETHER = Template(
    "together",
    1,
    _("Note, written together"),
    (
        Section(
            "what_we_did",
            _("What we did"),
            _("What was talked about and tried. Plain words: the patient may read this."),
            "team",
        ),
        Section(
            "how_it_felt",
            _("How it felt"),
            _("The patient’s own words. Ask, and read them back."),
            "own",
        ),
        Section(
            "what_we_agreed",
            _("What we agreed"),
            _("What both of you want to do, and who does what."),
            "team",
        ),
        Section(
            "seen_differently",
            _("Seen differently"),
            _("Where the patient sees it another way. Both stay in the note."),
            "own",
        ),
        Section(
            "before_next_time",
            _("Before next time"),
            _("Steps and homework until you meet again."),
            "team",
        ),
    ),
)
TEMPLATES = (TOGETHER,)


def template_called(key: str, version: int) -> Template:
    """One template. Raises LookupError for one that was never there."""
    for template in TEMPLATES:
        if (template.key, template.version) == (key, version):
            return template
    raise LookupError(f"no template {key} {version}")
