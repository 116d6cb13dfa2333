"""The demo's forms: PHQ-9 and GAD-7 in use, months of answers, and two waiting for Ana."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from intake.catalogue import form_of
from intake.fhir.answers import Answer, Reason
from intake.instruments import SHIPPED, shipped_questionnaire
from intake.models import Assignment, QuestionnaireVersion, Response
from intake.services import answers, assignments, questionnaires, responses
from portal.access.roles import Role
from portal.access.viewer import Viewer
from portal.dev.cast import DEMO, DemoPractice
from portal.people import services as people
from portal.people.models import Patient, User
from portal.people.selectors import lead_clinician_of, open_episode_of
from portal.practices import services as practices
from portal.practices.selectors import viewer_for
from portal.work import services as work
from portal.work.models import WorkItem

EVERY = dt.timedelta(weeks=5)
WITH_ACCOUNTS = 7  # of the patients who are not in the cast
DECLINES = 0.04


@dataclass(frozen=True)
class _Course:
    """How one patient's weeks go: from a first to a last severity, each 0 to 1."""

    patient: Patient
    viewer: Viewer
    clinician: Viewer
    first: float
    last: float
    had_a_risk: bool = False


def seed(demo: DemoPractice) -> None:
    """Bring the shipped forms in, then play each course in the order of time."""
    versions = [_in_use(name) for name in SHIPPED]
    courses = [*_cast_courses(demo), *_other_courses(demo)]
    for course in courses:
        _play(demo, course, versions)
    _ask_ana(demo, versions)
    _ask_ben(demo, versions[-1])


def _in_use(name: str) -> QuestionnaireVersion:
    [imported] = questionnaires.import_questionnaire(
        content=shipped_questionnaire(name), publish=True, by=DEMO
    )
    return imported.version


def _cast_courses(demo: DemoPractice) -> list[_Course]:
    courses = []
    for name, first, last in (("Ben", 0.75, 0.3), ("Zoe", 0.5, 0.45)):
        patient = demo.patients.get(name)
        if patient is not None:
            courses.append(
                _Course(patient, demo.people[name], _clinician(demo, patient), first, last)
            )
    return courses


def _other_courses(demo: DemoPractice) -> list[_Course]:
    """Some of the other patients use the portal themselves; the first of them had a bad week."""
    courses: list[_Course] = []
    others = [name for name in demo.patients if name not in demo.people]
    for place, name in enumerate(others[:WITH_ACCOUNTS]):
        patient = demo.patients[name]
        first = 0.35 + 0.5 * demo.random.random()
        last = max(0.05, first - 0.5 * demo.random.random())
        viewer = _account(demo, patient)
        clinician = _clinician(demo, patient)
        courses.append(_Course(patient, viewer, clinician, first, last, had_a_risk=place == 0))
    return courses


def _account(demo: DemoPractice, patient: Patient) -> Viewer:
    """A sign-in without a password: nobody prints it, so nobody uses it."""
    username = f"{demo.practice.slug}-{patient.given_name.lower()}"
    user = User.objects.create_account(username, "", None)
    membership = practices.add_member(
        user=user, roles={Role.PATIENT}, display_name=patient.display_name, by=DEMO
    )
    people.link_account(patient=patient, membership=membership, by=DEMO)
    return viewer_for(membership)


def _clinician(demo: DemoPractice, patient: Patient) -> Viewer:
    lead = lead_clinician_of(patient.pk)
    return next(one for one in demo.people.values() if lead and one.membership_id == lead.pk)


def _play(demo: DemoPractice, course: _Course, versions: list[QuestionnaireVersion]) -> None:
    """A form every few weeks since the episode opened; those of the last days are not read yet."""
    episode = open_episode_of(course.patient)
    opened = episode.opened_on if episode else demo.today
    days = min((demo.today - opened).days, 26 * 7)
    newest = demo.random.randrange(1, 9)
    backs = list(range(newest, days + 1, EVERY.days))[::-1]
    moments = [
        demo.now - dt.timedelta(days=back, hours=demo.random.randrange(1, 9)) for back in backs
    ]
    for place, asked_at in enumerate(moments):
        share = place / max(1, len(moments) - 1)
        severity = course.first + (course.last - course.first) * share
        risk = course.had_a_risk and place == len(moments) // 2
        for version in versions:
            response = _one_form(demo, course, version, asked_at, severity, risk=risk)
            read_at = asked_at + dt.timedelta(days=2)
            if read_at < demo.now:
                with demo.at(read_at):
                    responses.open_response(response_id=response.pk, by=course.clinician)


def _one_form(
    demo: DemoPractice,
    course: _Course,
    version: QuestionnaireVersion,
    asked_at: dt.datetime,
    severity: float,
    *,
    risk: bool,
) -> Response:
    with demo.at(asked_at):
        assignment = assignments.assign(
            patient=course.patient, version=version, by=course.clinician
        )
    within_an_hour = demo.random.random() < 0.68
    minutes = demo.random.randrange(4, 55) if within_an_hour else demo.random.randrange(70, 1300)
    sent_at = min(asked_at + dt.timedelta(minutes=minutes), demo.now - dt.timedelta(minutes=2))
    with demo.at(sent_at):
        given = _answers(demo, version, severity, risk=risk)
        answers.save_answers(assignment=assignment, answers=given, by=course.viewer)
        response = answers.submit(
            assignment=assignment, zone_name=demo.practice.time_zone, by=course.viewer
        )
    if risk:
        _deal_with_alerts(demo, course, sent_at)
    return response


def _answers(
    demo: DemoPractice, version: QuestionnaireVersion, severity: float, *, risk: bool
) -> dict[str, Answer]:
    form = form_of(version)
    given: dict[str, Answer] = {}
    for item in form.questionnaire.questions:
        place = min(3, max(0, round(3 * severity + demo.random.gauss(0, 0.6))))
        if item.link_id in form.rules.risk_links:
            place = 1 if risk else 0
        elif demo.random.random() < DECLINES:
            given[item.link_id] = Answer(reason=Reason.DECLINED)
            continue
        given[item.link_id] = Answer((item.options[place].value,))
    return given


def _deal_with_alerts(demo: DemoPractice, course: _Course, sent_at: dt.datetime) -> None:
    """The alert of that week was acknowledged within minutes and dealt with the same day."""
    for item in WorkItem.objects.unacknowledged_alerts().filter(patient=course.patient):
        with demo.at(sent_at + dt.timedelta(minutes=6)):
            work.acknowledge(item=item, by=course.clinician)
        with demo.at(sent_at + dt.timedelta(hours=2)):
            work.finish(
                item=item, outcome="Rang; a plan for the weekend is made.", by=course.clinician
            )


def _ask_ana(demo: DemoPractice, versions: list[QuestionnaireVersion]) -> list[Assignment]:
    """Ana meets Cole for the first time tomorrow: both forms wait for her."""
    if "Ana" not in demo.patients:
        return []
    why = (
        "Your answers show us where to start tomorrow.",
        "Worry often comes along, so we ask about it as well.",
    )
    asked = []
    for place, version in enumerate(versions):
        with demo.at(demo.now - dt.timedelta(minutes=90 - place)):
            asked.append(
                assignments.assign(
                    patient=demo.patients["Ana"],
                    version=version,
                    due_on=demo.today + dt.timedelta(days=1),
                    why=why[min(place, 1)],
                    by=_clinician(demo, demo.patients["Ana"]),
                )
            )
    return asked


def _ask_ben(demo: DemoPractice, version: QuestionnaireVersion) -> None:
    """Ben has begun one and stopped, so that Fay sees that a form is waiting."""
    if "Ben" not in demo.patients:
        return
    ben, clinician = demo.patients["Ben"], _clinician(demo, demo.patients["Ben"])
    with demo.at(demo.now - dt.timedelta(days=2)):
        assignment = assignments.assign(patient=ben, version=version, by=clinician)
    with demo.at(demo.now - dt.timedelta(days=1, hours=20)):
        first_three = dict(list(_answers(demo, version, 0.4, risk=False).items())[:3])
        answers.save_answers(assignment=assignment, answers=first_three, by=demo.people["Ben"])
