"""Endings: what cannot be taken back."""

from __future__ import annotations

from portal.people import services as people
from portal.people.services.shredding import destroy_patient_key
from portal.practices.models import Membership
from tests.audit.acts.act import Acts, Stage

act = Acts()


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
