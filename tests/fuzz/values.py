"""What is put into fields: ordinary and odd values of each kind, and things of no kind at all."""

from __future__ import annotations

import os
import uuid
from typing import Any

from django import forms
from django.http import QueryDict
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st

CASES = int(os.environ.get("FUZZ_CASES", "0"))
"""How many cases altogether; none means a few of each, as in every run of the tests."""

ODD = st.sampled_from(
    [
        *["", " ", "\x00", "a\x00b", "\u202etxet\u202c", "\u2066x\u2069", "\ufeff", "\u200b"],
        *["\U0001f468\u200d\U0001f469\u200d\U0001f467", "e\u0301" * 40, "\u0661\u0662\u0663", "İ"],
        *["\ud800", "x\udfff", "a" * 10_000, "é" * 300, "9" * 400, "-1", "0", "1e999", "NaN"],
        *["inf", "1_000", "0x10", "0001-01-01", "9999-12-31", "2026-02-30", "31/12/9999"],
        *["2026-03-29T01:30", "2026-10-25 01:30", "24:00", "23:59:60", "00:00", "+447700900101"],
        *[
            "+" + "4" * 40,
            "tel:112",
            "a@b",
            "a@" + "b." * 200 + "c",
            '"x"@example.org',
            "%s{0}%(a)s",
        ],
        *["<script>alert(1)</script>", "{{ 7|add:7 }}", "{% debug %}", "' OR 1=1 --", "\\", "\r\n"],
        *[
            "../../etc/passwd",
            "javascript:alert(1)",
            "//evil.example",
            "on",
            "true",
            "None",
            "null",
        ],
        *["[]", "{}", '{"a":' * 2000, "[" * 5000, str(uuid.UUID(int=0)), "Europe/London", "../UTC"],
    ]
)
TEXT = st.text(max_size=60) | st.text(alphabet="abc -'’.@+0123456789:/", max_size=30)
NUMBERS = st.integers(-(10**20), 10**20).map(str) | st.floats().map(str) | st.decimals().map(str)
DAYS = st.dates().map(str) | st.datetimes().map(lambda each: each.isoformat()[:16])
ANYTHING = ODD | TEXT | NUMBERS | DAYS | st.times().map(str) | st.uuids().map(str)
MOST = settings(
    database=None,
    derandomize=not CASES,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)


def some(most: int, least: int) -> settings:
    """`most` examples where thousands are asked for, else `least`."""
    return settings(MOST, max_examples=max(1, most if CASES else least))


def values_of(field: forms.Field) -> st.SearchStrategy[list[str]]:
    """What may be sent for a field: nothing, one value, or several."""
    fitting = [str(each) for each in _choices(field)][:40]
    one = st.sampled_from(fitting) | ANYTHING if fitting else _fitting(field) | ANYTHING
    return st.lists(one, max_size=3)


def posted(form: forms.BaseForm) -> st.SearchStrategy[QueryDict]:
    """What may be posted to a form: each field or not, and a name that it does not have."""
    fields = {
        name: values_of(each) for bound, each in form.fields.items() for name in _names(form, bound)
    }
    optional = {**fields, "no-such-field": st.lists(ANYTHING, max_size=1)}
    return st.fixed_dictionaries({}, optional=optional).map(as_query)


def as_query(given: dict[str, list[str]]) -> QueryDict:
    """The fields as a request has them."""
    query = QueryDict(mutable=True)
    for name, values in given.items():
        query.setlist(name, values)
    return query


def _names(form: forms.BaseForm, name: str) -> list[str]:
    """The names that a field's widget reads: several for a date in three boxes."""
    widget, full = form.fields[name].widget, form.add_prefix(name)
    parts = getattr(widget, "widgets_names", None) or [""]
    if isinstance(widget, forms.SelectDateWidget):
        parts = ["_year", "_month", "_day"]
    return [f"{full}{part}" for part in parts]


def _choices(field: forms.Field) -> list[Any]:
    return [value for value, _label in getattr(field, "choices", []) if value not in ("", None)]


def _fitting(field: forms.Field) -> st.SearchStrategy[str]:
    """Values that the field may well take, so that what comes after it is reached too."""
    for kind, strategy in (
        (forms.DateTimeField, st.datetimes().map(lambda each: each.isoformat()[:16])),
        (forms.DateField, st.dates().map(str) | st.sampled_from(["2027-01-01", "1990-05-17"])),
        (forms.TimeField, st.times().map(lambda each: each.isoformat()[:5])),
        (forms.EmailField, st.sampled_from(["a@example.org", "A@EXAMPLE.org", "ü@bücher.example"])),
        (forms.IntegerField, st.integers(-3, 120).map(str)),
        (forms.BooleanField, st.sampled_from(["on", "false"])),
    ):
        if isinstance(field, kind):
            return strategy
    return st.text(min_size=1, max_size=field_length(field))


def field_length(field: forms.Field) -> int:
    """The longest text that a field takes, as far as it says so."""
    return min(getattr(field, "max_length", None) or 40, 40)
