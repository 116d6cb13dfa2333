"""Reading patients and those around them, as somebody."""

from __future__ import annotations

import datetime as dt
from uuid import UUID

from django.db.models import Exists, OuterRef, Prefetch, Q, QuerySet
from django.utils.timezone import get_current_timezone_name

from portal import clock
from portal.access.once import once
from portal.access.permissions import Permission
from portal.access.roles import Role
from portal.access.viewer import Viewer
from portal.audit import sight
from portal.people.models import (
    CareRole,
    CareTeamMember,
    ContactPoint,
    Cover,
    EpisodeOfCare,
    EpisodeStatus,
    Patient,
    PatientStatus,
    ProxyCategory,
    ProxyGrant,
    ending_token,
)
from portal.people.reach import memberships_in_reach
from portal.practices.models import Membership
from portal.tenancy.errors import NotFound

SEES_EVERY_PATIENT = frozenset({Role.FRONT_DESK, Role.MANAGER})


def patients_for(viewer: Viewer) -> QuerySet[Patient]:
    """The patients this person may know of, by name.

    Front desk and managers: the whole practice. Clinicians: their care teams' patients and those of
    the people they cover now. Patients: themselves. Carers: those who have let them in.
    """
    patients = Patient.objects.order_by("family_name", "given_name", "pk")
    if viewer.roles & SEES_EVERY_PATIENT:
        return patients
    reach = Q(pk__in=[])
    if Role.CLINICIAN in viewer.roles:
        reach |= Q(
            Exists(
                CareTeamMember.objects.filter(
                    patient=OuterRef("pk"),
                    ended_at=None,
                    membership_id__in=memberships_in_reach(viewer),
                )
            )
        )
    if viewer.patient_id is not None:
        reach |= Q(pk=viewer.patient_id)
    if Role.PROXY in viewer.roles:
        reach |= Q(Exists(_live_grants(viewer).filter(patient=OuterRef("pk"))))
    return patients.filter(reach)


def patient_for(viewer: Viewer, patient_id: UUID) -> Patient:
    """One patient. Raises NotFound for a missing one and for one out of reach alike."""
    patient = patients_for(viewer).filter(pk=patient_id).first()
    if patient is None:
        raise NotFound("No such patient.")
    sight.handed(patient.pk)
    return patient


def clinical_patients_for(viewer: Viewer) -> QuerySet[Patient]:
    """The patients whose clinical record this person may open: care team and cover, and oneself.

    Front desk and managers see no clinical text, whatever they see of the schedule.
    """
    if viewer.patient_id is not None:
        return Patient.objects.filter(pk=viewer.patient_id)
    if Role.CLINICIAN not in viewer.roles:
        return Patient.objects.none()
    return Patient.objects.filter(
        Exists(
            CareTeamMember.objects.filter(
                patient=OuterRef("pk"),
                ended_at=None,
                membership_id__in=memberships_in_reach(viewer),
            )
        )
    ).order_by("family_name", "given_name", "pk")


def clinical_patient_for(viewer: Viewer, patient_id: UUID) -> Patient:
    """One patient's clinical record. Raises NotFound."""
    patient = clinical_patients_for(viewer).filter(pk=patient_id).first()
    if patient is None:
        raise NotFound("No such patient.")
    sight.handed(patient.pk)
    return patient


def find_patients(viewer: Viewer, *, words: str) -> QuerySet[Patient]:
    """Patients in reach whose name, record number or telephone matches the words.

    Names and record numbers: each word begins one of them. A telephone is typed with any spaces
    and with or without the country; its last digits decide.
    """
    found = patients_for(viewer).filter(status=PatientStatus.ACTIVE)
    if not any(character.isalpha() for character in words):
        return found.filter(_numbered(words))
    for word in words.split()[:5]:
        found = found.filter(
            Q(given_name__istartswith=word)
            | Q(family_name__istartswith=word)
            | Q(preferred_name__istartswith=word)
            | Q(record_number__iexact=word)
        )
    return found


def _numbered(words: str) -> Q:
    """The record of that number, or those whose telephone ends in these digits (at least four)."""
    match = Q(record_number__iexact=words.strip()) & ~Q(record_number="")
    digits = "".join(character for character in words if character in "0123456789").lstrip("0")
    if len(digits) < 4:
        return match
    return match | Q(
        Exists(
            ContactPoint.objects.filter(
                patient=OuterRef("pk"),
                ended_at=None,
                value_endings__contains=[ending_token(digits)],
            )
        )
    )


def patients_alike(
    viewer: Viewer, *, given_name: str, family_name: str, birth_date: dt.date | None
) -> list[Patient]:
    """Patients in reach with that name, and with that birth date where both have one; five."""
    alike = patients_for(viewer).filter(
        given_name__iexact=given_name, family_name__iexact=family_name
    )
    if birth_date is not None:
        alike = alike.filter(Q(birth_date=birth_date) | Q(birth_date=None))
    return list(alike[:5])


def caseload_for(viewer: Viewer) -> QuerySet[Patient]:
    """The active patients on this person's own care teams, with lead and open episode."""
    own = CareTeamMember.objects.filter(membership_id=viewer.membership_id, ended_at=None)
    return with_care(
        Patient.objects.filter(
            Exists(own.filter(patient=OuterRef("pk"))), status=PatientStatus.ACTIVE
        ).order_by("family_name", "given_name", "pk")
    )


def led_only(viewer: Viewer, patients: QuerySet[Patient]) -> QuerySet[Patient]:
    """Those of the patients whom the viewer leads."""
    leads = CareTeamMember.objects.filter(
        patient=OuterRef("pk"),
        membership_id=viewer.membership_id,
        role=CareRole.LEAD,
        ended_at=None,
    )
    return patients.filter(Exists(leads))


def with_care(patients: QuerySet[Patient]) -> QuerySet[Patient]:
    """The same patients with `live_care_team` and `open_episodes` loaded: two more queries."""
    return patients.prefetch_related(
        Prefetch(
            "care_team",
            queryset=CareTeamMember.objects.filter(ended_at=None).select_related("membership"),
            to_attr="live_care_team",
        ),
        Prefetch(
            "episodes",
            queryset=EpisodeOfCare.objects.exclude(status=EpisodeStatus.FINISHED),
            to_attr="open_episodes",
        ),
    )


def own_patient(viewer: Viewer) -> Patient:
    """The record of the person who asks. Raises NotFound for somebody without one."""
    own = viewer.patient_id
    if own is None:
        raise NotFound("No record of your own here.")
    return once(lambda: Patient.objects.get(pk=own), "patient", own)


def hold_own_patient(viewer: Viewer, patient: Patient) -> None:
    """A card has read the viewer's own record: a page that only reads does not ask again."""
    if patient.pk == viewer.patient_id:
        once(lambda: patient, "patient", viewer.patient_id)


def patients_helped_by(viewer: Viewer) -> QuerySet[ProxyGrant]:
    """What a carer has been allowed, with the patients."""
    return _live_grants(viewer).select_related("patient").order_by("patient__given_name", "pk")


def helped_patient_ids(viewer: Viewer, category: ProxyCategory) -> QuerySet[ProxyGrant, UUID]:
    """Ids of the patients who let this carer see that category."""
    return (
        _live_grants(viewer)
        .filter(categories__contains=[category])
        .values_list("patient_id", flat=True)
    )


def _live_grants(viewer: Viewer) -> QuerySet[ProxyGrant]:
    day = clock.today(get_current_timezone_name())  # a page's zone is its practice's
    return ProxyGrant.objects.filter(proxy_id=viewer.membership_id, ended_at=None, ends_on__gte=day)


def contact_points_of(viewer: Viewer, patient: Patient) -> QuerySet[ContactPoint]:
    """How to reach a patient whom the viewer has already opened; live ones, best first."""
    if not (viewer.can(Permission.PATIENT_CONTACT_EDIT) or viewer.patient_id == patient.pk):
        return ContactPoint.objects.none()
    return ContactPoint.objects.filter(patient=patient, ended_at=None).order_by("rank", "pk")


def care_team_of(patient: Patient | UUID) -> QuerySet[CareTeamMember]:
    """The care team of a patient already given, or of their id, the lead first."""
    return (
        CareTeamMember.objects.filter(patient=patient, ended_at=None)
        .select_related("membership")
        .order_by("role", "membership__display_name", "pk")
    )


def lead_clinician_of(patient_id: UUID) -> Membership | None:
    """The lead clinician, or None where nobody leads or the lead has left."""
    member = (
        CareTeamMember.objects.filter(
            patient_id=patient_id, ended_at=None, role=CareRole.LEAD, membership__status="active"
        )
        .select_related("membership")
        .first()
    )
    return member.membership if member else None


def open_episode_of(patient: Patient) -> EpisodeOfCare | None:
    return (
        EpisodeOfCare.objects.filter(patient=patient).exclude(status=EpisodeStatus.FINISHED).first()
    )


def contact_point_for(viewer: Viewer, patient: Patient, point_id: UUID) -> ContactPoint:
    """One live contact point of a patient whom the viewer has been given. Raises NotFound."""
    point = contact_points_of(viewer, patient).filter(pk=point_id).first()
    if point is None:
        raise NotFound("No such contact point.")
    return point


def care_team_member_for(patient: Patient, member_id: UUID) -> CareTeamMember:
    """One live place on the care team of a patient already given. Raises NotFound."""
    member = care_team_of(patient).filter(pk=member_id).first()
    if member is None:
        raise NotFound("Nobody like that on the care team.")
    return member


def episodes_of(patient: Patient) -> QuerySet[EpisodeOfCare]:
    """All episodes of a patient already given, the newest first."""
    return EpisodeOfCare.objects.filter(patient=patient).order_by("-opened_on", "-pk")


def carers_of(patient: Patient) -> QuerySet[ProxyGrant]:
    """Who may help a patient already given, also those whose time has run out."""
    return (
        ProxyGrant.objects.filter(patient=patient, ended_at=None)
        .select_related("proxy")
        .order_by("proxy__display_name", "pk")
    )


def carer_for(patient: Patient, grant_id: UUID) -> ProxyGrant:
    """One live permission of a patient already given. Raises NotFound."""
    grant = carers_of(patient).filter(pk=grant_id).first()
    if grant is None:
        raise NotFound("No such carer.")
    return grant


def account_of(patient: Patient) -> Membership | None:
    """The patient's own place in the practice, where they can sign in."""
    return Membership.objects.active().filter(patient_id=patient.pk).first()


def patients_without_lead(viewer: Viewer) -> QuerySet[Patient]:
    """Active patients in reach whom nobody leads, or whose lead has left."""
    leads = CareTeamMember.objects.filter(
        patient=OuterRef("pk"), ended_at=None, role=CareRole.LEAD, membership__status="active"
    )
    return patients_for(viewer).filter(~Exists(leads), status=PatientStatus.ACTIVE)


def patients_led_by(membership: Membership) -> QuerySet[Patient]:
    """The active patients whom this clinician leads, for somebody who may see the whole staff."""
    return Patient.objects.filter(
        Exists(
            CareTeamMember.objects.filter(
                patient=OuterRef("pk"), ended_at=None, role=CareRole.LEAD, membership=membership
            )
        ),
        status=PatientStatus.ACTIVE,
    ).order_by("family_name", "given_name", "pk")


def covers_for(viewer: Viewer) -> QuerySet[Cover]:
    """Cover that has not ended: every one for managers, else one's own and for oneself."""
    covers = Cover.objects.filter(ended_at=None, ends_at__gt=clock.now())
    if Role.MANAGER not in viewer.roles:
        own = viewer.membership_id
        covers = covers.filter(Q(absent_id=own) | Q(cover_id=own))
    return covers.select_related("absent", "cover").order_by("starts_at", "pk")


def cover_row_for(viewer: Viewer, cover_id: UUID) -> Cover:
    """One cover. Raises NotFound."""
    row = covers_for(viewer).filter(pk=cover_id).first()
    if row is None:
        raise NotFound("No such cover.")
    return row


def device_trouble_for(viewer: Viewer) -> QuerySet[Patient]:
    """Patients whom a navigator can help: not signed in yet, or a number that does not work.

    Each carries `has_account`, `has_bad_number` and `has_stopped`, and nothing of their care.
    """
    if not viewer.can(Permission.DEVICE_HELP):
        return Patient.objects.none()
    points = ContactPoint.objects.filter(patient=OuterRef("pk"), ended_at=None)
    return (
        Patient.objects.filter(status=PatientStatus.ACTIVE)
        .annotate(
            has_account=Exists(Membership.objects.active().filter(patient_id=OuterRef("pk"))),
            has_bad_number=Exists(points.filter(bad_since__isnull=False)),
            has_stopped=Exists(points.filter(stopped_at__isnull=False)),
        )
        .exclude(has_account=True, has_bad_number=False, has_stopped=False)
        .order_by("family_name", "given_name", "pk")
    )


# For background work inside one practice: no viewer, so never for a page.


def patient_by_id(patient_id: UUID) -> Patient:
    """A record of the ambient practice. Raises NotFound."""
    patient = Patient.objects.filter(pk=patient_id).first()
    if patient is None:
        raise NotFound("No such patient.")
    return patient
