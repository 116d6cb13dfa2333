"""FHIR values (`value[x]`, `answer[x]`): reading, writing, equality and order.

Order and equality follow the R4 text of `enableWhen`: numbers compare across integer and decimal,
codings by system and code, partial dates only as far as both go.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from decimal import Decimal
from typing import Final, TypeVar

KINDS: Final = (
    "Boolean", "Decimal", "Integer", "Date", "DateTime", "Time", "String", "Uri",
    "Attachment", "Coding", "Quantity", "Reference",
)  # fmt: skip

_DATE = re.compile(r"\d{4}(-\d{2}(-\d{2})?)?", re.ASCII)
_TIME = re.compile(r"\d{2}:\d{2}:\d{2}(\.\d{1,9})?", re.ASCII)
_DATE_TIME = re.compile(
    r"\d{4}(-\d{2}(-\d{2}(T\d{2}:\d{2}(:\d{2}(\.\d{1,9})?)?(Z|[+-]\d{2}:\d{2})?)?)?)?", re.ASCII
)
_INTEGER_LIMIT: Final = 2**31


class FhirValueError(ValueError):
    """A value that has the wrong JSON type or is no date, time or number."""


@dataclass(frozen=True, slots=True)
class Coding:
    """A code with the system that gives it meaning."""

    code: str
    system: str = ""
    display: str = ""

    def same_as(self, other: Coding) -> bool:
        """Equal by system and code; a system missing on either side leaves the code to decide."""
        if self.code != other.code:
            return False
        return not self.system or not other.system or self.system == other.system


Content = bool | int | Decimal | str | Coding | Mapping[str, object]


@dataclass(frozen=True, slots=True)
class Value:
    """One FHIR value: `kind` is the suffix of `value[x]`, `content` what stands in it.

    Content by kind: Boolean `bool`; Integer `int`; Decimal `Decimal`; Date, DateTime, Time, String
    and Uri `str` as written; Coding `Coding`; Attachment, Quantity and Reference the JSON object.
    """

    kind: str
    content: Content

    @property
    def words(self) -> str:
        """The value as plain text for people; dates as written, codings by their display."""
        if isinstance(self.content, Coding):
            return self.content.display or self.content.code
        return str(self.content)

    def to_json(self) -> dict[str, object]:
        """`{"valueInteger": 3}` and so on, as FHIR writes it."""
        content: object = self.content
        if isinstance(self.content, Coding):
            members = {
                "system": self.content.system,
                "code": self.content.code,
                "display": self.content.display,
            }
            content = {name: member for name, member in members.items() if member}
        elif isinstance(self.content, Decimal):
            content = float(self.content)
        return {f"value{self.kind}": content}


def value_of(kind: str, content: object) -> Value:
    """Check one JSON value against its FHIR kind.

    Raises `FhirValueError` for a wrong JSON type, a date that is none, or a number out of range.
    """
    if kind in _READERS:
        return Value(kind, _READERS[kind](content))
    if kind in KINDS and isinstance(content, Mapping):
        return Value(kind, content)
    raise FhirValueError(kind)


def value_from_json(members: Mapping[str, object]) -> Value:
    """Read back what `Value.to_json` wrote (also `{"valueDate": …}` from another system)."""
    for name, content in members.items():
        kind = name.removeprefix("value")
        if name != kind and kind in KINDS:
            return value_of(kind, content)
    raise FhirValueError("no value[x]")


def coding_of(content: object) -> Coding:
    """A `Coding` from its JSON object."""
    if not isinstance(content, Mapping):
        raise FhirValueError("Coding")
    parts = {name: content.get(name, "") for name in ("code", "system", "display")}
    if not all(isinstance(part, str) for part in parts.values()):
        raise FhirValueError("Coding")
    return Coding(
        code=str(parts["code"]), system=str(parts["system"]), display=str(parts["display"])
    )


def equal(left: Value, right: Value) -> bool | None:
    """Whether two values are equal; None where partial dates leave it open or kinds cannot meet."""
    if isinstance(left.content, Coding) and isinstance(right.content, Coding):
        return left.content.same_as(right.content)
    if isinstance(left.content, Coding) or isinstance(right.content, Coding):
        return _coding_equals_text(left, right)
    order = compare(left, right)
    if order is not None:
        return order == 0
    if left.kind in _ORDERED or right.kind in _ORDERED:
        return None
    return left.kind == right.kind and left.content == right.content


def compare(left: Value, right: Value) -> int | None:
    """-1, 0 or 1; None where there is no order (other kinds, or a date that stops too early)."""
    if left.kind in _NUMBERS and right.kind in _NUMBERS:
        return _sign(Decimal(str(left.content)), Decimal(str(right.content)))
    if left.kind in _MOMENTS and right.kind in _MOMENTS:
        return _compare_moments(str(left.content), str(right.content))
    if left.kind == right.kind == "Time":
        return _sign(_clock(str(left.content)), _clock(str(right.content)))
    if left.kind == right.kind == "String":
        return _sign(str(left.content), str(right.content))
    return None


_NUMBERS: Final = frozenset({"Integer", "Decimal"})
_MOMENTS: Final = frozenset({"Date", "DateTime"})
_ORDERED: Final = _NUMBERS | _MOMENTS | {"Time"}


def _coding_equals_text(left: Value, right: Value) -> bool | None:
    """Some forms write `answerString` for a choice; the code or the shown words may be meant."""
    coding, other = (left, right) if isinstance(left.content, Coding) else (right, left)
    if other.kind != "String" or not isinstance(coding.content, Coding):
        return None
    return other.content in (coding.content.code, coding.content.display)


_Ordered = TypeVar("_Ordered", Decimal, str, time, datetime, list[str])


def _sign(left: _Ordered, right: _Ordered) -> int:
    if left == right:
        return 0
    return 1 if left > right else -1


def _clock(text: str) -> time:
    return time.fromisoformat(text[:15])


def _compare_moments(left: str, right: str) -> int | None:
    """Compare dates and times with each other; with zones on both sides, as instants."""
    if "T" in left and "T" in right:
        first, second = _instant(left), _instant(right)
        if (first.tzinfo is None) == (second.tzinfo is None):
            return _sign(first, second)
    ours, theirs = _parts(left), _parts(right)
    shared = min(len(ours), len(theirs))
    if ours[:shared] != theirs[:shared]:
        return _sign(ours[:shared], theirs[:shared])
    return 0 if len(ours) == len(theirs) else None


def _instant(text: str) -> datetime:
    moment = datetime.fromisoformat(_python_iso(text))
    return moment.astimezone(UTC) if moment.tzinfo else moment


def _parts(text: str) -> list[str]:
    day, _, clock = text.partition("T")
    parts = day.split("-")
    if clock:
        parts += re.split(r"Z|[+-]", clock)[0].split(":")
    return parts


def _python_iso(text: str) -> str:
    """Python 3.11 reads at most six digits of a second's fraction."""
    return re.sub(r"(\.\d{6})\d+", r"\1", text)


def _boolean(content: object) -> bool:
    if not isinstance(content, bool):
        raise FhirValueError("Boolean")
    return content


def _integer(content: object) -> int:
    if isinstance(content, bool) or not isinstance(content, int):
        raise FhirValueError("Integer")
    if not -_INTEGER_LIMIT <= content < _INTEGER_LIMIT:
        raise FhirValueError("Integer")
    return content


def _decimal(content: object) -> Decimal:
    if isinstance(content, bool) or not isinstance(content, int | float | Decimal):
        raise FhirValueError("Decimal")
    return Decimal(str(content))


def _text(content: object) -> str:
    if not isinstance(content, str):
        raise FhirValueError("String")
    return content


def _date(content: object) -> str:
    text = _text(content)
    if not _DATE.fullmatch(text):
        raise FhirValueError("Date")
    _real_day(text)
    return text


def _time(content: object) -> str:
    text = _text(content)
    if not _TIME.fullmatch(text):
        raise FhirValueError("Time")
    try:
        _clock(text)
    except ValueError as error:
        raise FhirValueError("Time") from error
    return text


def _date_time(content: object) -> str:
    text = _text(content)
    if not _DATE_TIME.fullmatch(text):
        raise FhirValueError("DateTime")
    if "T" not in text:
        _real_day(text)
        return text
    try:
        _instant(text)
    except (ValueError, OverflowError) as error:
        raise FhirValueError("DateTime") from error
    return text


def _real_day(text: str) -> None:
    year, month, day = [*text.split("-"), "1", "1"][:3]
    try:
        date(int(year), int(month), int(day))
    except ValueError as error:
        raise FhirValueError("Date") from error


_READERS: Final[Mapping[str, Callable[[object], Content]]] = {
    "Boolean": _boolean,
    "Integer": _integer,
    "Decimal": _decimal,
    "Date": _date,
    "DateTime": _date_time,
    "Time": _time,
    "String": _text,
    "Uri": _text,
    "Coding": coding_of,
}
