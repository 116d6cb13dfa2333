"""The template tags: each part as markup."""

import datetime as dt

import pytest
from django.contrib.messages import SUCCESS, WARNING
from django.contrib.messages.storage.base import Message
from django.template import Context, Template, TemplateSyntaxError
from django.test import RequestFactory
from django.utils import timezone
from pytest_django import Settings

from portal.ui.cards import Card
from portal.ui.icons import UnknownIconError
from portal.ui.toasts import undo_url


def rendered(source: str, **values: object) -> str:
    return Template("{% load ui %}" + source).render(Context(values))


def test_an_icon_is_hidden_from_screen_readers_and_must_exist() -> None:
    html = rendered('{% icon "check" size="s" %}')
    assert 'class="icon icon-s" aria-hidden="true"' in html
    assert html.rstrip("\n").endswith('#check"/></svg>')
    with pytest.raises(UnknownIconError):
        rendered('{% icon "chekc" %}')


def test_a_badge_has_an_icon_and_a_word() -> None:
    html = rendered('{% badge word tone="good" icon="check" %}', word="<Done>")
    assert 'class="badge badge-good"' in html
    assert "&lt;Done&gt;" in html
    assert "#check" in html


def test_a_tone_that_does_not_exist_fails_while_developing(settings: Settings) -> None:
    settings.DEBUG = True
    with pytest.raises(TemplateSyntaxError):
        rendered('{% badge "Done" tone="green" %}')


@pytest.mark.parametrize(
    ("name", "letters"),
    [
        ("Ana Abbott", "AA"),
        ("Bo", "B"),
        ("Maximiliane von Hohenlohe-Schillingsfürst", "MS"),
        ("", "?"),
        ("山田 太郎", "山太"),
    ],
)
def test_initials_stand_in_an_arch(name: str, letters: str) -> None:
    assert f">{letters}<" in rendered('{% initials name voice="own" %}', name=name)


def test_nothing_waiting_shows_no_count() -> None:
    assert rendered("{% nav_count 0 %}") == ""
    assert ", 3 waiting" in rendered("{% nav_count 3 %}")


def test_a_phone_number_can_be_rung() -> None:
    assert 'href="tel:+441134960142"' in rendered('{% phone_link "+44 (113) 496 0142" %}')
    assert ">0113 496 0142<" in rendered('{% phone_link "+441134960142" "GB" %}')
    assert ">+44 113 496 0142<" in rendered('{% phone_link "+441134960142" "DE" %}')
    assert 'href="tel:116123">116 123<' in rendered('{% phone_link "116 123" "GB" %}')
    assert rendered('{{ number|phone:"GB" }}', number="+441134960142") == "0113 496 0142"
    assert rendered("{{ number|phone }}", number=None) == ""


def test_blocks_escape_their_arguments_and_keep_their_content() -> None:
    html = rendered("{% alert title=t tone='urgent' %}<p>Ring us.</p>{% endalert %}", t="<b>")
    assert "&lt;b&gt;" in html
    assert "<p>Ring us.</p>" in html
    html = rendered("{% voice who='own' by=by %}{{ words }}{% endvoice %}", by="Ana", words="<i>")
    assert "&lt;i&gt;" in html
    html = rendered("{% empty_state title='None' text=t %}<a>Go</a>{% endempty %}", t="<i>")
    assert "&lt;i&gt;" in html
    assert "<a>Go</a>" in html
    assert "<details" in rendered("{% more summary='Why' %}Because.{% endmore %}")
    assert "<dialog" in rendered("{% dialog id='d' title='Sure?' %}x{% enddialog %}")


def test_progress_marks_what_is_done_and_where_one_is() -> None:
    html = rendered("{% progress 2 4 %}")
    assert html.count("<li") == 4
    assert html.count('class="done"') == html.count('class="now"') == 1


def test_a_button_that_changes_something_is_a_form_with_the_token() -> None:
    html = rendered(
        '{% post_button "/go/" "Go" tone="primary" state="done" %}', csrf_token="secret"
    )
    assert 'method="post"' in html
    assert 'value="secret"' in html
    assert 'name="state" value="done"' in html
    assert 'class="button"' in html


def test_days_and_times_are_said_in_the_readers_zone() -> None:
    moment = dt.datetime(2026, 11, 26, 23, 30, tzinfo=dt.UTC)
    with timezone.override("Europe/Berlin"):
        html = rendered(
            "{{ m|day }}, {{ m|day_short }}, {{ m|day_year }}, {{ m|clock_time }}", m=moment
        )
    assert html == "Friday 27 November, Fri 27 Nov, Friday 27 November 2026, 00:30"
    assert rendered("{{ m|day }}{{ m|clock_time }}", m=None) == ""


def test_what_is_done_is_a_toast_and_what_went_wrong_is_read_at_the_top() -> None:
    messages = [
        Message(SUCCESS, "Saved.", extra_tags="/undo/"),
        Message(WARNING, "Tom changed this."),
    ]
    toasts = rendered("{% toasts %}", messages=messages, csrf_token="secret")
    assert "Saved." in toasts
    assert 'action="/undo/"' in toasts
    assert "Tom" not in toasts
    alerts = rendered("{% alerts %}", messages=messages)
    assert "Tom changed this." in alerts
    assert "Saved" not in alerts


@pytest.mark.parametrize(
    "tags", ["", "account", "//elsewhere.example/", "https://elsewhere.example/"]
)
def test_only_an_address_of_ours_undoes(tags: str) -> None:
    assert undo_url(Message(SUCCESS, "Saved.", extra_tags=tags)) == ""


def test_a_card_gets_its_own_context_and_nothing_of_the_page() -> None:
    card = Card(
        "empty", "_components/empty_state.html", {"title": "None", "icon": "door", "level": 2}
    )
    request = RequestFactory().get("/")
    html = rendered("{% render_card card %}", card=card, request=request, text="of the page")
    assert "None" in html
    assert "of the page" not in html
