"""Is an answer what the question allows; is a whole response what the form allows.

`answer_faults` serves the pages (one question, words for a person). `check_response` reads a
QuestionnaireResponse document, our own or a foreign one, and says what is wrong and where. What it
cannot check (patterns, formulas, value sets that are not at hand) passes; the form check names it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Final

from intake.fhir.answers import Answer, Answers
from intake.fhir.enablement import enabled_items
from intake.fhir.entry import Fault, option_place
from intake.fhir.form import CHOICES, KIND_OF_TYPE, Item, ItemType, Limits, Questionnaire
from intake.fhir.notices import Notice, gettext_noop
from intake.fhir.values import FhirValueError, Value, compare, value_from_json

LONGEST: Final = {ItemType.STRING: 2_000, ItemType.TEXT: 20_000, ItemType.URL: 2_000}
LONGEST_OTHER: Final = 2_000


def answer_faults(item: Item, answer: Answer) -> list[Fault]:
    """What is wrong with the values given to one question; empty when nothing is, or none given."""
    faults = _count_faults(item, len(answer.values))
    for value in answer.values:
        faults += _value_faults(item, value)
    return faults


def blocking_items(form: Questionnaire, answers: Answers) -> list[Item]:
    """The consents and signatures that are required, asked, and not given (`true` for a tick)."""
    enabled = enabled_items(form, answers)
    missing: list[Item] = []
    for item in form.walk():
        if not item.is_blocking or item.link_id not in enabled:
            continue
        values = answers.get(item.link_id, Answer()).values
        if not values or values[0].content is False:
            missing.append(item)
    return missing


def _count_faults(item: Item, count: int) -> list[Fault]:
    if count > 1 and not item.repeats:
        return [Fault(gettext_noop("Only one answer can be given here."))]
    limits = item.limits
    if limits.max_occurs is not None and count > limits.max_occurs:
        words = gettext_noop("Choose at most %(count)s.")
        return [Fault(words, {"count": str(limits.max_occurs)})]
    if limits.min_occurs is not None and 0 < count < limits.min_occurs:
        words = gettext_noop("Choose at least %(count)s.")
        return [Fault(words, {"count": str(limits.min_occurs)})]
    return []


def _value_faults(item: Item, value: Value) -> list[Fault]:
    if value.kind not in KIND_OF_TYPE.get(item.type, frozenset()) and not _is_option(item, value):
        return [Fault(gettext_noop("This kind of answer does not fit the question."))]
    if item.options and option_place(item, value) is None and not _may_be_own(item, value):
        return [Fault(gettext_noop("Choose one of the answers shown."))]
    faults = list(_range_faults(item.limits, value))
    if isinstance(value.content, str):
        faults += _length_faults(item, value.content)
    if isinstance(value.content, Decimal) and item.limits.max_decimal_places is not None:
        places = max(0, -int(value.content.as_tuple().exponent))
        if places > item.limits.max_decimal_places:
            words = gettext_noop("Write at most %(count)s digits after the point.")
            faults.append(Fault(words, {"count": str(item.limits.max_decimal_places)}))
    if value.kind == "Attachment" and isinstance(value.content, Mapping):
        faults += _size_faults(item.limits, value.content)
    return faults


def _is_option(item: Item, value: Value) -> bool:
    return bool(item.options) and option_place(item, value) is not None


def _may_be_own(item: Item, value: Value) -> bool:
    return item.type == ItemType.OPEN_CHOICE and value.kind == "String"


def _range_faults(limits: Limits, value: Value) -> Iterator[Fault]:
    if limits.min_value is not None and _is_beyond(value, limits.min_value, -1):
        words = gettext_noop("The smallest answer is %(limit)s.")
        yield Fault(words, {"limit": limits.min_value.words})
    if limits.max_value is not None and _is_beyond(value, limits.max_value, 1):
        words = gettext_noop("The largest answer is %(limit)s.")
        yield Fault(words, {"limit": limits.max_value.words})


def _is_beyond(value: Value, limit: Value, side: int) -> bool:
    return compare(value, limit) == side


def _length_faults(item: Item, text: str) -> list[Fault]:
    longest = item.limits.max_length or LONGEST.get(item.type, LONGEST_OTHER)
    if len(text) > longest:
        words = gettext_noop("This has %(length)s letters. At most %(limit)s fit.")
        return [Fault(words, {"length": str(len(text)), "limit": str(longest)})]
    if item.limits.min_length is not None and len(text) < item.limits.min_length:
        words = gettext_noop("Write at least %(limit)s letters.")
        return [Fault(words, {"limit": str(item.limits.min_length)})]
    return []


def _size_faults(limits: Limits, attachment: Mapping[str, object]) -> list[Fault]:
    size = attachment.get("size")
    if limits.max_bytes is not None and isinstance(size, int) and size > limits.max_bytes:
        words = gettext_noop("The file is larger than %(limit)s bytes.")
        return [Fault(words, {"limit": str(limits.max_bytes)})]
    return []


@dataclass(frozen=True, slots=True)
class _Place:
    """One response item with where it stands."""

    item: Item
    node: Mapping[str, object]
    path: str


def check_response(form: Questionnaire, response: Mapping[str, object]) -> list[Notice]:
    """What is wrong with a QuestionnaireResponse for this form; empty when it is valid.

    Required questions count as missing only where they are enabled and the response is completed.
    """
    problems: list[Notice] = []
    places: list[_Place] = []
    _collect(form, response, "QuestionnaireResponse", "", places, problems)
    answers: dict[str, Answer] = {}
    for place in places:
        answer = _answer_at(place, problems)
        earlier = answers.get(place.item.link_id, Answer())
        answers[place.item.link_id] = Answer(earlier.values + answer.values)
    if response.get("status") in ("completed", "amended"):
        problems += _missing(form, answers, places)
    return problems


def _collect(
    form: Questionnaire,
    node: Mapping[str, object],
    path: str,
    parent: str,
    places: list[_Place],
    problems: list[Notice],
) -> None:
    for number, child in enumerate(_objects(node.get("item"))):
        where = f"{path}.item[{number}]"
        link_id = str(child.get("linkId", ""))
        item = form.by_id.get(link_id)
        if item is None:
            words = gettext_noop("The form has no item “%(link_id)s”.")
            problems.append(_problem(where, words, link_id))
            continue
        if form.parents.get(link_id, "") != parent:
            words = gettext_noop("“%(link_id)s” stands under another item in the form.")
            problems.append(_problem(where, words, link_id))
            continue
        places.append(_Place(item, child, where))
        if child.get("item") and child.get("answer"):
            words = gettext_noop("“%(link_id)s” has both items and answers (qrs-1).")
            problems.append(_problem(where, words, link_id))
        _collect(form, child, where, link_id, places, problems)
        for place, answer in enumerate(_objects(child.get("answer"))):
            _collect(form, answer, f"{where}.answer[{place}]", link_id, places, problems)


def _answer_at(place: _Place, problems: list[Notice]) -> Answer:
    """The values of one response item, with everything that is wrong about them noted."""
    item = place.item
    nodes = _objects(place.node.get("answer"))
    if nodes and not item.is_question:
        words = gettext_noop("“%(link_id)s” takes no answers.")
        problems.append(_problem(place.path, words, item.link_id))
        return Answer()
    values: list[Value] = []
    for number, node in enumerate(nodes):
        where = f"{place.path}.answer[{number}]"
        try:
            value = value_from_json(node)
        except FhirValueError:
            words = gettext_noop("“%(link_id)s”: this is not a value of FHIR R4.")
            problems.append(_problem(where, words, item.link_id))
            continue
        values.append(value)
        problems += [
            Notice(where, fault.words, fault.params, item.link_id)
            for fault in _value_faults(item, value)
        ]
    problems += [
        Notice(place.path, fault.words, fault.params, item.link_id)
        for fault in _count_faults(item, len(values))
    ]
    if item.type in CHOICES:
        problems += _exclusive_problems(place, values)
    return Answer(tuple(values))


def _exclusive_problems(place: _Place, values: Sequence[Value]) -> Iterator[Notice]:
    for number, value in enumerate(values):
        at = option_place(place.item, value)
        if at is not None and place.item.options[at].exclusive and len(values) > 1:
            words = gettext_noop("“%(link_id)s”: this answer stands alone.")
            yield _problem(f"{place.path}.answer[{number}]", words, place.item.link_id)


def _missing(
    form: Questionnaire, answers: Mapping[str, Answer], places: Sequence[_Place]
) -> list[Notice]:
    enabled = enabled_items(form, answers)
    paths = {place.item.link_id: place.path for place in places}
    present = set(paths)
    problems: list[Notice] = []
    for item in form.walk():
        if not item.required or item.link_id not in enabled:
            continue
        parent = form.parents.get(item.link_id, "")
        if parent and parent not in present:
            continue
        given = (
            any(answers.get(child.link_id, Answer()).is_given for child in item.walk())
            if item.type == ItemType.GROUP
            else answers.get(item.link_id, Answer()).is_given
        )
        if not given:
            path = paths.get(item.link_id) or paths.get(parent, "QuestionnaireResponse")
            words = gettext_noop("“%(link_id)s” needs an answer.")
            problems.append(_problem(path, words, item.link_id))
    return problems


def _objects(content: object) -> list[Mapping[str, object]]:
    return [node for node in content if isinstance(node, dict)] if isinstance(content, list) else []


def _problem(path: str, words: str, link_id: str) -> Notice:
    return Notice(path, words, {"link_id": link_id}, link_id)
