"""The JSON API is closed by default: a class says its permission or answers nobody."""

from typing import Any

from rest_framework.permissions import BasePermission
from rest_framework.request import Request


class DeclaredPermission(BasePermission):
    """Lets in a viewer who holds the view's `required_permission`; without one, nobody."""

    def has_permission(self, request: Request, view: Any) -> bool:
        permission = getattr(view, "required_permission", None)
        viewer = getattr(request, "viewer", None)
        return permission is not None and viewer is not None and viewer.can(permission)
