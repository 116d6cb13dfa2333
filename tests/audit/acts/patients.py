"""Patients."""

from __future__ import annotations

import datetime as dt

from portal.people import invitations
from portal.people import services as people
from portal.people.models import (
    CareRole,
    CloseReason,
    ContactSystem,
    JourneyStage,
    ProxyCategory,
)
from tests.audit.acts.act import Acts, Stage, later

act = Acts()


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
        starts_at=later(days=1),
        ends_at=later(days=2),
        by=on.eve,
    )


@act
def end_cover(on: Stage) -> None:
    people.end_cover(cover=on.cover, by=on.eve)
