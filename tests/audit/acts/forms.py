"""Forms."""

from __future__ import annotations

from intake.instruments import shipped_questionnaire
from intake.services import answers, assignments, questionnaires, responses, scores
from tests.audit.acts.act import Acts, Stage
from tests.intake.conftest import chosen, phq9_places

act = Acts()


@act
def bring_in_a_form(on: Stage) -> None:
    [imported] = questionnaires.import_questionnaire(
        content=shipped_questionnaire("phq-9"), by=on.eve
    )
    on.form = imported.version


@act
def put_a_form_into_use(on: Stage) -> None:
    on.form = questionnaires.put_in_use(version=on.form, by=on.eve)


@act
def ask_for_a_form(on: Stage) -> None:
    on.asked = assignments.assign(patient=on.ana_patient, version=on.form, by=on.cole)


@act
def answer_a_form(on: Stage) -> None:
    given = chosen(on.form, phq9_places(*[1] * 9))
    answers.save_answers(assignment=on.asked, answers=given, by=on.ana)


@act
def send_a_form(on: Stage) -> None:
    on.response = answers.submit(assignment=on.asked, zone_name="Europe/London", by=on.ana)


@act
def read_a_response(on: Stage) -> None:
    responses.open_response(response_id=on.response.pk, by=on.cole)


@act
def read_flags(on: Stage) -> None:
    responses.open_flags(assignment=on.asked, by=on.cole)


@act
def list_responses(on: Stage) -> None:
    responses.open_responses(responses=[on.response], by=on.cole)


@act
def read_scores(on: Stage) -> None:
    scores.open_scores(patient=on.ana_patient, by=on.cole)


@act
def ask_once_more(on: Stage) -> None:
    on.second = assignments.assign(patient=on.cast.patient("ben"), version=on.form, by=on.cleo)


@act
def take_a_form_back(on: Stage) -> None:
    assignments.withdraw(assignment=on.second, by=on.cleo)


@act
def ask_a_third_time(on: Stage) -> None:
    on.third = assignments.assign(patient=on.cast.patient("ben"), version=on.form, by=on.cleo)


@act
def end_a_form(on: Stage) -> None:
    assignments.expire(assignment=on.third, by=on.cleo)


@act
def retire_a_form(on: Stage) -> None:
    questionnaires.retire(version=on.form, by=on.eve)
