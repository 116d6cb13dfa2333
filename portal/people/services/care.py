"""Writing who cares for a patient, and in which episode."""

from __future__ import annotations

import datetime as dt

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from portal import clock
from portal.access.roles import Role
from portal.access.viewer import Actor
from portal.audit import services as audit
from portal.people.models import (
    CareRole,
    CareTeamMember,
    CloseReason,
    EpisodeOfCare,
    EpisodeStatus,
    JourneyStage,
    Patient,
)
from portal.people.services.patients import hold
from portal.practices.models import Membership
from portal.tenancy.errors import DomainError


def join_care_team(
    *, patient: Patient, membership: Membership, role: CareRole, by: Actor
) -> CareTeamMember:
    """Put a clinician on the care team; a new lead takes the old one's place as a member."""
    if Role.CLINICIAN not in membership.role_set:
        raise DomainError(_("Only clinicians can be on a care team."))
    hold(patient)
    team = CareTeamMember.objects.filter(patient=patient, ended_at=None)
    if role == CareRole.LEAD:
        team.filter(role=CareRole.LEAD).exclude(membership=membership).update(role=CareRole.MEMBER)
    member = team.filter(membership=membership).first()
    if member is None:
        member = CareTeamMember.objects.create(
            patient=patient, membership=membership, role=role, started_at=clock.now()
        )
    else:
        member.role = role
        member.save(update_fields=["role"])
    audit.record(
        "care_team.join",
        by=by,
        obj=member,
        patient_id=patient.pk,
        details={"membership": str(membership.pk), "role": role.value},
    )
    return member


def leave_care_team(*, member: CareTeamMember, by: Actor) -> CareTeamMember:
    member.ended_at = clock.now()
    member.save(update_fields=["ended_at"])
    audit.record("care_team.leave", by=by, obj=member, patient_id=member.patient_id)
    return member


def move_to_stage(*, episode: EpisodeOfCare, stage: JourneyStage, by: Actor) -> EpisodeOfCare:
    before, episode.stage = episode.stage, stage
    episode.save(update_fields=["stage"])
    audit.record(
        "episode.move",
        by=by,
        obj=episode,
        patient_id=episode.patient_id,
        details={"before": before, "after": stage.value},
    )
    return episode


def close_episode(
    *, episode: EpisodeOfCare, reason: CloseReason, on: dt.date, by: Actor
) -> EpisodeOfCare:
    """End an episode by a person's decision; nobody is discharged by the portal itself."""
    episode = EpisodeOfCare.objects.select_for_update(no_key=True).get(pk=episode.pk)
    if episode.status == EpisodeStatus.FINISHED:
        raise DomainError(_("This episode has ended already."))
    if on < episode.opened_on:
        raise DomainError(_("An episode cannot end before it began."))
    episode.status, episode.close_reason, episode.closed_on = EpisodeStatus.FINISHED, reason, on
    episode.save(update_fields=["status", "close_reason", "closed_on"])
    audit.record(
        "episode.close",
        by=by,
        obj=episode,
        patient_id=episode.patient_id,
        details={"reason": reason.value},
    )
    return episode


def open_episode(*, patient: Patient, on: dt.date, by: Actor) -> EpisodeOfCare:
    """A new stretch of care for somebody who comes back."""
    try:
        with transaction.atomic():
            episode = EpisodeOfCare.objects.create(patient=patient, opened_on=on)
    except IntegrityError as error:
        raise DomainError(_("An episode is open already.")) from error
    audit.record("episode.open", by=by, obj=episode, patient_id=patient.pk)
    return episode
