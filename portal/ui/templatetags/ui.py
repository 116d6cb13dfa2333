"""Template tags of the look. `{% load ui %}`.

A tag takes explicit arguments and gives markup for one part; the parts and their rules are on the
component gallery. Words arrive translated.
"""

import datetime as dt
import json
from typing import Any

from django import template
from django.conf import settings
from django.contrib.auth.base_user import AbstractBaseUser
from django.contrib.auth.models import AnonymousUser
from django.contrib.messages import WARNING
from django.core.paginator import Page
from django.forms import BaseForm
from django.forms.boundfield import BoundField
from django.http import HttpRequest
from django.template.context import Context
from django.template.loader import render_to_string
from django.urls import NoReverseMatch, get_script_prefix, reverse
from django.utils.formats import date_format
from django.utils.html import format_html
from django.utils.safestring import SafeString

from portal.ui.cards import Card
from portal.ui.daytimes import clock_time, day, day_short, day_year, machine
from portal.ui.exits import mark_of, neutral_page
from portal.ui.fields import describe
from portal.ui.forms import problems_of, problems_title
from portal.ui.icons import known, sprite_url
from portal.ui.offline import worker_settings
from portal.ui.paging import PAGE_PARAMETER
from portal.ui.phones import dialled, shown
from portal.ui.toasts import undo_url

register = template.Library()

TONES = {"", "good", "attention", "urgent", "open"}
ALERTS = {"info": "info", "attention": "triangle-alert", "urgent": "octagon-alert"}
VOICES = {"", "own", "team", "auto"}


# ---------- Drawings ----------


@register.simple_tag
def icon(name: str, size: str = "") -> SafeString:
    """Draw an icon beside words; never instead of them. `size` is "", "s" or "l"."""
    return format_html(
        '<svg class="icon{}" aria-hidden="true" focusable="false"><use href="{}#{}"/></svg>',
        f" icon-{size}" if size else "",
        sprite_url(),
        known(name),
    )


@register.simple_tag
def mark() -> SafeString:
    """Draw the mark: three doorways, the third one filled."""
    return format_html(
        '<svg class="mark" aria-hidden="true" focusable="false" viewBox="0 0 40 24">'
        '<use href="{}#mark"/></svg>',
        sprite_url(),
    )


@register.simple_tag
def initials(name: str, voice: str = "") -> SafeString:
    """Stand a person's initials in an arch. `voice` is "own" (patient), "team" or empty."""
    _one_of("voice", voice, VOICES)
    words = [word for word in name.replace("-", " ").split() if word[0].isalpha()]
    letters = (words[0][0] + (words[-1][0] if len(words) > 1 else "")) if words else "?"
    return format_html(
        '<span class="initials{}" aria-hidden="true">{}</span>',
        f" {voice}" if voice else "",
        letters.upper(),
    )


@register.simple_tag
def date_arch(day: dt.date) -> SafeString:
    """Stand a date in an arch. Hidden from screen readers: the words beside it say the date."""
    return format_html(
        '<div class="date-arch" aria-hidden="true"><span>{}</span><b>{}</b><span>{}</span></div>',
        date_format(day, "D"),
        day.day,
        date_format(day, "M"),
    )


# ---------- Words with a meaning ----------


@register.simple_tag
def badge(text: str, tone: str = "", icon: str = "circle-dot") -> SafeString:
    """Show a status: icon and word, colour third. `tone` is "", good, attention, urgent or open."""
    _one_of("tone", tone, TONES)
    return format_html(
        '<span class="badge{}">{}{}</span>',
        f" badge-{tone}" if tone else "",
        _icon(icon, "s"),
        text,
    )


@register.simple_tag
def state(text: str, icon: str = "check") -> SafeString:
    """Show what happened to a message or a form, in words: "Delivered 10:38"."""
    return format_html('<span class="state">{}{}</span>', _icon(icon, "s"), text)


@register.inclusion_tag("_components/saved.html")
def saved(at: dt.datetime | None = None, *, waits: bool = False) -> dict[str, Any]:
    """Show "Saved 10:42", always in the same place of a form.

    "Not saved yet" where words wait to be saved. Empty, it is the live region that script fills.
    """
    return {"at": at, "waits": waits}


@register.inclusion_tag("_components/progress.html")
def progress(now: int, total: int) -> dict[str, Any]:
    """Draw a row of doorways, `now` from 1 to `total`.

    The words beside it ("Question 4 of 9") do the work.
    """
    return {
        "steps": ["done" if n < now else "now" if n == now else "" for n in range(1, total + 1)]
    }


@register.simple_tag
def nav_count(count: int = 0) -> SafeString:
    """Show how many wait behind a navigation entry; nothing for none."""
    if not count:
        return SafeString("")
    return SafeString(render_to_string("_components/nav_count.html", {"count": count}))


@register.simple_tag
def phone_link(number: object, country: str = "") -> SafeString:
    """Write a phone number as a link that rings it; nationally for readers in `country`."""
    text = str(number)
    return format_html(
        '<a class="nowrap" href="tel:{}">{}</a>', dialled(text), shown(text, country or None)
    )


@register.filter
def phone(number: object, country: str = "") -> str:
    """Write a stored phone number for people: `{{ point.value|phone:practice.country }}`."""
    return shown(str(number or ""), country or None)


# ---------- Forms ----------


@register.inclusion_tag("_components/field.html")
def field(
    bound: BoundField,
    label: str = "",
    hint: str = "",
    css: str = "",
    label_class: str = "",
    tight: bool = False,
) -> dict[str, Any]:
    """Show a form field: label, hint, error, control, tied together. Works on any Django form.

    `css` adds classes to the control (`input-short`), `label_class` to the label (`label-h`,
    `legend-big`), `tight` makes choices lower.
    """
    view = describe(bound, label=label, hint=hint, css=css)
    return {"view": view, "label_class": label_class, "tight": tight}


@register.inclusion_tag("_components/fields.html")
def fields(form: BaseForm) -> dict[str, Any]:
    """Show every field of a form, in its order."""
    return {"form": form}


@register.inclusion_tag("_components/error_summary.html")
def error_summary(*forms: BaseForm) -> dict[str, Any]:
    """Show what to look at, with links to the fields; takes focus.

    Nothing when there is nothing.
    """
    problems = [problem for form in forms if form.is_bound for problem in problems_of(form)]
    return {"problems": problems, "title": problems_title(len(problems))}


@register.inclusion_tag("_components/post_button.html", takes_context=True)
def post_button(
    context: Context,
    url: str,
    text: str,
    tone: str = "second",
    icon: str = "",
    small: bool = False,
    **values: Any,
) -> dict[str, Any]:
    """Show one button that changes something: a form of its own. Other arguments become hidden
    values.

    `tone` is primary, second, quiet or urgent.
    """
    _one_of("tone", tone, {"primary", "second", "quiet", "urgent"})
    return {
        "url": url,
        "text": text,
        "tone": tone,
        "icon": icon,
        "small": small,
        "values": values.items(),
        "csrf_token": context.get("csrf_token", ""),
    }


# ---------- Blocks ----------


@register.simple_block_tag
def alert(content: str, title: str, tone: str = "info", level: int = 2) -> SafeString:
    """Say what happened (title) and what to do (content). `tone` is info, attention or urgent."""
    _one_of("tone", tone, set(ALERTS))
    values = {
        "content": content,
        "title": title,
        "tone": tone,
        "icon": ALERTS[tone],
        "level": level,
    }
    return render_to_string("_components/alert.html", values)


@register.simple_block_tag
def voice(content: str, who: str, by: str, icon: str = "") -> SafeString:
    """Words with the colour of the one who said them.

    `who` is own, team or auto; `by` names them.
    """
    _one_of("who", who, VOICES - {""})
    return render_to_string(
        "_components/voice.html", {"content": content, "who": who, "by": by, "icon": icon}
    )


@register.simple_block_tag(end_name="endempty")
def empty_state(
    content: str, title: str, text: str = "", icon: str = "door", level: int = 2
) -> SafeString:
    """Say what will appear here; the content is the first thing to do (a link), or nothing."""
    values = {"content": content, "title": title, "text": text, "icon": icon, "level": level}
    return render_to_string("_components/empty_state.html", values)


@register.simple_block_tag
def more(content: str, summary: str, open: bool = False) -> SafeString:
    """Keep a longer explanation behind a line that opens it."""
    return render_to_string(
        "_components/more.html", {"content": content, "summary": summary, "open": open}
    )


@register.simple_block_tag
def dialog(content: str, id: str, title: str) -> SafeString:
    """Confirm what cannot be undone. Opened by a link with `data-opens="<id>"` whose own address
    is the confirm page.

    The content holds the words and a form with its buttons; the gentlest choice is primary. A
    button with `value="keep"` and `formmethod="dialog"` closes it.
    """
    return render_to_string(
        "_components/dialog.html", {"content": content, "id": id, "title": title}
    )


# ---------- Pages ----------


@register.simple_tag(takes_context=True)
def render_card(context: Context, card: Card) -> SafeString:
    """Render a card with its own context and the request, and nothing else of the page."""
    return render_to_string(card.template, dict(card.context), request=context.get("request"))


@register.inclusion_tag("_components/pager.html", takes_context=True)
def pager(context: Context, page: "Page[Any]", anchor: str = "") -> dict[str, Any]:
    """Show previous and next for a list in pages; keeps the rest of the address.

    Nothing for a single page.
    """
    request: HttpRequest = context["request"]

    def link(number: int) -> str:
        query = request.GET.copy()
        query[PAGE_PARAMETER] = str(number)
        return f"?{query.urlencode()}{anchor}"

    return {
        "page": page,
        "previous": link(page.previous_page_number()) if page.has_previous() else "",
        "following": link(page.next_page_number()) if page.has_next() else "",
    }


@register.inclusion_tag("_components/toasts.html", takes_context=True)
def toasts(context: Context) -> dict[str, Any]:
    """Show what is done, with undo when the message carries an address for it (see
    `portal.ui.toasts`).
    """
    done = [
        {"text": each.message, "undo_url": undo_url(each)}
        for each in (context.get("messages") or [])
        if each.level < WARNING
    ]
    return {"toasts": done, "csrf_token": context.get("csrf_token", "")}


@register.inclusion_tag("_components/alerts.html", takes_context=True)
def alerts(context: Context) -> dict[str, Any]:
    """Show warnings and refusals at the top of the page: to be read, so never as toasts."""
    return {"warnings": [each for each in (context.get("messages") or []) if each.level >= WARNING]}


@register.simple_tag
def start_url() -> str:
    """Return where the person starts: the practice's root, or the root of all."""
    return get_script_prefix()


@register.simple_tag
def leave_url() -> str:
    """Return the address behind *Leave quickly*: ours where it is mounted, else the neutral page
    itself.
    """
    try:
        return reverse("leave")
    except NoReverseMatch:
        return neutral_page()


@register.simple_tag
def person_mark(user: AbstractBaseUser | AnonymousUser) -> str:
    """Return a mark that tells a page whether the same person is back, and says nothing about who
    it is.
    """
    return mark_of(user)


@register.simple_tag
def demo_url() -> str:
    """Return the address of the demo's cast, or an empty text where there is no demo."""
    return "/demo/" if getattr(settings, "DEMO", False) else ""


@register.simple_tag
def idle_seconds() -> int:
    """Return how long a sign-in lasts without anything being done."""
    return int(getattr(settings, "SESSION_IDLE_SECONDS", 0))


@register.simple_tag
def worker_json() -> SafeString:
    """Write what the service worker may keep as JSON, for `sw.js` (a script, so not HTML-escaped).

    Only addresses of our own go in; `<` is escaped all the same.
    """
    return SafeString(json.dumps(worker_settings()).replace("<", "\\u003c"))


@register.simple_tag
def neutral_url() -> str:
    """Return the outside page that *Leave quickly* ends on."""
    return neutral_page()


# ---------- Days and times, in the reader's zone ----------


for _words in (day, day_year, day_short, clock_time, machine):
    register.filter(_words.__name__, _words, expects_localtime=True)


def _icon(name: str, size: str = "") -> SafeString:
    """The `icon` tag, for tags that have an argument of that name."""
    return icon(name, size)


def _one_of(argument: str, value: str, allowed: set[str]) -> None:
    if value not in allowed and settings.DEBUG:
        raise template.TemplateSyntaxError(f"{argument}={value!r}; choose from {sorted(allowed)}")
