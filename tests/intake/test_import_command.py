"""`manage.py import_questionnaire`: 0 when it is there, 2 with the reason when it cannot be."""

from __future__ import annotations

import io
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from intake.instruments import FOLDER
from intake.models import QuestionnaireVersion
from tests.cast import Cast
from tests.intake.conftest import inside
from tests.intake.fhir.forms import QUESTIONNAIRES, as_bytes, document, question

pytestmark = pytest.mark.django_db


def run(file: Path | str, *more: str, practice: str = "alder") -> str:
    out = io.StringIO()
    call_command("import_questionnaire", str(file), "--practice", practice, *more, stdout=out)
    return out.getvalue()


def state_of(cast: Cast) -> list[str]:
    with inside(cast.alder):
        return [version.state for version in QuestionnaireVersion.objects.order_by("imported_at")]


def test_our_own_forms_come_in_published_and_the_second_time_nothing_changes(cast: Cast) -> None:
    for name in ("phq-9", "gad-7"):
        said = run(FOLDER / f"{name}.fhir.json")
        assert "brought in, in use" in said
        assert "here already, in use" in run(FOLDER / f"{name}.fhir.json")
    assert state_of(cast) == ["published", "published"]


def test_others_come_in_as_drafts_with_everything_worth_knowing(cast: Cast) -> None:
    said = run(QUESTIONNAIRES / "sdc-phq9.json")
    assert "brought in, not published" in said
    assert "cannot be published: Questionnaire.item[0].item[8]" in said
    assert "not done here yet: Questionnaire.item[0].item[9]" in said
    assert state_of(cast) == ["draft"]


def test_publishing_is_by_request_for_others_and_can_be_put_off_for_ours(
    cast: Cast, tmp_path: Path
) -> None:
    file = tmp_path / "form.json"
    file.write_bytes(as_bytes(document(question("a"), url="urn:x", version="1")))
    assert "in use" in run(file, "--publish")
    assert "not published" in run(FOLDER / "phq-9.fhir.json", "--draft")


def test_publishing_what_could_harm_is_refused_and_nothing_is_kept(cast: Cast) -> None:
    with pytest.raises(CommandError, match="Nobody would be told") as refused:
        run(QUESTIONNAIRES / "sdc-phq9.json", "--publish")
    assert refused.value.returncode == 2
    assert state_of(cast) == []


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"Dear Tom", "not JSON"),
        (b"{}", "A Questionnaire or a Bundle of them is needed"),
        (as_bytes(document(question("a"), question("a"))), "Questionnaire.item\\[1\\].linkId"),
        (b"\xff", "not UTF-8"),
    ],
)
def test_a_file_that_is_no_questionnaire_exits_2_with_the_reason(
    cast: Cast, tmp_path: Path, content: bytes, words: str
) -> None:
    file = tmp_path / "form.json"
    file.write_bytes(content)
    with pytest.raises(CommandError, match=words) as refused:
        run(file)
    assert refused.value.returncode == 2


@pytest.mark.parametrize(
    ("file", "practice", "words"),
    [
        ("/nowhere/form.json", "alder", "cannot be read"),
        ("/", "alder", "cannot be read"),
        (str(FOLDER / "phq-9.fhir.json"), "nowhere", "No practice is called nowhere"),
    ],
)
def test_a_missing_file_or_practice_exits_2(
    cast: Cast, file: str, practice: str, words: str
) -> None:
    with pytest.raises(CommandError, match=words) as refused:
        run(file, practice=practice)
    assert refused.value.returncode == 2


def test_a_changed_file_under_a_published_version_is_refused(cast: Cast, tmp_path: Path) -> None:
    file = tmp_path / "form.json"
    file.write_bytes(as_bytes(document(question("a"), url="urn:x", version="1")))
    run(file, "--publish")
    file.write_bytes(as_bytes(document(question("b"), url="urn:x", version="1")))
    with pytest.raises(CommandError, match="new version"):
        run(file)


def test_a_bundle_and_standard_input(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    assert run(QUESTIONNAIRES / "helsenorge-en-nb-bundle.json").count("brought in") == 1

    class Stdin:
        buffer = io.BytesIO(as_bytes(document(question("a"), url="urn:x")))

    monkeypatch.setattr("sys.stdin", Stdin)
    assert "brought in" in run("-")


def test_it_acts_in_that_practice_only(cast: Cast) -> None:
    run(FOLDER / "phq-9.fhir.json", practice="birch")
    assert state_of(cast) == []
    with inside(cast.birch):
        found: Any = QuestionnaireVersion.objects.get()
    assert found.practice_id == cast.birch.pk
