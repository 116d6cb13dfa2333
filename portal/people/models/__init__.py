"""The people of the installation and of each practice."""

from portal.people.models.accounts import Invitation, InvitationState, Letter, User
from portal.people.models.care import (
    CareRole,
    CareTeamMember,
    CloseReason,
    Cover,
    EpisodeOfCare,
    EpisodeStatus,
    JourneyStage,
    ProxyCategory,
    ProxyGrant,
)
from portal.people.models.patients import (
    ContactPoint,
    ContactSystem,
    ContactUse,
    Patient,
    PatientStatus,
    contact_token,
    ending_token,
)

__all__ = [
    "CareRole",
    "CareTeamMember",
    "CloseReason",
    "ContactPoint",
    "ContactSystem",
    "ContactUse",
    "Cover",
    "EpisodeOfCare",
    "EpisodeStatus",
    "Invitation",
    "InvitationState",
    "JourneyStage",
    "Letter",
    "Patient",
    "PatientStatus",
    "ProxyCategory",
    "ProxyGrant",
    "User",
    "contact_token",
    "ending_token",
]
