"""A log line says where something failed, never with which values."""

import json
import logging
import sys

import pytest
import structlog
from django.conf import settings

from portal.logs import mask_tokens


def test_a_failure_is_logged_without_its_values() -> None:
    formatter = _json_formatter()
    try:
        raise ValueError("Ana Abbott, +447700900101")
    except ValueError:
        record = logging.getLogger("portal").makeRecord(
            "portal", logging.ERROR, __file__, 1, "it failed", (), sys.exc_info()
        )
    line = json.loads(formatter.format(record))
    assert line["exception"] == "builtins.ValueError"
    assert any("test_a_failure_is_logged" in frame for frame in line["frames"])
    assert "Abbott" not in json.dumps(line)


def _json_formatter() -> logging.Formatter:
    config = settings.LOGGING["formatters"]["json"]
    return structlog.stdlib.ProcessorFormatter(
        processors=config["processors"], foreign_pre_chain=config["foreign_pre_chain"]
    )


def test_a_link_token_is_masked_and_an_id_is_not() -> None:
    event = {"request": "GET /alder/a/qV8yXk2mJ0aT4sR6wZ9bC1dE3fG5hI7jK/"}
    assert mask_tokens(None, "info", event) == {"request": "GET /alder/a/[token]/"}
    signed = {"request": "GET /alder/accounts/confirm-email/Mg:1vLtXy:qV8yXk2mJ0aT4sR6wZ9bC1dE3fG/"}
    masked = {"request": "GET /alder/accounts/confirm-email/[token]/"}
    assert mask_tokens(None, "info", signed) == masked
    path = "GET /alder/staff/patients/6ec0bd7f-11c0-43da-975e-2a8ad9ebae0b/"
    assert mask_tokens(None, "info", {"request": path}) == {"request": path}


@pytest.mark.django_db
def test_a_failing_view_leaves_no_content_in_the_log(
    client, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*args: object, **kwargs: object) -> None:
        raise RuntimeError("Ana Abbott wrote this")

    monkeypatch.setattr("portal.home.views.public.settings_of_practice", fail)
    client.raise_request_exception = False
    assert client.get("/alder/help/").status_code == 500
    formatter = _json_formatter()
    lines = [formatter.format(record) for record in caplog.records]
    assert lines
    assert not any("Abbott" in line for line in lines)
