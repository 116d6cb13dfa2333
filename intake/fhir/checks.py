"""The rules of R4 that make a form unusable when broken (`que-1` to `que-13`); its conditions."""

from __future__ import annotations

from collections import deque
from collections.abc import Mapping
from typing import Final

from intake.fhir.elements import Element
from intake.fhir.form import ANSWERABLE, CHOICES, KIND_OF_TYPE, Condition, Item, ItemType, Operator
from intake.fhir.notices import Report, gettext_noop
from intake.fhir.values import Coding

SIMPLE: Final = frozenset({
    ItemType.BOOLEAN, ItemType.DECIMAL, ItemType.INTEGER, ItemType.STRING, ItemType.TEXT,
    ItemType.URL, ItemType.OPEN_CHOICE,
})  # fmt: skip

FORM_MEMBERS: Final = frozenset({
    "resourceType", "id", "meta", "implicitRules", "language", "text", "contained", "extension",
    "modifierExtension", "url", "identifier", "version", "name", "title", "derivedFrom", "status",
    "experimental", "subjectType", "date", "publisher", "contact", "description", "useContext",
    "jurisdiction", "purpose", "copyright", "approvalDate", "lastReviewDate", "effectivePeriod",
    "code", "item",
})  # fmt: skip
ITEM_MEMBERS: Final = frozenset({
    "id", "extension", "modifierExtension", "linkId", "definition", "code", "prefix", "text",
    "type", "enableWhen", "enableBehavior", "required", "repeats", "readOnly", "maxLength",
    "answerValueSet", "answerOption", "initial", "item",
})  # fmt: skip
OLDER: Final = frozenset({"option", "options"})  # STU3


def check_members(form: Element) -> None:
    """Warn about members that R4 does not know; they are kept in the stored file."""
    _check_names(form, FORM_MEMBERS)


def check_invariants(item: Element, kind: ItemType) -> None:
    """The rules that one item can break by itself."""
    _check_names(item, ITEM_MEMBERS)
    for name in OLDER:
        if item.has(name):
            _refuse(item, name, gettext_noop("“%(name)s” is from STU3. R4 says “answerOption”."))
    if kind == ItemType.GROUP and not item.members.get("item"):
        _refuse(item, "", gettext_noop("A group has no items (que-1)."))
    if kind == ItemType.DISPLAY:
        _check_display(item)
    if kind in (ItemType.GROUP, ItemType.DISPLAY) and item.has("initial"):
        _refuse(item, "initial", gettext_noop("Only a question has a first value (que-8)."))
    if item.has("answerOption") and item.has("answerValueSet"):
        _refuse(item, "", gettext_noop("Both answerOption and answerValueSet are given (que-4)."))
    if item.has("answerValueSet") and kind not in CHOICES:
        _refuse(
            item,
            "answerValueSet",
            gettext_noop("Only choice and open-choice have a value set of answers (que-5)."),
        )
    if item.has("maxLength") and kind not in SIMPLE:
        _refuse(item, "maxLength", gettext_noop("A longest length has no meaning here (que-10)."))
    _check_initial(item)
    if len(item.elements("enableWhen")) > 1 and item.text("enableBehavior") not in ("all", "any"):
        _refuse(
            item,
            "enableBehavior",
            gettext_noop("With several conditions, “all” or “any” has to be said (que-12)."),
        )
    for condition in item.elements("enableWhen"):
        if condition.members.get("operator") == "exists" and not condition.has("answerBoolean"):
            condition.link_id = item.link_id
            _refuse(condition, "", gettext_noop("“exists” is compared with true or false (que-7)."))


def _check_names(element: Element, known: frozenset[str]) -> None:
    for name in element.members:
        if name.removeprefix("_") not in known | OLDER:
            element.report.warn(
                element.at(name),
                gettext_noop("“%(name)s” is not known in R4. It is kept and not used."),
                link_id=element.link_id,
                name=name,
            )


def _check_display(item: Element) -> None:
    if item.members.get("item"):
        _refuse(item, "item", gettext_noop("A display holds other items (que-1)."))
    if item.has("code"):
        _refuse(item, "code", gettext_noop("A display has no code (que-3)."))
    for name in ("required", "repeats"):
        if item.has(name):
            _refuse(item, name, gettext_noop("A display is not required and not repeated (que-6)."))
    if item.has("readOnly"):
        item.report.warn(
            item.at("readOnly"),
            gettext_noop("A display cannot be read-only (que-9)."),
            link_id=item.link_id,
        )


def _check_initial(item: Element) -> None:
    initial = item.elements("initial")
    if initial and item.has("answerOption"):
        item.report.warn(
            item.at("initial"),
            gettext_noop("With options, the first value belongs on the option (que-11)."),
            link_id=item.link_id,
        )
    if len(initial) > 1 and not item.boolean("repeats"):
        _refuse(
            item,
            "initial",
            gettext_noop("Several first values need a repeating question (que-13)."),
        )


def _refuse(item: Element, name: str, words: str) -> None:
    path = item.at(name) if name else item.path
    item.report.refuse(path, words, link_id=item.link_id, name=name)


def check_conditions(
    by_id: Mapping[str, Item], parents: Mapping[str, str], report: Report
) -> tuple[str, ...]:
    """Check every condition's target and order the items so that targets come first.

    Returns the linkIds in that order. Refuses unknown targets and cycles; an item also waits for
    the item above it, so a parent that depends on its own child is a cycle.
    """
    waits_for: dict[str, set[str]] = {link_id: set() for link_id in by_id}
    for link_id, item in by_id.items():
        if link_id in parents:
            waits_for[link_id].add(parents[link_id])
        for number, condition in enumerate(item.conditions):
            path = f"{item.path}.enableWhen[{number}]"
            if condition.question not in by_id:
                report.refuse(
                    f"{path}.question",
                    gettext_noop("The condition asks for “%(target)s”, which is not in the form."),
                    link_id=link_id,
                    target=condition.question,
                )
                continue
            waits_for[link_id].add(condition.question)
            _doubts(item, condition, by_id[condition.question], path, report)
    return _in_order(waits_for, by_id, report)


def _in_order(
    waits_for: Mapping[str, set[str]], by_id: Mapping[str, Item], report: Report
) -> tuple[str, ...]:
    needed_by: dict[str, list[str]] = {link_id: [] for link_id in by_id}
    open_count = {link_id: len(targets) for link_id, targets in waits_for.items()}
    for link_id, targets in waits_for.items():
        for target in targets:
            needed_by[target].append(link_id)
    ready = deque(link_id for link_id, count in open_count.items() if count == 0)
    order: list[str] = []
    while ready:
        link_id = ready.popleft()
        order.append(link_id)
        for follower in needed_by[link_id]:
            open_count[follower] -= 1
            if open_count[follower] == 0:
                ready.append(follower)
    if len(order) < len(by_id):
        stuck = _one_in_a_cycle(waits_for, set(order))
        report.refuse(
            f"{by_id[stuck].path}.enableWhen",
            gettext_noop("The conditions of “%(link_id)s” go round in a circle."),
            link_id=stuck,
        )
    return tuple(order)


def _one_in_a_cycle(waits_for: Mapping[str, set[str]], done: set[str]) -> str:
    """Walk back from any stuck item until one comes round again: that one is in the circle."""
    link_id = next(name for name in waits_for if name not in done)
    seen: set[str] = set()
    while link_id not in seen:
        seen.add(link_id)
        link_id = min(waits_for[link_id] - done)
    return link_id


def _doubts(item: Item, condition: Condition, target: Item, path: str, report: Report) -> None:
    """Warn where a condition may not do what its author meant."""
    answer = condition.answer
    if condition.operator == Operator.EXISTS:
        if not target.is_question:
            report.warn(
                path,
                gettext_noop("“%(target)s” is never answered."),
                link_id=item.link_id,
                target=target.link_id,
            )
        return
    if target.type not in ANSWERABLE or target.calculated or target.hidden:
        report.leave_out(
            path,
            gettext_noop("This depends on “%(target)s”, which cannot be answered here yet."),
            link_id=item.link_id,
            target=target.link_id,
        )
    if condition.operator == Operator.NOT_EQUAL:
        report.warn(
            path,
            gettext_noop("“!=” also holds while “%(target)s” has no answer (R4); R5 differs."),
            link_id=item.link_id,
            target=target.link_id,
        )
    if isinstance(answer.content, Coding) and not answer.content.system:
        report.warn(
            path,
            gettext_noop("The answer has no code system; it is matched by its code alone."),
            link_id=item.link_id,
        )
    wanted = KIND_OF_TYPE.get(target.type, frozenset())
    if target.options:
        wanted = frozenset(option.value.kind for option in target.options)
    both_numbers = {answer.kind} | wanted <= {"Integer", "Decimal"}
    if wanted and answer.kind not in wanted and not both_numbers:
        report.warn(
            path,
            gettext_noop("A value of kind %(kind)s is compared with answers of another kind."),
            link_id=item.link_id,
            kind=answer.kind,
        )
