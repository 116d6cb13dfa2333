"""The reference's tape: the statements of one page, and a flat template of the same bytes."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from django.template import engines

from benchmarks.load import Ask
from benchmarks.tape import flat_template, record
from portal.audit.models import AuditEvent
from portal.tenancy.context import practice_scope
from tests.cast import Cast

ODD = (
    "<p>Plain</p>",
    "<p>A &amp; B &lt;c&gt; &#x27;d&#x27; ’e’</p>",
    "<p>&nbsp;It's &copy;</p>",
    "<i hx-vals='{\"a\": {{b}} }'>{% c %}{# d #}</i>",
)


@pytest.mark.parametrize("body", ODD)
def test_the_flat_template_gives_the_same_bytes(body: str) -> None:
    template, words = flat_template(body)
    assert engines["django"].from_string(template).render({"words": words}) == body


@pytest.mark.django_db
def test_a_page_is_recorded_with_what_it_asked_and_leaves_nothing_behind(
    cast: Cast, tmp_path: Path
) -> None:
    with practice_scope(cast.alder.pk):
        before = AuditEvent.objects.count()
    tape = record(cast.dee.client(), Ask("/alder/staff/schedule/"))
    with practice_scope(cast.alder.pk):
        assert AuditEvent.objects.count() == before
    said = " ".join(tape.statements)
    assert "practices_practice" in said or "practices_membership" in said
    assert "django_session" not in said
    assert "Plan of" in tape.body or "<html" in tape.body
    tape.save(tmp_path, "schedule")
    assert (tmp_path / "schedule.json").exists()


@pytest.mark.django_db
def test_a_wrong_status_is_refused_and_not_measured(cast: Cast) -> None:
    client: Any = cast.ana.client()
    with pytest.raises(LookupError, match="403"):
        record(client, Ask("/alder/staff/schedule/"))
