"""What may be asked: each problem stands at its own field, in words that say what to do."""

import datetime as dt

import pytest
from django.http import QueryDict

from metrics.forms import PeopleForm, QuestionForm
from metrics.rollups.outcomes import Outcome
from metrics.rollups.periods import Period, Step

TODAY = dt.date(2026, 11, 25)


def asked(query: str) -> QuestionForm:
    return QuestionForm(QueryDict(query), today=TODAY)


def test_without_a_question_it_is_half_a_year_by_week():
    form = asked("")
    assert form.is_valid()
    question = form.question()
    assert question.period == Period(dt.date(2026, 6, 1), TODAY)
    assert question.step is Step.WEEK
    assert question.change_on is None


def test_a_whole_question_is_taken_as_asked():
    form = asked("from_on=2026-01-01&to_on=2026-11-25&step=month&change_on=2026-06-01")
    assert form.is_valid()
    question = form.question()
    assert question.period == Period(dt.date(2026, 1, 1), TODAY)
    assert (question.step, question.change_on) == (Step.MONTH, dt.date(2026, 6, 1))


@pytest.mark.parametrize(
    ("query", "field", "words"),
    [
        ("from_on=2026-02-31", "from_on", "not a date"),
        ("from_on=", "from_on", "From"),
        ("to_on=2026-11-26", "to_on", "25 November 2026 or earlier"),
        ("from_on=2026-10-02&to_on=2026-10-01", "to_on", "2 October 2026 or later"),
        ("from_on=2020-01-01", "from_on", "five years"),
        ("from_on=0001-01-01", "from_on", "year"),
        ("step=day", "step", "choices"),
        ("from_on=2026-10-01&change_on=2026-10-01", "change_on", "after 1 October 2026"),
        ("from_on=2026-10-01&change_on=2026-11-26", "change_on", "inside the period"),
        ("change_on=soon", "change_on", "not a date"),
        ("from_on=<script>", "from_on", "not a date"),
        ("from_on=%00", "from_on", "not a date"),
    ],
)
def test_a_problem_stands_at_its_field(query, field, words):
    form = asked(query)
    assert not form.is_valid()
    assert set(form.errors) == {field}
    assert words in str(form.errors[field])


def test_the_list_of_people_needs_a_period_and_an_outcome_that_has_happened():
    good = "from_on=2026-10-01&to_on=2026-10-31&outcome=not_attended"
    form = PeopleForm(QueryDict(good))
    assert form.is_valid()
    assert form.period() == Period(dt.date(2026, 10, 1), dt.date(2026, 10, 31))
    assert form.outcome_asked() is Outcome.NOT_ATTENDED
    for bad in (
        "",
        good.replace("not_attended", "upcoming"),
        good.replace("not_attended", "x"),
        good.replace("2026-10-31", "2026-09-30"),
        good.replace("2026-10-01", "1999-10-01"),
        # At either end of the calendar a local day has no instant in UTC.
        good.replace("2026-10-01", "9999-12-31").replace("2026-10-31", "9999-12-31"),
        good.replace("2026-10-01", "0001-01-01").replace("2026-10-31", "0001-01-01"),
    ):
        assert not PeopleForm(QueryDict(bad)).is_valid(), bad
