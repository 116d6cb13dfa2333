"""Write `<id>.fhir.json` for every shipped instrument: `python -m intake.instruments.write`."""

from __future__ import annotations

import json

from intake.fhir.generate import questionnaire_of
from intake.fhir.instruments import Instrument
from intake.instruments import FOLDER, shipped_instruments


def rendered(instrument: Instrument) -> str:
    """The file's text: two spaces, one line feed at the end, letters as they are."""
    return json.dumps(questionnaire_of(instrument), ensure_ascii=False, indent=2) + "\n"


def main() -> None:
    """Write the files beside the definitions."""
    for instrument in shipped_instruments():
        (FOLDER / f"{instrument.id}.fhir.json").write_text(rendered(instrument), encoding="utf-8")


if __name__ == "__main__":
    main()
