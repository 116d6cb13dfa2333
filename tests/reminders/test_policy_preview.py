"""A text as it will arrive, while it is being written."""

from __future__ import annotations

import datetime as dt
import html
import re
from decimal import Decimal

import pytest

from portal.practices import services as practices
from portal.practices.selectors import settings_of_practice
from portal.tenancy.context import practice_scope
from reminders.models import Channel, ReminderPolicy
from reminders.previews import Example, InLanguage, Preview, previews
from reminders.rules.segments import measure
from reminders.rules.timing import OffsetKind
from reminders.rules.usual_words import usual
from reminders.services import policies
from reminders.texts import Voice
from reminders.wordings import Words
from tests.cast import Cast
from tests.reminders.conftest import BY, NOON, Desk, furnish
from tests.reminders.test_planning_kinds import DISCREET, WORDS, asked, missed
from tests.reminders.test_planning_kinds import policy as policy_of
from tests.reminders.test_policy_changes import GERMAN, change
from tests.reminders.test_policy_pages import PAGE, in_force, posted

pytestmark = pytest.mark.django_db

USUAL = usual(OffsetKind.DAYS_BEFORE)
ENGLISH = Words(USUAL.template, USUAL.discreet_template, USUAL.subject_line, "en-gb")


@pytest.fixture
def policy(cast: Cast) -> ReminderPolicy:
    with practice_scope(cast.alder.pk):
        return furnish(cast).policy


def seen(
    desk: Desk,
    *words: Words,
    channels: tuple[Channel, ...] = (Channel.SMS,),
    kind: OffsetKind = OffsetKind.DAYS_BEFORE,
) -> list[Preview]:
    voice = Voice(desk.cast.alder, settings_of_practice())
    shown: list[InLanguage] = previews(words, kind=kind, channels=channels, example=Example(voice))
    return [view for each in shown for view in each.previews]


def test_the_preview_is_the_very_text_that_goes_out(desk: Desk):
    """Only the first name, and the link's random part, are another's."""
    change(desk.policy, discreet=False)
    point = desk.cast.patient("ana").contact_points.get(system="sms")
    point.discreet = False
    point.save(update_fields=["discreet"])
    # Tomorrow at 14:30, with the first of the clinicians.
    desk.book(NOON + dt.timedelta(hours=26, minutes=30), clinician="cleo")
    desk.plan()
    desk.go_to(NOON + dt.timedelta(hours=2, minutes=30))
    (text,) = desk.claim()
    full, _discreet = seen(desk, ENGLISH)

    def same(body: str) -> str:
        return re.sub(r"/a/[^/ ]+", "/a/…", body)

    assert same(text.body.replace("Ana", "Nadia")) == same(full.body)
    assert full.measure is not None
    assert full.measure.segments == measure(text.body).segments == 2


@pytest.mark.parametrize("kind", [OffsetKind.FORM_UNFINISHED, OffsetKind.AFTER_NO_SHOW])
def test_a_link_is_as_long_as_in_the_text_that_goes_out(desk: Desk, kind: OffsetKind):
    """A form, and a visit that is over, have no page of their own to lead to."""
    policies.retire_policy(policy=desk.policy, by=BY)
    policy_of(kind, 1)
    if kind is OffsetKind.AFTER_NO_SHOW:
        missed(desk)
    else:
        asked(desk)
    point = desk.cast.patient("ana").contact_points.get(system="sms")
    point.discreet = False
    point.save(update_fields=["discreet"])
    desk.plan()
    desk.go_to(NOON + dt.timedelta(hours=26))
    (text,) = desk.claim()
    full, _discreet = seen(desk, Words(WORDS, DISCREET, "", "en-gb"), kind=kind)
    assert full.body == text.body.replace("Ana", "Nadia")


@pytest.mark.parametrize(
    ("kind", "label"),
    [
        (OffsetKind.DAYS_BEFORE, "How to change the time"),
        (OffsetKind.AFTER_NO_SHOW, "How to find another time"),
        (OffsetKind.FORM_DUE, "How to reach somebody"),
    ],
)
def test_a_part_is_called_by_what_the_text_is_about(desk: Desk, kind: OffsetKind, label: str):
    words = usual(kind)
    full, _discreet = seen(
        desk, Words(words.template, words.discreet_template, "", "en-gb"), kind=kind
    )
    assert label in [part.label for part in full.parts]


def test_a_gap_that_is_not_known_is_named_with_those_that_are(desk: Desk):
    words = Words("Hello {name}.", "{", "", "en-gb")
    full, discreet = seen(desk, words, kind=OffsetKind.FORM_UNFINISHED)
    (problem,) = full.problems
    assert problem.startswith("{name} is not a gap that can be filled.")
    assert problem.endswith("There are: {first_name}, {link}, {phone}, {practice}.")
    assert discreet.problems == ("A curly bracket is open or closed without its partner.",)


def test_length_and_cost_are_counted(desk: Desk):
    practices.change_settings(
        settings=settings_of_practice(), segment_price=Decimal("0.0375"), currency="GBP", by=BY
    )
    full, discreet = seen(desk, ENGLISH)
    assert (full.cost, discreet.cost) == ("£0.075", "£0.0375")
    assert full.longest >= 2


def test_without_a_price_nothing_is_said_of_cost(desk: Desk):
    assert {view.cost for view in seen(desk, ENGLISH)} == {""}


def test_discreet_words_explain_what_they_hide(desk: Desk):
    _full, discreet = seen(desk, ENGLISH)
    states = {part.label: (part.state, part.why) for part in discreet.parts}
    assert states["The clinician"] == ("hidden", "left out, because some people share a phone")
    assert {state for state, _why in states.values()} == {"there", "hidden"}
    assert not discreet.problems


def test_a_missing_part_is_shown_and_said(desk: Desk):
    full, _discreet = seen(desk, Words("Hello {first_name}.", "", "", "en-gb"))
    assert [part.state for part in full.parts].count("missing") == 4
    assert "does not say" in full.problems[0]


@pytest.mark.parametrize("template", ["{", "{}", "{0}", "{first_name!r}", "}{", "{a[b]}", "", " "])
def test_whatever_is_typed_is_answered(desk: Desk, template: str):
    for view in seen(desk, Words(template, template, template, "en-gb"), channels=tuple(Channel)):
        assert view.problems
        assert view.body == ""


def test_days_are_in_the_language_of_the_words(desk: Desk):
    full, _discreet = seen(desk, GERMAN)
    assert "Mi 25 Nov" in full.body


def test_a_mail_shows_its_subject_and_no_segments(desk: Desk):
    full, _discreet = seen(desk, ENGLISH, channels=(Channel.EMAIL,))
    assert full.subject_line == "A reminder for Wed 25 Nov, 14:30"
    assert full.measure is None


def test_a_mail_in_place_of_a_text_is_shown_without_what_nobody_could_answer(desk: Desk):
    full, _discreet, by_mail, _discreet_by_mail = seen(
        desk, ENGLISH, channels=(Channel.SMS, Channel.EMAIL)
    )
    assert "Reply C" in full.body
    assert "Reply" not in by_mail.body
    assert "/a/" in by_mail.body


# --- The page ---------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["dee", "cole", "ana"])
def test_only_managers_see_previews(cast: Cast, policy: ReminderPolicy, name: str):
    client = cast.people[name].client()
    assert client.post(f"{PAGE}preview/", posted(policy)).status_code == 403


def test_what_is_typed_is_previewed_and_not_saved(cast: Cast, policy: ReminderPolicy):
    words = html.unescape(
        cast.eve.client()
        .post(
            f"{PAGE}preview/",
            posted(policy, template="Hi {first_name}, {clinician}? €", fallback="other_channel"),
        )
        .content.decode()
    )
    assert "Hi Nadia, " in words
    assert "The text does not say: " in words
    assert "as a mail" in words
    assert "<html" not in words
    assert in_force(cast) == [policy]


def test_markup_in_a_template_is_shown_as_words(cast: Cast, policy: ReminderPolicy):
    page = cast.eve.client().post(
        f"{PAGE}preview/", posted(policy, template="<script>alert(1)</script>{first_name}")
    )
    assert "<script>alert" not in page.content.decode()


@pytest.mark.parametrize(
    "fields",
    [{}, {"kind": "x", "channel": "y"}, {"template": "\x00"}, {"template": "ж" * 99_999}],
)
def test_nothing_posted_breaks_the_preview(
    cast: Cast, policy: ReminderPolicy, fields: dict[str, str]
):
    assert cast.eve.client().post(f"{PAGE}preview/", fields).status_code == 200


def test_words_in_another_language_are_written_and_taken_out_again(
    cast: Cast, policy: ReminderPolicy
):
    eve = cast.eve.client()
    page = eve.post(f"{PAGE}{policy.pk}/", posted(policy, go="language", add_language="de"))
    assert page.status_code == 200
    assert 'name="template_de"' in page.content.decode()
    german = {
        "language": "de",
        "template_de": GERMAN.template,
        "discreet_template_de": GERMAN.discreet_template,
    }
    half = posted(policy, **{**german, "discreet_template_de": ""})
    assert "Write this wording as well" in eve.post(f"{PAGE}{policy.pk}/", half).content.decode()
    assert eve.post(f"{PAGE}{policy.pk}/", posted(policy, **german)).status_code == 302
    (now,) = in_force(cast)
    with practice_scope(cast.alder.pk):
        assert [each.language for each in now.wordings.all()] == ["de"]
    assert "Guten Tag {first_name}" in eve.get(f"{PAGE}{now.pk}/").content.decode()
    empty = posted(now, language="de", template_de="", discreet_template_de="")
    assert eve.post(f"{PAGE}{now.pk}/", empty).status_code == 302
    (last,) = in_force(cast)
    with practice_scope(cast.alder.pk):
        assert not last.wordings.exists()


@pytest.mark.parametrize("code", ["xx", "en", "en-gb", "../x", ""])
def test_a_language_that_is_not_offered_is_no_field(cast: Cast, policy: ReminderPolicy, code: str):
    page = cast.eve.client().post(
        f"{PAGE}{policy.pk}/", posted(policy, go="language", add_language=code, language=code)
    )
    assert page.status_code == 200
    assert "template_" not in page.content.decode().replace("discreet_template", "")


def test_the_usual_words_of_another_kind_are_put_in(cast: Cast, policy: ReminderPolicy):
    typed = posted(policy, kind="form_unfinished", go="usual", name="Kept")
    page = html.unescape(cast.eve.client().post(f"{PAGE}{policy.pk}/", typed).content.decode())
    assert usual(OffsetKind.FORM_UNFINISHED).template in page
    assert 'value="Kept"' in page
    assert in_force(cast) == [policy]
