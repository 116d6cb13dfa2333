"""Every form class, found by a walk: bad input is an error of a field, never one of ours."""

from __future__ import annotations

import datetime as dt
import inspect
import uuid
from collections.abc import Iterator
from typing import Any

import pytest
from allauth.core.context import request_context
from django import forms
from django.conf import settings
from django.http import QueryDict
from django.test import RequestFactory
from django.urls import get_resolver
from hypothesis import given
from hypothesis import strategies as st

from goals.note_templates import TEMPLATES
from intake.catalogue import form_of
from portal import clock
from portal.appointments import services as appointments
from portal.practices.models import Practice
from portal.practices.selectors import settings_of_practice
from portal.tenancy.context import practice_scope
from portal.work import services as work
from tests.cast import SET_UP, Cast
from tests.fuzz import conftest, values
from tests.intake.conftest import in_use

pytestmark = pytest.mark.django_db
OURS = ("portal", "intake", "messaging", "goals", "reminders", "metrics")
# Made from a device's answer that the session asked for; tests/people has malformed ones.
NEED_A_CEREMONY = "webauthn"


def form_classes() -> list[type[forms.BaseForm]]:
    """All that can be reached once every page is imported, those that are only bases left out."""
    for urlconf in (settings.ROOT_URLCONF, settings.PRACTICE_URLCONF):
        _import_all(get_resolver(urlconf))
    found = {each for each in _below(forms.BaseForm) if each.__module__.split(".")[0] in OURS}
    return sorted(
        (each for each in found if not each.__name__.startswith("_")),
        key=lambda each: f"{each.__module__}.{each.__qualname__}",
    )


def _import_all(resolver: Any) -> None:
    for entry in resolver.url_patterns:
        if hasattr(entry, "url_patterns"):
            _import_all(entry)


def _below(parent: type[Any]) -> Iterator[type[Any]]:
    for each in parent.__subclasses__():
        yield each
        yield from _below(each)


CLASSES = [each for each in form_classes() if not issubclass(each, forms.ModelForm)]


@pytest.fixture
def in_practice(cast: Cast) -> Iterator[Practice]:
    with practice_scope(cast.alder.pk):
        yield cast.alder


def arguments(cast: Cast, practice: Practice) -> dict[str, Any]:
    """What forms are made with, by the name of the argument; a new name needs a line here."""
    version = in_use("phq-9")
    form = form_of(version)
    kind = appointments.add_type(name="Session", minutes=50, by=SET_UP)
    booked = appointments.book(
        patient=cast.patient("ana"),
        clinician=cast.cole.membership,
        type=kind,
        local_start=dt.datetime(2099, 6, 1, 10),  # noqa: DTZ001 - a wall-clock time
        time_zone=practice.time_zone,
        by=SET_UP,
    )
    item = work.raise_alert(
        code="test", title="T", patient_id=booked.patient_id, source=booked, by=SET_UP
    )
    request = RequestFactory().post("/alder/")
    request.user, request.session = cast.cole.user, cast.cole.client().session
    return {
        "today": dt.date(2026, 11, 25),
        "zone_name": practice.time_zone,
        "zone": clock.zone(practice.time_zone),
        "region": practice.country,
        "system": "sms",
        "practice": practice,
        "settings": settings_of_practice(),
        "patient": cast.patient("ana"),
        "about": cast.patient("ana"),
        "appointment": booked,
        "item": item,
        "leaving": cast.cole.membership,
        "membership": cast.cole.membership,
        "user": cast.cole.user,
        "viewer": cast.cole.viewer,
        "request": request,
        "account_id": uuid.UUID(int=7),
        "username": "newcomer",
        "form": form,
        "page": form.pages[0],
        "drafts": {},
        "versions": [version],
        "template": TEMPLATES[0],
        "people": [(str(cast.cole.membership.pk), "Cole")],
    }


def make(cls: type[forms.BaseForm], known: dict[str, Any], data: Any = None) -> forms.BaseForm:
    """A form of that class. Fails with the name of an argument that nobody has given a value."""
    wanted: dict[str, Any] = {}
    said = ""  # what the classes further out pass on by themselves
    for each in cls.__mro__:
        if "__init__" not in vars(each) or each in (forms.BaseForm, object):
            continue
        for name, parameter in inspect.signature(vars(each)["__init__"]).parameters.items():
            if parameter.kind is not inspect.Parameter.KEYWORD_ONLY or f" {name}=" in said:
                continue
            if parameter.default is inspect.Parameter.empty:
                assert name in known, f"say in `arguments` what {name} of {cls.__name__} is"
            if name in known:
                wanted[name] = known[name]
        said += inspect.getsource(vars(each)["__init__"])
    library = _for_the_library(cls, known)
    return cls(data=data, **{**wanted, **library}) if library else cls(data, **wanted)


def _for_the_library(cls: type[forms.BaseForm], known: dict[str, Any]) -> dict[str, Any]:
    """allauth's forms take what they need out of `kwargs`."""
    sources = [inspect.getsource(each) for each in cls.__mro__ if "allauth" in each.__module__]
    text = "\n".join(sources)
    return {
        name: known[name]
        for name in ("user", "request")
        if f'kwargs.pop("{name}"' in text or f"__init__(self, {name}" in text
    }


@pytest.mark.parametrize("cls", CLASSES, ids=lambda cls: cls.__name__)
def test_no_input_breaks_a_form(
    cast: Cast, in_practice: Practice, cls: type[forms.BaseForm]
) -> None:
    if any(NEED_A_CEREMONY in each.__module__ for each in cls.__mro__):
        pytest.skip("made by a ceremony with a device")
    known = arguments(cast, in_practice)
    with request_context(known["request"]):
        blank = make(cls, known, QueryDict())

    @values.some(values.CASES // 2 // len(CLASSES) + 1, 3)
    @given(data=values.posted(blank) | st.just(QueryDict()))
    def survives(data: Any) -> None:
        conftest.COUNTED["forms"] += 1
        with request_context(known["request"]):
            form = make(cls, known, data)
            if form.is_valid():
                assert form.cleaned_data is not None
            else:
                assert form.errors
            str(form.as_div())  # what was typed is shown again, whatever it was

    survives()


def test_the_walk_finds_the_forms_of_every_app() -> None:
    modules = {each.__module__.split(".")[0] for each in CLASSES}
    assert {"portal", "intake", "goals", "reminders", "metrics"} <= modules
    assert len(CLASSES) >= 50
