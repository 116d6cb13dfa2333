"""Makes a FHIR R4 Questionnaire from an instrument definition: the product's own forms.

Wording is part of validity, so items, options and their order are copied and never touched. Every
item and option carries its LOINC code; every option carries its score twice (`ordinalValue`, and
`itemWeight` of newer SDC on the coding), so that other software can score the form too.
"""

from __future__ import annotations

from typing import Final

from intake.fhir.extensions import ITEM_WEIGHT, ORDINAL_VALUE
from intake.fhir.form import LOINC
from intake.fhir.instruments import Instrument, InstrumentItem, InstrumentOption

BASE: Final = "https://third-session.example/fhir/Questionnaire/"
LOINC_NOTICE: Final = (
    "This material contains content from LOINC (loinc.org). LOINC is copyright Regenstrief "
    "Institute, Inc. and the LOINC Committee and is available at no cost under the license at "
    "loinc.org/license."
)


def questionnaire_of(instrument: Instrument) -> dict[str, object]:
    """The Questionnaire document of one instrument.

    The scored items stand in a group whose words are the instrument's stem; other items follow it.
    No item is `required`: a person may leave out any question, and the scorer knows what to do.
    """
    scored = [_item(item) for item in instrument.items if item.scored]
    others = [_item(item) for item in instrument.items if not item.scored]
    group = {
        "linkId": "stem",
        "text": instrument.stem,
        "type": "group",
        "item": scored,
    }
    return {
        "resourceType": "Questionnaire",
        "id": instrument.id,
        "language": "en",
        "url": BASE + instrument.id,
        "version": instrument.version,
        "name": "".join(part.capitalize() for part in instrument.id.split("-")),
        "title": instrument.title,
        "status": "active",
        "subjectType": ["Patient"],
        "copyright": f"{instrument.statement} {LOINC_NOTICE}",
        "code": [{"system": LOINC, "code": instrument.loinc_panel}],
        "item": [group, *others],
    }


def _item(item: InstrumentItem) -> dict[str, object]:
    return {
        "linkId": f"q{item.id}",
        "code": [{"system": LOINC, "code": item.loinc}],
        "text": item.text,
        "type": "choice",
        "answerOption": [_option(option) for option in item.options],
    }


def _option(option: InstrumentOption) -> dict[str, object]:
    return {
        "extension": [{"url": ORDINAL_VALUE, "valueDecimal": option.value}],
        "valueCoding": {
            "extension": [{"url": ITEM_WEIGHT, "valueDecimal": option.value}],
            "system": LOINC,
            "code": option.loinc,
            "display": option.label,
        },
    }
