"""The component gallery: every part of the look, in every state, on one page.

For people who build screens, and for the tests that look at it (axe, 390 and 1440 px, light and
dark). `?base=patient`, `staff` or `public` shows the same parts on another base,
`&toast=1` a toast.
"""

import datetime as dt

from django import forms
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from portal.ui.cards import NavLink
from portal.ui.charts import Change, Chart, Point, Reference, line_chart
from portal.ui.forms import (
    AccessibleForm,
    DatePartsField,
    DayField,
    PhoneField,
    ScaleField,
    TimeOfDayField,
)
from portal.ui.icons import icon_names
from portal.ui.toasts import toast
from portal.ui.widgets import CheckChoices, RadioChoices

BASES = {"staff": "base_staff.html", "patient": "base_patient.html", "public": "base_public.html"}

HOW_OFTEN = [
    ("0", _("Not at all")),
    ("1", _("Several days")),
    ("2", _("More than half the days")),
    ("3", _("Nearly every day")),
    ("declined", _("I’d rather not answer this")),
]
RING_AT = [
    ("morning", _("Mornings")),
    ("afternoon", _("Afternoons")),
    ("never", _("Please do not ring")),
]
ROOMS = [
    ("", _("Choose a room")),
    ("1", _("Room 1")),
    ("2", _("Room 2, Maximiliane von Hohenlohe")),
]


class EveryField(AccessibleForm):
    """One field of each kind."""

    name = forms.CharField(label=_("What should we call you?"), max_length=60)
    phone = PhoneField(
        label=_("Mobile number"),
        help_text=_("Only for the appointment. We send no more than you allow."),
        region="GB",
    )
    email = forms.EmailField(label=_("E-mail"), required=False)
    born = DatePartsField(
        label=_("Date of birth"), help_text=_("For example 27 3 1994."), birth_date=True
    )
    day = DayField(label=_("Day of the appointment"))
    time = TimeOfDayField(label=_("Time"), help_text=_("For example 14:30."))
    room = forms.ChoiceField(label=_("Room"), choices=ROOMS, required=False)
    often = forms.ChoiceField(
        label=_("Feeling tired or having little energy?"),
        help_text=_("There is no right answer. Choose what is closest."),
        choices=HOW_OFTEN,
        widget=RadioChoices(apart=("declined",)),
    )
    ring = forms.MultipleChoiceField(
        label=_("When may we ring?"),
        choices=RING_AT,
        widget=CheckChoices(notes={"afternoon": _("12:00 to 17:00")}, apart=("never",)),
    )
    today = ScaleField(label=_("How is today going?"), low=_("Very hard"), high=_("Good"))
    sure = ScaleField(
        label=_("How sure are you that you can do this?"),
        help_text=_("Leave it if you cannot say."),
        low=_("Not at all sure"),
        high=_("Completely sure"),
        required=False,
    )
    why = forms.CharField(
        label=_("What made it a 6?"), widget=forms.Textarea, max_length=80, required=False
    )
    letter = forms.FileField(label=_("A letter you want to show us"), required=False)
    agree = forms.BooleanField(label=_("I have read who can see my answers"))


GIVEN = {
    "name": "Bo",
    "phone": "+447700900142",
    "born": dt.date(1994, 3, 27),
    "day": dt.date(2026, 11, 26),
    "time": dt.time(14, 30),
    "room": "2",
    "often": "2",
    "ring": ["afternoon"],
    "today": 4,
    "why": "Four stops on Monday. The front seat helps.",
    "agree": True,
}
WRONG = {
    "phone": "0770090014",
    "email": "bo at example",
    "born_day": "31",
    "born_month": "2",
    "born_year": "1994",
    "day": "soon",
    "time": "25:99",
    "today": "12",
    "why": "x" * 91,
}


WEEKS = (28.0, 19.0, 24.0, None, 21.0, 14.0, 17.0, 11.0)


def _chart() -> Chart:
    """Eight invented weeks: a gap, an interval, a change, a study's level."""
    points = [
        Point(
            label=f"{week} Oct",
            value=value,
            low=None if value is None else value - 7,
            high=None if value is None else value + 8,
            told="" if value is None else f"{value:.0f} %",
        )
        for week, value in enumerate(WEEKS, start=1)
    ]
    return line_chart(
        key="gallery",
        title=gettext("No-shows a week"),
        description=gettext("From 28 percent to 11 percent in eight weeks."),
        points=points,
        reference=Reference(23, gettext("literature: 23 %")),
        change=Change(4, gettext("texts with name and time")),
    )


def gallery(request: HttpRequest) -> HttpResponse:
    """Show every part in every state. Never mounted in production."""
    base = request.GET.get("base", "staff")
    if "toast" in request.GET:
        toast(request, _("Goal saved 10:44."), undo_url="/undo/")
    context = {
        "base": BASES.get(base, BASES["staff"]),
        "bases": [(name, name == base) for name in BASES],
        "empty_form": EveryField(prefix="empty"),
        "filled_form": EveryField(prefix="filled", initial=GIVEN),
        "wrong_form": EveryField(
            {f"wrong-{key}": value for key, value in WRONG.items()}, prefix="wrong"
        ),
        "page": Paginator(range(1, 61), 25).get_page(request.GET.get("page", "2")),
        "chart": _chart(),
        "icons": sorted(icon_names() - {"mark"}),
        "saved_at": dt.datetime(2026, 11, 24, 10, 42, tzinfo=dt.UTC),
        "on": dt.date(2026, 11, 26),
        "patient_tabs": _links(
            "Today door",
            "Messages message-square 1",
            "Goals footprints",
            "Exercises leaf",
            "Plan shield-check",
            "Me user",
        ),
        "staff_nav": _links(
            "Day sun",
            "Inbox inbox 4",
            "Caseload users",
            "Builder layout-grid",
            "Availability calendar-clock",
        ),
    }
    return render(request, "portal/dev/gallery.html", context)


def _links(*entries: str) -> list[NavLink]:
    """Make navigation from "Label icon count"; the first one is where the reader is."""
    links = []
    for entry in entries:
        label, icon, count, *_rest = [*entry.split(), "0"]
        links.append(NavLink(label, f"#{label.lower()}", icon, int(count), entry == entries[0]))
    return links
