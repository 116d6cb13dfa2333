"""Small questionnaires for the tests, and the sample files."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from intake.fhir.form import Questionnaire
from intake.fhir.parse import parse, read_questionnaires
from intake.instruments import shipped_questionnaire

SAMPLES = Path(__file__).parents[2] / "data" / "fhir"
QUESTIONNAIRES = SAMPLES / "questionnaires"


def document(*items: dict[str, Any], **members: Any) -> dict[str, Any]:
    """A Questionnaire document with these items."""
    return {"resourceType": "Questionnaire", "status": "active", "item": list(items), **members}


def question(link_id: str, kind: str = "string", **members: Any) -> dict[str, Any]:
    return {"linkId": link_id, "type": kind, "text": f"Question {link_id}", **members}


def choice(link_id: str, *codes: str, **members: Any) -> dict[str, Any]:
    options = [
        {"valueCoding": {"system": "urn:x", "code": code, "display": code.title()}}
        for code in codes
    ]
    return question(link_id, "choice", answerOption=options, **members)


def form(*items: dict[str, Any], **members: Any) -> Questionnaire:
    return parse(document(*items, **members))


def shipped(name: str) -> Questionnaire:
    return read_questionnaires(shipped_questionnaire(name))[0]


def sample(name: str) -> Questionnaire:
    return read_questionnaires((QUESTIONNAIRES / f"{name}.json").read_bytes())[0]


def as_bytes(content: object) -> bytes:
    return json.dumps(content).encode()
