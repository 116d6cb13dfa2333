"""Languages by their own names: those of people, and those of our own words."""

from collections.abc import Mapping
from typing import Final

from django.conf import settings

SPOKEN: Final[Mapping[str, str]] = {
    "en": "English",
    "cy": "Cymraeg",
    "de": "Deutsch",
    "es": "Español",
    "fr": "Français",
    "it": "Italiano",
    "nl": "Nederlands",
    "pl": "Polski",
    "pt": "Português",
    "ro": "Română",
    "tr": "Türkçe",
    "uk": "Українська",
}
"""In these a practice can word its texts. Pages are in `settings.LANGUAGES`."""


def base_of(code: str) -> str:
    """`pt` for `pt-br`."""
    return code.casefold().replace("_", "-").split("-", 1)[0]


def choices() -> list[tuple[str, str]]:
    """What a form offers for a person's language: those of our pages first."""
    ours = [(code, str(name)) for code, name in settings.LANGUAGES]
    known = {base_of(code) for code, _name in ours}
    return [*ours, *((code, name) for code, name in SPOKEN.items() if code not in known)]


def of_our_words(code: str) -> str:
    """That language where our own words are written in it, else the installation's.

    Days are written in it too: a Polish date in an English sentence helps nobody.
    """
    known = {base_of(each) for each, _name in settings.LANGUAGES}
    return code if base_of(code) in known else settings.LANGUAGE_CODE
