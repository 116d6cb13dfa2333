"""Headers that a proxy passes on as they came: none of them says where a page lives."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.test import Client, RequestFactory
from gunicorn.config import Config
from gunicorn.http.parser import RequestParser

from portal.access.requests import page_behind
from tests.cast import Cast


def as_started_in_the_image() -> Config:
    """The web server's settings from the image's command line."""
    text = (Path(settings.BASE_DIR) / "Dockerfile").read_text(encoding="utf-8")
    command = json.loads(re.findall(r"^CMD (\[.*\])$", text, re.MULTILINE)[-1])
    config = Config()
    given = config.parser().parse_args(command[1:])
    for name, value in vars(given).items():
        if value is not None and name != "args":
            config.set(name.lower(), value)
    return config


@pytest.mark.parametrize("name", ["SCRIPT_NAME", "script_name", "Script_Name", "PATH_INFO"])
def test_no_header_moves_the_portal_to_another_path(name: str) -> None:
    """The proxy on the same machine hands on what a browser sends, and is trusted."""
    raw = f"GET /demo/alder/ HTTP/1.1\r\nHost: x\r\n{name}: /demo\r\n\r\n".encode()
    request = next(RequestParser(as_started_in_the_image(), iter([raw]), ("127.0.0.1", 1)))
    assert [header for header, _value in request.headers] == ["HOST"]


def test_a_path_in_front_of_the_practice_counts_for_nothing(cast: Cast, db: None) -> None:
    page: Any = Client().get("/alder/help/", SCRIPT_NAME="/evil")
    assert page.status_code == 200
    assert b"/evil" not in page.content


@pytest.mark.parametrize("path", ["//evil.example/x", "/\\evil.example", "///evil.example"])
def test_the_page_that_a_browser_is_on_is_a_path_of_ours(cast: Cast, path: str) -> None:
    headers = {"HX-Current-URL": f"http://testserver{path}"}
    request = RequestFactory().get("/alder/me/", headers=headers)
    assert page_behind(request) == "/alder/me/"
