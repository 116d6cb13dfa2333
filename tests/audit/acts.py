"""One made-up day of Alder, act by act: every service that writes, in an order that works.

Each act takes the stage (the cast and what earlier acts left there) and does one thing through a
service. `test_all_or_nothing` does each of them many times with a failing audit first.
"""

from __future__ import annotations

import contextlib
import copy
import datetime as dt
from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

from goals.models import GoalOrigin, GoalState
from goals.services import goals, notes
from intake.instruments import shipped_questionnaire
from intake.services import answers, assignments, questionnaires, responses, scores
from messaging.blobs import with_suite
from messaging.client import Client
from messaging.demo import InProcess
from messaging.errors import Refused
from messaging.services import devices
from messaging.services import keys as message_keys
from metrics import services as metrics
from metrics.reports import Question
from metrics.rollups.outcomes import Outcome
from metrics.rollups.periods import Period
from portal import clock
from portal.access.roles import Role
from portal.appointments import away, places, series
from portal.appointments import services as appointments
from portal.appointments.importing import runs
from portal.appointments.importing.planning import plan
from portal.appointments.importing.writing import write
from portal.appointments.models import Appointment, Status
from portal.people import invitations
from portal.people import services as people
from portal.people.accounts import make_account
from portal.people.invitations.services import mailing
from portal.people.invitations.services.accepting import accept, prove
from portal.people.models import (
    CareRole,
    CloseReason,
    ContactSystem,
    JourneyStage,
    Patient,
    ProxyCategory,
)
from portal.people.services.shredding import destroy_patient_key
from portal.practices import services as practices
from portal.practices.models import Membership
from portal.practices.selectors import settings_of_practice
from portal.work import ladder, preferences
from portal.work import services as work
from portal.work.models import AlertRung, Mail, NoticeKind, WorkAudience, WorkItem
from reminders.models import (
    Channel,
    InboundMessage,
    LinkAnswer,
    ReminderPolicy,
    TransportAccount,
)
from reminders.rules.timing import OffsetKind
from reminders.rules.usual_words import usual
from reminders.services import (
    accounts,
    channels,
    claiming,
    exports,
    inbox,
    links,
    planning,
    policies,
    receiving,
    test_sends,
)
from reminders.wordings import Words
from tests.fakes.accounts import give_account
from tests.intake.conftest import chosen, phq9_places

Stage = SimpleNamespace
Act = Callable[[Stage], Any]
DAY: list[Act] = []
NUMBER = "+447700900101"  # Ana's


def act(function: Act) -> Act:
    """Put an act into the day."""
    DAY.append(function)
    return function


def _later(**ahead: float) -> dt.datetime:
    return clock.now() + dt.timedelta(**ahead)


# --- The practice and its people ------------------------------------------------------------------


@act
def make_a_practice(on: Stage) -> None:
    on.elm = practices.create_practice(slug="elm", name="Elm", by=on.eve)


@act
def change_facts(on: Stage) -> None:
    practices.change_facts(practice=on.cast.alder, about="Hello", by=on.eve)


@act
def change_settings(on: Stage) -> None:
    practices.change_settings(settings=settings_of_practice(), late_cancel_hours=30, by=on.eve)


@act
def open_the_practice(on: Stage) -> None:
    practices.open_practice(practice=on.cast.alder, by=on.eve)


@act
def add_a_member(on: Stage) -> None:
    user = make_account(username="hal", email="hal@example.org", password="quiet-lamp-by-a-door")
    on.hal = practices.add_member(user=user, roles={Role.CLINICIAN}, display_name="Hal", by=on.eve)


@act
def change_roles(on: Stage) -> None:
    roles = {Role.CLINICIAN, Role.FRONT_DESK}
    practices.change_roles(membership=on.hal, roles=roles, by=on.eve)


@act
def agree_to_the_notice(on: Stage) -> None:
    practices.note_privacy_seen(membership=on.hal, version="2027-01", by=on.eve)


@act
def invite_staff(on: Stage) -> None:
    on.staff = invitations.invite_staff(
        display_name="Ida", roles={Role.FRONT_DESK}, on_paper=True, by=on.eve
    )


@act
def invite_again(on: Stage) -> None:
    on.again = invitations.invite_again(invitation=on.staff.invitation, on_paper=True, by=on.eve)


@act
def withdraw_an_invitation(on: Stage) -> None:
    invitations.withdraw(invitation=on.again.invitation, by=on.eve)


@act
def invite_by_mail(on: Stage) -> None:
    on.mailed = invitations.invite_staff(
        display_name="Jo", roles={Role.FRONT_DESK}, email="jo@example.org", by=on.eve
    )


@act
def mail_an_invitation(on: Stage) -> None:
    mailing.mail(on.mailed.invitation.pk)


@act
def invite_on_paper(on: Stage) -> None:
    on.paper = invitations.invite_staff(
        display_name="Kim", roles={Role.FRONT_DESK}, on_paper=True, by=on.eve
    )


@act
def accept_an_invitation(on: Stage) -> None:
    proved = prove(token=on.paper.token, fact=on.paper.code)
    accept(invitation_id=proved.pk, username="kim", password="quiet-lamp-by-a-door")


# --- Patients -------------------------------------------------------------------------------------


@act
def look_for_a_patient(on: Stage) -> None:
    people.search_patients(words="ana", by=on.dee, most=5)


@act
def add_a_patient(on: Stage) -> None:
    on.new = people.add_patient(given_name="Lou", opened_on=dt.date(2026, 1, 5), by=on.dee)


@act
def change_a_patient(on: Stage) -> None:
    version = on.new.version
    on.new = people.change_patient(patient=on.new, version=version, given_name="Lu", by=on.dee)


@act
def open_a_record(on: Stage) -> None:
    people.open_patient(patient=on.ana_patient, by=on.cole)


@act
def pause_texts(on: Stage) -> None:
    people.pause_automation(patient=on.new, paused=True, by=on.dee)


@act
def resume_texts(on: Stage) -> None:
    people.pause_automation(patient=on.new, paused=False, by=on.dee)


@act
def invite_a_patient(on: Stage) -> None:
    invitations.invite_patient(patient=on.new, on_paper=True, by=on.dee)


@act
def invite_a_carer(on: Stage) -> None:
    invitations.invite_proxy(
        patient=on.new,
        display_name="Mo",
        relation="brother",
        categories={ProxyCategory.APPOINTMENTS},
        ends_on=dt.date(2099, 1, 1),
        on_paper=True,
        by=on.dee,
    )


@act
def add_a_number(on: Stage) -> None:
    on.point = people.add_contact_point(
        patient=on.new, system=ContactSystem.SMS, value="+447700900155", by=on.dee
    )


@act
def note_consent(on: Stage) -> None:
    people.give_consent(point=on.point, how="said so", by=on.dee)


@act
def change_a_number(on: Stage) -> None:
    people.change_contact_point(point=on.point, discreet=False, by=on.dee)


@act
def withdraw_consent(on: Stage) -> None:
    people.withdraw_consent(point=on.point, by=on.dee)


@act
def stop_texts(on: Stage) -> None:
    people.stop_texts(value="+447700900155", by=on.dee)


@act
def start_texts(on: Stage) -> None:
    people.start_texts(value="+447700900155", by=on.dee)


@act
def mark_a_number_bad(on: Stage) -> None:
    people.mark_bad(point=on.point, by=on.dee)


@act
def remove_a_number(on: Stage) -> None:
    people.remove_contact_point(point=on.point, by=on.dee)


@act
def join_a_care_team(on: Stage) -> None:
    on.member = people.join_care_team(
        patient=on.new, membership=on.hal, role=CareRole.LEAD, by=on.eve
    )


@act
def move_to_a_stage(on: Stage) -> None:
    on.episode = on.new.episodes.get()
    people.move_to_stage(episode=on.episode, stage=JourneyStage.ACCESS, by=on.eve)


@act
def close_an_episode(on: Stage) -> None:
    people.close_episode(
        episode=on.episode, reason=CloseReason.COMPLETED, on=dt.date(2026, 2, 1), by=on.eve
    )


@act
def open_an_episode(on: Stage) -> None:
    people.open_episode(patient=on.new, on=dt.date(2026, 3, 1), by=on.eve)


@act
def let_somebody_help(on: Stage) -> None:
    on.grant = people.let_help(
        patient=on.new,
        proxy=on.cast.fay.membership,
        relation="aunt",
        categories={ProxyCategory.FORMS},
        ends_on=dt.date(2099, 1, 1),
        by=on.dee,
    )


@act
def end_help(on: Stage) -> None:
    people.end_help(grant=on.grant, by=on.dee)


@act
def arrange_cover(on: Stage) -> None:
    on.cover = people.arrange_cover(
        absent=on.cast.cole.membership,
        cover=on.hal,
        starts_at=_later(days=1),
        ends_at=_later(days=2),
        by=on.eve,
    )


@act
def end_cover(on: Stage) -> None:
    people.end_cover(cover=on.cover, by=on.eve)


# --- Appointments ---------------------------------------------------------------------------------


@act
def add_a_type(on: Stage) -> None:
    on.type = appointments.add_type(name="Talk", minutes=10, by=on.eve)


@act
def retire_a_type(on: Stage) -> None:
    appointments.retire_type(type=on.type, by=on.eve)


@act
def offer_a_type_again(on: Stage) -> None:
    appointments.offer_type_again(type=on.type, by=on.eve)


@act
def change_a_type(on: Stage) -> None:
    appointments.change_type(
        type=on.type,
        discreet_title="Appointment",
        is_video=True,
        video_url="https://video.example/room",
        by=on.eve,
    )


@act
def add_a_location(on: Stage) -> None:
    on.mill = places.add_location(name="Mill", address="1 Mill Lane", directions="", by=on.eve)


@act
def change_a_location(on: Stage) -> None:
    places.change_location(
        location=on.mill, name="Old Mill", address="", directions="Ring twice.", by=on.eve
    )


@act
def retire_a_location(on: Stage) -> None:
    places.retire_location(location=on.mill, by=on.eve)


@act
def offer_a_location_again(on: Stage) -> None:
    places.offer_location_again(location=on.mill, by=on.eve)


@act
def note_time_off(on: Stage) -> None:
    on.off = away.add_time_off(
        clinician=on.cast.cole.membership,
        starts_at=_later(days=40),
        ends_at=_later(days=41),
        note="Training",
        by=on.eve,
    )


@act
def remove_time_off(on: Stage) -> None:
    away.remove_time_off(time_off=on.off, by=on.eve)


@act
def set_hours(on: Stage) -> None:
    appointments.set_availability(
        clinician=on.cast.cole.membership, hours=[(0, dt.time(9), dt.time(17))], by=on.eve
    )


def _book(on: Stage, *, days: int, hour: int) -> Any:
    day = clock.today("Europe/London") + dt.timedelta(days=days)
    return appointments.book(
        patient=on.ana_patient,
        clinician=on.cast.cole.membership,
        type=on.type,
        local_start=dt.datetime.combine(day, dt.time(hour)),
        time_zone="Europe/London",
        by=on.dee,
    )


@act
def book_a_visit(on: Stage) -> None:
    on.visit = _book(on, days=3, hour=10)


@act
def book_a_series(on: Stage) -> None:
    day = clock.today("Europe/London") + dt.timedelta(days=5)
    series.book_series(
        patient=on.ana_patient,
        clinician=on.cast.cole.membership,
        type=on.type,
        local_starts=series.times_of(dt.datetime.combine(day, dt.time(8)), every_weeks=2, times=3),
        every_weeks=2,
        time_zone="Europe/London",
        by=on.dee,
    )


@act
def look_at_a_visit(on: Stage) -> None:
    appointments.open_appointment(appointment=on.visit, by=on.dee)


@act
def confirm_a_visit(on: Stage) -> None:
    appointments.confirm(appointment=on.visit, by=on.dee)


@act
def move_a_visit(on: Stage) -> None:
    day = clock.today("Europe/London") + dt.timedelta(days=4)
    start = dt.datetime.combine(day, dt.time(11))
    appointments.move(appointment=on.visit, local_start=start, wished_by_patient=True, by=on.dee)


@act
def cancel_a_visit(on: Stage) -> None:
    appointments.cancel(appointment=on.visit, by_patient=True, by=on.dee)


@act
def take_a_cancellation_back(on: Stage) -> None:
    appointments.restore(appointment=on.visit, by=on.dee)


@act
def book_what_was_yesterday(on: Stage) -> None:
    on.past = _book(on, days=-1, hour=9)


@act
def record_an_outcome(on: Stage) -> None:
    appointments.record_outcome(appointment=on.past, outcome=Status.ATTENDED, by=on.cole)


@act
def undo_an_outcome(on: Stage) -> None:
    appointments.undo_outcome(appointment=on.past, by=on.cole)


@act
def give_a_record_number(on: Stage) -> None:
    patient = Patient.objects.get(pk=on.ana_patient.pk)
    people.change_patient(patient=patient, version=patient.version, record_number="R1", by=on.dee)


def _bring_in(on: Stage, clinician: str, time: str) -> None:
    day = clock.today("Europe/London") + dt.timedelta(days=20)
    text = f"id,patient,clinician,type,date,time\nX1,R1,{clinician} Staff,Talk,{day},{time}\n"
    write(plan(text, practice=on.cast.alder), practice=on.cast.alder, by=on.dee)


@act
def bring_in_appointments(on: Stage) -> None:
    _bring_in(on, "Cole", "10:00")


@act
def bring_in_another_clinician(on: Stage) -> None:
    _bring_in(on, "Cleo", "10:00")


@act
def cancel_what_was_brought_in(on: Stage) -> None:
    row = Appointment.objects.get(external_id="X1")
    appointments.cancel(appointment=row, by_patient=True, by=on.dee)


@act
def bring_it_in_again(on: Stage) -> None:
    _bring_in(on, "Cleo", "12:00")


@act
def upload_a_file(on: Stage) -> None:
    on.file = runs.upload(content=runs.EXAMPLE.encode(), by=on.dee)


@act
def throw_the_file_away(on: Stage) -> None:
    runs.drop(run=on.file, by=on.dee)


# --- Work -----------------------------------------------------------------------------------------


@act
def raise_an_alert(on: Stage) -> None:
    on.alert = work.raise_alert(
        code="test", title="T", patient_id=on.ana_patient.pk, source=on.past, by=on.eve
    )


@act
def look_at_an_alert(on: Stage) -> None:
    work.open_item(item=on.alert, by=on.cole)


@act
def acknowledge_an_alert(on: Stage) -> None:
    on.alert = work.acknowledge(item=on.alert, by=on.cole)


@act
def pass_work_on(on: Stage) -> None:
    on.alert = work.reassign(item=on.alert, to=on.cast.cleo.membership, by=on.eve)


@act
def choose_what_is_mailed(on: Stage) -> None:
    preferences.choose(mail={NoticeKind.WORK: Mail.NEVER}, by=on.cole)


@act
def move_on_what_nobody_acknowledges(on: Stage) -> None:
    if not hasattr(on, "unseen"):
        on.unseen = work.raise_alert(
            code="unseen", title="T", patient_id=on.ana_patient.pk, source=on.past, by=on.eve
        )
        AlertRung.objects.filter(item=on.unseen).update(due_at=clock.now())
    ladder.climb(on.unseen.pk)


@act
def finish_work(on: Stage) -> None:
    item = WorkItem.objects.get(pk=on.alert.pk)
    on.alert = work.finish(item=item, by=on.cleo, outcome="spoke")


@act
def take_work_up_again(on: Stage) -> None:
    work.reopen(item=WorkItem.objects.get(pk=on.alert.pk), by=on.cleo)


@act
def raise_a_task(on: Stage) -> None:
    work.raise_task(
        code="test.task",
        title="Ring",
        audience=WorkAudience.FRONT_DESK,
        due_at=_later(days=1),
        by=on.eve,
    )


# --- Forms ----------------------------------------------------------------------------------------


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


# --- Goals and notes ------------------------------------------------------------------------------


@act
def write_a_goal(on: Stage) -> None:
    on.goal = goals.write_goal(
        patient=on.ana_patient, wording="Take the bus", origin=GoalOrigin.TOGETHER, by=on.cole
    )


@act
def word_a_goal_anew(on: Stage) -> None:
    version = on.goal.version
    on.goal = goals.change_words(goal=on.goal, wording="Go by bus", version=version, by=on.ana)


@act
def rate_a_goal(on: Stage) -> None:
    goals.rate(goal=on.goal, value=4, comment="Twice", zone_name="Europe/London", by=on.ana)


@act
def put_a_goal_on_the_list(on: Stage) -> None:
    goals.bring(goal=on.goal, bring=True, by=on.ana)


@act
def take_a_goal_off_the_list(on: Stage) -> None:
    goals.bring(goal=on.goal, bring=False, by=on.cole)


@act
def write_down_a_step(on: Stage) -> None:
    on.step = goals.add_step(goal=on.goal, text="One stop", by=on.ana)


@act
def tick_a_step_off(on: Stage) -> None:
    on.step = goals.tick_step(step=on.step, done=True, by=on.ana)


@act
def take_the_tick_off(on: Stage) -> None:
    goals.tick_step(step=on.step, done=False, by=on.ana)


@act
def read_a_goal(on: Stage) -> None:
    goals.open_goal(goal=on.goal, by=on.cole)


@act
def list_goals(on: Stage) -> None:
    goals.open_goals(goals=[on.goal], patient=on.ana_patient, by=on.cole)


@act
def reach_a_goal(on: Stage) -> None:
    goals.turn(goal=on.goal, state=GoalState.REACHED, by=on.ana)


@act
def open_the_session(on: Stage) -> None:
    notes.open_session(patient=on.ana_patient, by=on.cole)


@act
def start_a_note(on: Stage) -> None:
    on.note = notes.start_note(patient=on.ana_patient, session_on=dt.date(2026, 3, 2), by=on.cole)


@act
def write_in_a_note(on: Stage) -> None:
    content = {"what_we_did": "We walked"}
    on.note = notes.save_draft(note=on.note, content=content, version=on.note.version, by=on.cole)


@act
def sign_a_note(on: Stage) -> None:
    on.note = notes.sign(note=on.note, version=on.note.version, by=on.cole)


@act
def share_a_note(on: Stage) -> None:
    on.note = notes.share(note=on.note, shared=True, by=on.cole)


@act
def read_a_note(on: Stage) -> None:
    notes.open_note(note=on.note, by=on.ana)


@act
def add_to_a_note(on: Stage) -> None:
    notes.add_to_note(note=on.note, text="It rained", by=on.ana)


@act
def look_at_earlier_versions(on: Stage) -> None:
    notes.open_history(note=on.note, by=on.cole)


@act
def stop_sharing_a_note(on: Stage) -> None:
    notes.share(note=on.note, shared=False, by=on.cole)


# --- Sealed messages ------------------------------------------------------------------------------


def _client(on: Stage, name: str) -> Client:
    """Somebody's own program for messages. Each trial has its own, as it has its own rows: what a
    failed one has learned of the server was rolled back there.
    """
    known = getattr(on, f"{name}_client", None)
    client = copy.deepcopy(known) or Client(InProcess(getattr(on, name)))
    setattr(on, f"{name}_client", client)
    return client


@act
def make_keys_for_messages(on: Stage) -> None:
    for name in ("eve", "ana", "cole"):
        _client(on, name).make_keys()


@act
def make_the_practices_key(on: Stage) -> None:
    _client(on, "eve").make_identity()


@act
def confirm_keys(on: Stage) -> None:
    assert _client(on, "eve").confirm_waiting() == 3


@act
def begin_a_thread(on: Stage) -> None:
    on.thread = _client(on, "cole").begin(str(on.ana_patient.pk))


@act
def send_a_message(on: Stage) -> None:
    _client(on, "cole").send(on.thread, "Hello")


@act
def open_messages(on: Stage) -> None:
    assert [one.text for one in _client(on, "ana").read(on.thread)] == ["Hello"]


def _finished(on: Stage) -> devices.Finished:
    """What a device sends once its PIN is chosen; nothing here opens it again."""
    slot = devices.begin_device(by=on.ana)
    return devices.Finished(
        device=slot.pk,
        label="A phone",
        salt=bytes(16),
        auth=bytes(32),
        nonce=bytes(12),
        wrapped=with_suite(bytes(48)),
    )


@act
def add_a_device(on: Stage) -> None:
    on.device = devices.finish_device(device=_finished(on), by=on.ana)


@act
def take_a_device_away(on: Stage) -> None:
    devices.revoke_device(device_id=on.device.pk, by=on.ana)


@act
def type_a_wrong_pin_too_often(on: Stage) -> None:
    """Its tries are counted in transactions that commit: here they are savepoints of the trial."""
    slot = devices.finish_device(device=_finished(on), by=on.ana)
    type(slot).objects.filter(pk=slot.pk).update(tries=devices.MOST_TRIES - 1)
    with contextlib.suppress(Refused):
        devices.open_device(device_id=slot.pk, auth=bytes([1] * 32), by=on.ana)


@act
def make_another_sheet(on: Stage) -> None:
    sheet = message_keys.Sheet(nonce=bytes(12), wrapped=with_suite(bytes(48)))
    message_keys.replace_sheet(sheet=sheet, by=on.ana)


# --- Reminders and figures ------------------------------------------------------------------------


@act
def add_a_reminder(on: Stage) -> None:
    policies.add_policy(name="Before", kind=OffsetKind.HOURS_BEFORE, offset=72, by=on.eve)


@act
def take_a_text_in(on: Stage) -> None:
    on.text = receiving.receive(sid="IN1", number=NUMBER, body="can I bring my dog")
    receiving.work(on.text.pk)


@act
def read_texts(on: Stage) -> None:
    inbox.note_reading(messages=[on.text], by=on.dee)


def _text(on: Stage) -> InboundMessage:
    return InboundMessage.objects.get(pk=on.text.pk)


@act
def hand_a_text_on(on: Stage) -> None:
    inbox.hand_to_clinician(message=_text(on), by=on.dee)


@act
def finish_a_text(on: Stage) -> None:
    inbox.finish(message=_text(on), by=on.dee)


@act
def take_a_text_up_again(on: Stage) -> None:
    inbox.reopen(message=_text(on), by=on.dee)


@act
def stop_all_texts(on: Stage) -> None:
    channels.stop(cause="our_fault", code=20003)


@act
def resume_all_texts(on: Stage) -> None:
    channels.resume(by=on.eve)


@act
def set_up_an_account_for_texts(on: Stage) -> None:
    give_account(by=on.eve)


@act
def forget_an_account_for_texts(on: Stage) -> None:
    accounts.use_practice_phone(by=on.eve)
    long_ago = clock.now() - dt.timedelta(days=4)
    TransportAccount.objects.update(created_at=long_ago, retired_at=long_ago)
    accounts.forget_old()


@act
def answer_a_link(on: Stage) -> None:
    if not hasattr(on, "token"):
        on.token = _a_link(on)
    links.answer(token=on.token, answer=LinkAnswer.CANNOT_COME)


def _a_link(on: Stage) -> str:
    """The address of the page behind a text that has just been claimed."""
    _book(on, days=2, hour=12)
    clock.move_to(_noon())
    planning.plan()
    [body] = [text.body for text in claiming.claim() if "/a/" in text.body]
    return body.rpartition("/a/")[2].split()[0].strip("/.")


def _noon() -> dt.datetime:
    return clock.now().replace(hour=12, minute=0)


@act
def take_the_ledger_out(on: Stage) -> None:
    exports.record_export(count=3, patient_id=None, asked={"show": "trouble"}, by=on.dee)


@act
def change_a_reminder(on: Stage) -> None:
    policies.replace_policy(
        policy=ReminderPolicy.objects.get(retired_at=None),
        name="Before",
        kind=OffsetKind.HOURS_BEFORE,
        offset=71,
        by=on.eve,
    )


@act
def try_a_reminder(on: Stage) -> None:
    words = usual(OffsetKind.HOURS_BEFORE)
    test_sends.send_test(
        words=Words(words.template, words.discreet_template, "", "en-gb"),
        kind=OffsetKind.HOURS_BEFORE,
        channel=Channel.SMS,
        discreet=True,
        number="+447700900199",
        by=on.eve,
    )


@act
def retire_a_reminder(on: Stage) -> None:
    policies.retire_policy(policy=ReminderPolicy.objects.get(retired_at=None), by=on.eve)


@act
def take_a_reminder_up_again(on: Stage) -> None:
    newest = ReminderPolicy.objects.exclude(replaces=None).get()
    policies.restore_policy(policy=newest, by=on.eve)


_WEEK = Period(dt.date(2026, 1, 5), dt.date(2026, 1, 11))


@act
def take_figures_out(on: Stage) -> None:
    metrics.record_export(question=Question(_WEEK), by=on.eve)


@act
def look_behind_a_figure(on: Stage) -> None:
    metrics.record_people_list(
        period=_WEEK, outcome=Outcome.ATTENDED, appointment_ids=[], total=0, by=on.eve
    )


# --- Endings --------------------------------------------------------------------------------------


@act
def leave_a_care_team(on: Stage) -> None:
    people.leave_care_team(member=on.member, by=on.eve)


@act
def close_a_record(on: Stage) -> None:
    people.end_record(patient=on.new, by=on.eve)


@act
def destroy_a_patients_keys(on: Stage) -> None:
    destroy_patient_key(patient=on.new, reason="retention", by=on.eve)


@act
def open_a_record_again(on: Stage) -> None:
    people.resume_record(patient=on.new, by=on.eve)


@act
def leave_the_practice(on: Stage) -> None:
    people.leave_practice(
        membership=Membership.objects.get(pk=on.cast.cleo.membership.pk),
        new_lead=on.cast.cole.membership,
        by=on.eve,
    )
