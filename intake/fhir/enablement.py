"""Which items of a form are asked, given the answers so far (`enableWhen`, R4 text).

A disabled item disables everything under it, and its answers do not count anywhere: not for other
conditions, not for required checks, not for scores. `!=` means "no answer equals", which holds
while nothing is answered. A comparison that a partial date leaves open does not hold.
"""

from __future__ import annotations

from collections.abc import Sequence

from intake.fhir.answers import Answer, Answers
from intake.fhir.form import Condition, Operator, Questionnaire
from intake.fhir.values import Value, compare, equal

_NOTHING = Answer()


def enabled_items(form: Questionnaire, answers: Answers) -> frozenset[str]:
    """The linkIds of all enabled items: questions, groups and displays."""
    enabled: set[str] = set()
    for link_id in form.order:
        parent = form.parents.get(link_id)
        if parent is not None and parent not in enabled:
            continue
        item = form.by_id[link_id]
        if not item.conditions:
            enabled.add(link_id)
            continue
        met = (_is_met(condition, answers, enabled) for condition in item.conditions)
        if any(met) if item.any_condition else all(met):
            enabled.add(link_id)
    return frozenset(enabled)


def counting(form: Questionnaire, answers: Answers) -> dict[str, Answer]:
    """The answers that count: those of enabled items, in the form's order."""
    enabled = enabled_items(form, answers)
    return {
        item.link_id: answers[item.link_id]
        for item in form.walk()
        if item.link_id in enabled and item.link_id in answers
    }


def _is_met(condition: Condition, answers: Answers, enabled: set[str]) -> bool:
    question = condition.question
    given = answers.get(question, _NOTHING).values if question in enabled else ()
    if condition.operator == Operator.EXISTS:
        return bool(given) is condition.answer.content
    if condition.operator == Operator.NOT_EQUAL:
        return all(equal(value, condition.answer) is False for value in given)
    return _any_meets(condition.operator, given, condition.answer)


def _any_meets(operator: Operator, given: Sequence[Value], wanted: Value) -> bool:
    for value in given:
        if operator == Operator.EQUAL:
            if equal(value, wanted):
                return True
            continue
        order = compare(value, wanted)
        if order is not None and _ORDERS[operator](order):
            return True
    return False


_ORDERS = {
    Operator.GREATER: lambda order: order > 0,
    Operator.LESS: lambda order: order < 0,
    Operator.GREATER_OR_EQUAL: lambda order: order >= 0,
    Operator.LESS_OR_EQUAL: lambda order: order <= 0,
}
