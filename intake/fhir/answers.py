"""The answers of one form: what was given to each question, and why where nothing was given."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from intake.fhir.values import FhirValueError, Value, value_from_json


class Reason(StrEnum):
    """Why a question has no value: the person said so, or pressed on after being asked once."""

    DECLINED = "declined"
    LEFT_OUT = "left-out"


@dataclass(frozen=True, slots=True)
class Answer:
    """What stands at one question: values (several where several may be chosen), or a reason."""

    values: tuple[Value, ...] = ()
    reason: Reason | None = None

    @property
    def is_given(self) -> bool:
        return bool(self.values)

    def to_json(self) -> dict[str, object]:
        """`{"values": [{"valueInteger": 3}]}` or `{"reason": "declined"}`: one row of a draft."""
        if self.reason is not None:
            return {"reason": self.reason.value}
        return {"values": [value.to_json() for value in self.values]}


Answers = Mapping[str, Answer]


def answer_from_json(stored: Mapping[str, object]) -> Answer:
    """Read back what `Answer.to_json` wrote. Raises `FhirValueError` for anything else."""
    if "reason" in stored:
        return Answer(reason=Reason(str(stored["reason"])))
    values = stored.get("values")
    if not isinstance(values, list):
        raise FhirValueError("values")
    return Answer(tuple(value_from_json(value) for value in values))
