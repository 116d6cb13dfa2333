"""Print which role holds which permission, read from the code."""

from typing import Any

from django.core.management.base import BaseCommand

from portal.access.permissions import Permission
from portal.access.roles import ROLE_PERMISSIONS, Role


class Command(BaseCommand):
    help = "Print which role may do what."
    requires_system_checks = []

    def handle(self, *args: Any, **options: Any) -> None:
        width = max(len(permission) for permission in Permission)
        self.stdout.write(" ".join([" " * width, *(role.value for role in Role)]))
        for permission in Permission:
            marks = (
                ("yes" if permission in ROLE_PERMISSIONS[role] else "-").center(len(role.value))
                for role in Role
            )
            self.stdout.write(" ".join([permission.ljust(width), *marks]).rstrip())
