"""Who is asking: a person in one practice, or the portal itself."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from uuid import UUID

from portal.access.permissions import Permission
from portal.access.roles import STAFF_ROLES, Role, permissions_of


@dataclass(frozen=True)
class Viewer:
    """A person in one practice, with the roles they hold there now.

    `patient_id` is their own record where they are a patient.
    """

    user_id: UUID
    membership_id: UUID
    practice_id: UUID
    roles: frozenset[Role]
    display_name: str
    patient_id: UUID | None = None

    @cached_property
    def permissions(self) -> frozenset[Permission]:
        return permissions_of(self.roles)

    def can(self, permission: Permission) -> bool:
        return permission in self.permissions

    @property
    def is_staff(self) -> bool:
        return bool(self.roles & STAFF_ROLES)

    @property
    def role_names(self) -> str:
        return " ".join(sorted(self.roles))


@dataclass(frozen=True)
class SystemActor:
    """The portal acting by itself; `name` says which part, in words a manager can read."""

    name: str

    membership_id: None = None
    user_id: None = None

    @property
    def display_name(self) -> str:
        return self.name

    @property
    def role_names(self) -> str:
        return "system"


Actor = Viewer | SystemActor
