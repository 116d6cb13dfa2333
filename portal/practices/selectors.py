"""Reading practices and memberships."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import Any
from uuid import UUID

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import Func, IntegerField, QuerySet

from portal.access.once import once
from portal.access.roles import Role
from portal.access.viewer import Viewer
from portal.practices.models import (
    Membership,
    MembershipQuerySet,
    Practice,
    PracticeSettings,
    PracticeStatus,
)
from portal.tenancy.context import current_practice_id, user_scope
from portal.tenancy.errors import NotFound


def viewer_of(user: Any) -> Viewer | None:
    """The person as a viewer in the ambient practice; None for somebody without a place there."""
    if not user.is_authenticated:
        return None
    membership = Membership.objects.active().filter(user_id=user.pk).first()
    return viewer_for(membership) if membership else None


def viewer_for(membership: Membership) -> Viewer:
    """The viewer that a membership stands for."""
    return Viewer(
        user_id=membership.user_id,
        membership_id=membership.pk,
        practice_id=membership.practice_id,
        roles=membership.role_set,
        display_name=membership.display_name,
        patient_id=membership.patient_id,
    )


def current_practice() -> Practice:
    """The practice in force."""
    return once(lambda: Practice.objects.get(pk=current_practice_id()), "practice")


def practice_named(slug: str) -> Practice:
    """The practice of that slug, also a closed one. Raises NotFound."""
    practice = Practice.objects.filter(slug=slug).first()
    if practice is None:
        raise NotFound(f"No practice is called {slug}.")
    return practice


def active_practices() -> QuerySet[Practice]:
    """Practices that are open, for sweeps; in order of their slug."""
    return Practice.objects.exclude(status=PracticeStatus.CLOSED).order_by("slug")


def all_practices() -> QuerySet[Practice]:
    """Every practice, closed ones too, for whoever looks after the installation."""
    return Practice.objects.order_by("slug")


def hold_practice(practice: Practice) -> None:
    """The request has read its practice already: a page that only reads does not ask again."""
    once(lambda: practice, "practice")


def counts_of(many: Sequence[QuerySet[Any]]) -> list[int]:
    """How many rows each of these finds; one statement for all of them."""
    if not many:
        return []
    counts = [
        Func(
            ArraySubquery(rows.order_by().values("pk")),
            function="CARDINALITY",
            output_field=IntegerField(),
        )
        for rows in many
    ]
    return list(Practice.objects.filter(pk=current_practice_id()).values_list(*counts).get())


def settings_of_practice() -> PracticeSettings:
    """How the ambient practice works."""
    return once(PracticeSettings.objects.get, "settings")


def practices_of(user: Any) -> list[Practice]:
    """The open practices in which this person has a place, by name. Opens its own transaction."""
    with user_scope(user.pk):
        # Row security shows a person's own rows in every practice through a policy of its own.
        ids = list(
            Membership._base_manager.filter(user_id=user.pk, status="active").values_list(
                "practice_id", flat=True
            )
        )
    return list(active_practices().filter(pk__in=ids).order_by("name"))


def staff_members() -> MembershipQuerySet:
    """The practice's active staff, by name."""
    return Membership.objects.active().staff().order_by("display_name", "pk")


def clinicians() -> MembershipQuerySet:
    """The practice's active clinicians, by name."""
    return staff_members().with_role(Role.CLINICIAN)


def managers() -> MembershipQuerySet:
    return staff_members().with_role(Role.MANAGER)


def members_for(viewer: Viewer) -> QuerySet[Membership]:
    """Everybody on the staff, those who left last; for the people page."""
    return (
        Membership.objects.staff().select_related("user").order_by("status", "display_name", "pk")
    )


def member_for(viewer: Viewer, membership_id: UUID) -> Membership:
    """One member of staff. Raises NotFound."""
    membership = members_for(viewer).filter(pk=membership_id).first()
    if membership is None:
        raise NotFound("No such person.")
    return membership


def membership_of_viewer(viewer: Viewer) -> Membership:
    return Membership.objects.select_related("user").get(pk=viewer.membership_id)


def is_open_at(settings: PracticeSettings, local: dt.datetime) -> bool:
    """True when the practice's hours hold that local time."""
    clock_time = local.strftime("%H:%M")
    return any(
        row["day"] == local.weekday() and row["opens"] <= clock_time < row["closes"]
        for row in settings.hours
    )
