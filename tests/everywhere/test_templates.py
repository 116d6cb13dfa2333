"""Every template of the product: compiles, keeps the policy, is translated, stands on a base."""

from pathlib import Path

import pytest
from django.template.loader import get_template

from portal.dev.template_checks import all_templates, problems


@pytest.mark.parametrize("name", [template.name for template in all_templates()])
def test_it_compiles(name: str) -> None:
    get_template(name)


def test_no_template_breaks_a_rule() -> None:
    assert problems() == []


PAGE = '{% extends "base.html" %}{% load i18n ui %}'


@pytest.mark.parametrize(
    ("source", "complaint"),
    [
        (PAGE + '<p style="color:red">{{ x }}</p>', "style= on <p>"),
        (PAGE + "<style>p{}</style>", "a style element"),
        (PAGE + "<script>alert(1)</script>", "with a body"),
        (PAGE + '<button onclick="go()">{{ x }}</button>', "onclick= on <button>"),
        (PAGE + '<div hx-on:click="go()"></div>', "hx-on:click= on <div>"),
        (PAGE + '<a href="javascript:go()">{{ x }}</a>', "javascript: address"),
        (PAGE + '<img alt="" src="https://elsewhere.example/a.png">', "another host"),
        (PAGE + '<link rel="stylesheet" href="//elsewhere.example/a.css">', "another host"),
        (PAGE + "<p>Hello</p>", "'Hello' is not translated"),
        (PAGE + '<input placeholder="Name">', "placeholder='Name'"),
        (PAGE + '{% badge "Done" tone="good" %}', "badge"),
        (PAGE + "{% empty_state title='None yet' %}{% endempty %}", "empty_state"),
        (PAGE + "{{ x|safe }}", "|safe"),
        (PAGE + "{% autoescape off %}{{ x }}{% endautoescape %}", "autoescape off"),
        (PAGE + '<form method="post"></form>', "csrf_token"),
        (PAGE + '<img src="/static/a.png">', "without alt"),
        (PAGE + '<a href="/x" target="_blank">{{ x }}</a>', "noopener"),
        (PAGE + '<a href="/x.csv" download>{{ x }}</a>', "download on <a>"),
        (PAGE + '{% icon "no-such-icon" %}', "no icon 'no-such-icon'"),
        ("<p>{{ x }}</p>", "a page extends a base"),
        ('{% extends "nowhere.html" %}', "a page extends a base"),
    ],
)
def test_each_rule_catches_what_it_is_for(tmp_path: Path, source: str, complaint: str) -> None:
    (tmp_path / "base.html").write_text("")
    (tmp_path / "planted.html").write_text(source)
    found = problems(tmp_path)
    assert any(complaint in each for each in found), found


@pytest.mark.parametrize(
    "source",
    [
        PAGE + '<p>{% translate "Hello" %}, {{ name }} · 50&nbsp;%</p>',
        PAGE + "{% blocktranslate %}Hello {{ name }}{% endblocktranslate %}",
        PAGE + "<p title=\"{% translate 'Hello' %}\">{# a comment #}</p>",
        PAGE + '{% badge _("Done") tone="good" icon="check" %}',
        PAGE + '<form method="post">{% csrf_token %}</form>',
        PAGE + '<form method="get"></form>',
        PAGE + '<script src="/static/js/a.js" type="module"></script>',
        PAGE + "{% block body_class %}patient task{% endblock %}",
    ],
)
def test_what_is_right_is_left_alone(tmp_path: Path, source: str) -> None:
    (tmp_path / "base.html").write_text("")
    (tmp_path / "good.html").write_text(source)
    assert problems(tmp_path) == []


def test_a_part_needs_no_base(tmp_path: Path) -> None:
    (tmp_path / "base.html").write_text("")
    (tmp_path / "_part.html").write_text("<p>{{ x }}</p>")
    (tmp_path / "card_next.html").write_text("<p>{{ x }}</p>")
    assert problems(tmp_path) == []
