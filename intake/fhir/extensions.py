"""Which extensions the portal reads, which it does not do yet, and which have nothing to do here.

Every extension of a file is in one of four classes: read; harmless (for other programs, or only a
matter of looks); not done yet, which is said with the words below; unknown, which is a warning.
None is dropped from the stored file. A modifierExtension changes the meaning of what it stands on,
so a form with one is refused.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from intake.fhir.notices import Report, gettext_noop

HL7: Final = "http://hl7.org/fhir/StructureDefinition/"
SDC: Final = "http://hl7.org/fhir/uv/sdc/StructureDefinition/"

HIDDEN: Final = HL7 + "questionnaire-hidden"
ITEM_CONTROL: Final = HL7 + "questionnaire-itemControl"
ORDINAL_VALUE: Final = HL7 + "ordinalValue"
ITEM_WEIGHT: Final = HL7 + "itemWeight"
OPTION_PREFIX: Final = HL7 + "questionnaire-optionPrefix"
OPTION_EXCLUSIVE: Final = HL7 + "questionnaire-optionExclusive"
MIN_VALUE: Final = HL7 + "minValue"
MAX_VALUE: Final = HL7 + "maxValue"
MIN_LENGTH: Final = HL7 + "minLength"
MAX_DECIMAL_PLACES: Final = HL7 + "maxDecimalPlaces"
MIN_OCCURS: Final = HL7 + "questionnaire-minOccurs"
MAX_OCCURS: Final = HL7 + "questionnaire-maxOccurs"
MAX_SIZE: Final = HL7 + "maxSize"
ENTRY_FORMAT: Final = HL7 + "entryFormat"
UNIT: Final = HL7 + "questionnaire-unit"
OPEN_LABEL: Final = SDC + "sdc-questionnaire-openLabel"
SIGNATURE_REQUIRED: Final = HL7 + "questionnaire-signatureRequired"
CALCULATED: Final = SDC + "sdc-questionnaire-calculatedExpression"
CQF_EXPRESSION: Final = HL7 + "cqf-expression"
CQF_CALCULATED: Final = HL7 + "cqf-calculatedValue"
XHTML: Final = HL7 + "rendering-xhtml"
MARKDOWN: Final = HL7 + "rendering-markdown"
R5_CONTAINS_PROPERTY: Final = (
    "http://hl7.org/fhir/5.0/StructureDefinition/extension-ValueSet.expansion.contains.property"
)

READ: Final = frozenset({
    HIDDEN, ITEM_CONTROL, ORDINAL_VALUE, ITEM_WEIGHT, OPTION_PREFIX, OPTION_EXCLUSIVE, MIN_VALUE,
    MAX_VALUE, MIN_LENGTH, MAX_DECIMAL_PLACES, MIN_OCCURS, MAX_OCCURS, MAX_SIZE, ENTRY_FORMAT, UNIT,
    OPEN_LABEL, R5_CONTAINS_PROPERTY,
})  # fmt: skip

HARMLESS: Final = frozenset({
    HL7 + "designNote", HL7 + "artifact-versionAlgorithm", HL7 + "valueset-label",
    HL7 + "questionnaire-choiceOrientation", HL7 + "preferredTerminologyServer",
    HL7 + "rendering-styleSensitive", HL7 + "questionnaire-displayCategory",
    HL7 + "cqf-library", HL7 + "questionnaire-usageMode",
    HL7 + "data-absent-reason", HL7 + "narrativeLink", HL7 + "codesystem-label",
    SDC + "sdc-questionnaire-preferredTerminologyServer", SDC + "sdc-questionnaire-choiceColumn",
    SDC + "sdc-questionnaire-width", SDC + "sdc-questionnaire-shortText",
    SDC + "sdc-questionnaire-columnCount", SDC + "sdc-questionnaire-collapsible",
    SDC + "sdc-questionnaire-optionalDisplay", SDC + "sdc-questionnaire-launchContext",
    SDC + "sdc-questionnaire-entryMode",
})  # fmt: skip

_FORMULA: Final = gettext_noop(
    "A formula fills this in. Formulas are not worked out yet; it stays empty."
)
_MORE_HELP: Final = gettext_noop("The link for more help is not shown yet.")

NOT_YET: Final[Mapping[str, str]] = {
    CALCULATED: _FORMULA,
    CQF_EXPRESSION: _FORMULA,
    CQF_CALCULATED: _FORMULA,
    SDC + "sdc-questionnaire-initialExpression": gettext_noop(
        "A formula gives the first value. It is not worked out yet; the answer starts empty."
    ),
    SDC + "sdc-questionnaire-enableWhenExpression": gettext_noop(
        "A formula decides when this is asked. It is not worked out yet; it is always asked."
    ),
    SDC + "sdc-questionnaire-answerExpression": gettext_noop(
        "A formula gives the possible answers. It is not worked out yet."
    ),
    SDC + "sdc-questionnaire-candidateExpression": gettext_noop(
        "A formula suggests answers. It is not worked out yet."
    ),
    SDC + "sdc-questionnaire-answerOptionsToggleExpression": gettext_noop(
        "A formula shows and hides answers. It is not worked out yet; all answers are shown."
    ),
    SDC + "sdc-questionnaire-observationExtract": gettext_noop(
        "Answers are not yet copied into observations."
    ),
    HL7 + "variable": gettext_noop("Named formulas are not worked out yet."),
    HL7 + "questionnaire-constraint": gettext_noop("This rule on the answers is not checked yet."),
    HL7 + "targetConstraint": gettext_noop("This rule on the answers is not checked yet."),
    HL7 + "regex": gettext_noop("The pattern of the answer is not checked yet."),
    HL7 + "questionnaire-unitOption": gettext_noop("A choice of units is not offered yet."),
    HL7 + "questionnaire-sliderStepValue": gettext_noop(
        "A slider is shown as a box for a number; its steps are not checked yet."
    ),
    HL7 + "mimeType": gettext_noop("Files cannot be sent in a form yet."),
    HL7 + "translation": gettext_noop("The translation is kept, and not shown yet."),
    HL7 + "questionnaire-supportLink": _MORE_HELP,
    HL7 + "questionnaire-supportHyperlink": _MORE_HELP,
    HL7 + "rendering-style": gettext_noop("Own colours and sizes of a form are not used."),
    XHTML: gettext_noop("Formatted text is shown as plain words."),
    MARKDOWN: gettext_noop("Formatted text is shown as plain words."),
    SIGNATURE_REQUIRED: gettext_noop(
        "A drawn signature is not taken yet; the signed-in person ticks to agree."
    ),
}


def check_extensions(document: Mapping[str, object], path: str, report: Report) -> None:
    """Report every extension once for each item (or place above the items) and address."""
    seen: set[tuple[str, str]] = set()
    waiting: list[tuple[object, str, str, str]] = [(document, path, path, "")]
    while waiting:
        node, place, owner, link_id = waiting.pop()
        if isinstance(node, list):
            waiting += [
                (child, f"{place}[{n}]", owner, link_id)
                for n, child in reversed(list(enumerate(node)))
            ]
        elif isinstance(node, dict):
            if isinstance(node.get("linkId"), str):
                owner, link_id = place, str(node["linkId"])
            if node.get("modifierExtension"):
                report.refuse(
                    f"{place}.modifierExtension",
                    gettext_noop(
                        "A modifierExtension changes what this means; the form is unusable."
                    ),
                    link_id=link_id,
                )
            _check_some(node.get("extension"), place, owner, link_id, seen, report)
            waiting += [
                (child, f"{place}.{name}", owner, link_id)
                for name, child in reversed(node.items())
                if name not in ("extension", "modifierExtension")
            ]


def _check_some(
    extensions: object,
    place: str,
    owner: str,
    link_id: str,
    seen: set[tuple[str, str]],
    report: Report,
) -> None:
    if not isinstance(extensions, list):
        return
    for number, extension in enumerate(extensions):
        if not isinstance(extension, dict):
            continue
        where = f"{place}.extension[{number}]"
        url = extension.get("url")
        if not isinstance(url, str) or not url:
            report.warn(where, gettext_noop("This extension has no address."), link_id=link_id)
            continue
        if not any(name.startswith("value") or name == "extension" for name in extension):
            report.warn(where, gettext_noop("This extension has no value."), link_id=link_id)
            continue
        if (owner, url) not in seen:
            seen.add((owner, url))
            _report(url, where, link_id, report)


def _report(url: str, where: str, link_id: str, report: Report) -> None:
    if url in NOT_YET:
        report.leave_out(where, NOT_YET[url], link_id=link_id)
    elif url not in READ and url.rstrip("/") not in HARMLESS:
        report.warn(
            where,
            gettext_noop("The extension “%(url)s” is not known here. It is kept and not used."),
            link_id=link_id,
            url=url,
        )
