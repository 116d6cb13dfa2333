"""The languages in which a text can be written, with the words by which its parts are known.

Roots are compared at the start of words, after folding (no case, no accents). A language is offered
only if its words are here: an unchecked text could lack the way to a person, and nobody would see.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from portal.ui.languages import SPOKEN, base_of


@dataclass(frozen=True, slots=True)
class Language:
    """A language by its own name, with the roots of *reply* and *automatic*."""

    name: str
    reply: tuple[str, ...]
    automatic: tuple[str, ...]


LANGUAGES: Final[Mapping[str, Language]] = {
    "en": Language(SPOKEN["en"], ("reply",), ("automatic",)),
    "cy": Language(SPOKEN["cy"], ("ateb",), ("awtomatig",)),
    "de": Language(SPOKEN["de"], ("antwort",), ("automatisch",)),
    "es": Language(SPOKEN["es"], ("respond", "contest"), ("automatic",)),
    "fr": Language(SPOKEN["fr"], ("repond",), ("automatique",)),
    "it": Language(SPOKEN["it"], ("rispond",), ("automatic",)),
    "nl": Language(SPOKEN["nl"], ("antwoord", "beantwoord"), ("automatisch",)),
    "pl": Language(SPOKEN["pl"], ("odpowi", "odpis"), ("automatyczn",)),
    "pt": Language(SPOKEN["pt"], ("respond",), ("automatic",)),
    "ro": Language(SPOKEN["ro"], ("raspund",), ("automat",)),
    "tr": Language(SPOKEN["tr"], ("yanıt", "yanit", "cevap"), ("otomatik",)),  # noqa: RUF001
    "uk": Language(SPOKEN["uk"], ("відповід", "відпов"), ("автоматичн",)),
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


def language_of(code: str) -> Language | None:
    """The language of a code such as `en-gb`, if texts can be written in it."""
    return LANGUAGES.get(base_of(code))


def name_of(code: str) -> str:
    """What a language calls itself; the code where it is not known."""
    language = language_of(code)
    return language.name if language is not None else code
