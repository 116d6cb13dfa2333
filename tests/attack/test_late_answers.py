"""An answer that is on its way while the form is sent from another window."""

from __future__ import annotations

from typing import Any

import pytest

from intake.models import Assignment
from intake.services import answers
from intake.views import patient as views
from tests.cast import Cast
from tests.intake.conftest import asked, in_alder, phq9

__all__ = ["asked", "in_alder", "phq9"]


@pytest.mark.parametrize("way", ["save/", ""])
def test_an_answer_that_meets_a_sent_form_is_led_to_where_the_form_stands(
    cast: Cast, asked: Assignment, monkeypatch: pytest.MonkeyPatch, way: str
) -> None:
    read = views._page_form

    def sent_meanwhile(*args: Any) -> Any:
        form = read(*args)
        answers.submit(assignment=asked, zone_name="Europe/London", by=cast.ana.viewer)
        return form

    monkeypatch.setattr(views, "_page_form", sent_meanwhile)
    page = cast.ana.url(f"me/forms/{asked.pk}/questions/1/{way}")
    answer = cast.ana.client().post(page, {"q1": "2", "shown": "q1"})
    assert answer.status_code in (204, 302)
    asked.refresh_from_db()
    assert not asked.is_open
