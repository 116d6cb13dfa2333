"""The languages in which a text can be written, with the words by which its parts are known.

Roots are compared at the start of words, after folding (no case, no accents). A language is offered
only if its words are here: an unchecked text could lack the way to a person, and nobody would see.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True, slots=True)
class Language:
    """A language by its own name, with the roots of *reply* and *automatic*."""

    name: str
    reply: tuple[str, ...]
    automatic: tuple[str, ...]


LANGUAGES: Final[Mapping[str, Language]] = {
    "en": Language("English", ("reply",), ("automatic",)),
    "cy": Language("Cymraeg", ("ateb",), ("awtomatig",)),
    "de": Language("Deutsch", ("antwort",), ("automatisch",)),
    "es": Language("Español", ("respond", "contest"), ("automatic",)),
    "fr": Language("Français", ("repond",), ("automatique",)),
    "it": Language("Italiano", ("rispond",), ("automatic",)),
    "nl": Language("Nederlands", ("antwoord", "beantwoord"), ("automatisch",)),
    "pl": Language("Polski", ("odpowi", "odpis"), ("automatyczn",)),
    "pt": Language("Português", ("respond",), ("automatic",)),
    "ro": Language("Română", ("raspund",), ("automat",)),
    "tr": Language("Türkçe", ("yanıt", "yanit", "cevap"), ("otomatik",)),  # noqa: RUF001
    "uk": Language("Українська", ("відповід", "відпов"), ("автоматичн",)),
}

# Nothing on a lock screen says what this is, in whatever language.
TELLING: Final = (
    "therap",
    "terap",
    "терап",
    "psych",
    "psic",
    "psih",
    "psik",
    "псих",
    "counsel",
    "beratung",
    "depress",
    "depresj",
    "depresi",
    "депрес",
    "anxi",
    "ansied",
    "angst",
    "mental",
    "trauma",
    "suicid",
    "bipolar",
    "addict",
    "diagnos",
    "diagnoz",
    "treatment",
    "behandl",
    "leczen",
    "tratam",
    "trattam",
    "medic",
    "medyc",
    "patient",
    "pacient",
    "pacjent",
    "paziente",
    "paciente",
    "clinic",
    "clinique",
    "klinik",
    "session",
    "sesion",
    "sesja",
    "seance",
    "sitzung",
    "questionnaire",
    "phq",
    "gad",
)


def base_of(code: str) -> str:
    """`pt` for `pt-br`."""
    return code.casefold().replace("_", "-").split("-", 1)[0]


def language_of(code: str) -> Language | None:
    """The language of a code such as `en-gb`, if texts can be written in it."""
    return LANGUAGES.get(base_of(code))


def name_of(code: str) -> str:
    """What a language calls itself; the code where it is not known."""
    language = language_of(code)
    return language.name if language is not None else code
