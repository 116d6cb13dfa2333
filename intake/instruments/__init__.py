"""The instruments that ship with the portal: definitions, and the Questionnaires made from them.

`<id>.json` is the definition (wording, score, bands, risk rules, licence, sources);
`<id>.fhir.json` is what `python -m intake.instruments.write` makes of it, and a test holds the two
together.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Final

from intake.fhir.generate import BASE
from intake.fhir.instruments import Instrument, instrument_of
from intake.fhir.notices import gettext_noop

FOLDER: Final = Path(__file__).parent
SHIPPED: Final = ("phq-9", "gad-7")

# What patients see in place of an instrument's name, by the address of its questionnaire. The
# published wording of the instrument itself stays untouched.
PLAIN_TITLES: Final[Mapping[str, str]] = {
    f"{BASE}phq-9": gettext_noop("How the last two weeks have been"),
    f"{BASE}gad-7": gettext_noop("Worry in the last two weeks"),
}


@cache
def shipped_instruments() -> tuple[Instrument, ...]:
    """Every instrument that ships, in the order of `SHIPPED`."""
    return tuple(
        instrument_of(json.loads((FOLDER / f"{name}.json").read_text(encoding="utf-8")))
        for name in SHIPPED
    )


def shipped_questionnaire(name: str) -> bytes:
    """The bytes of a shipped Questionnaire, to go through the importer like anybody's file."""
    return (FOLDER / f"{name}.fhir.json").read_bytes()
