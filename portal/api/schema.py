"""The OpenAPI document, for the staff of a practice."""

from typing import Any

from django.conf import settings
from drf_spectacular.views import SpectacularAPIView
from rest_framework.request import Request
from rest_framework.response import Response

from portal.access.permissions import Permission


class SchemaView(SpectacularAPIView):
    """OpenAPI 3 of this practice's API. Its paths begin below the practice's address."""

    required_permission = Permission.STAFF_HOME_SEE
    urlconf = settings.PRACTICE_URLCONF

    def _get_schema_response(self, request: Request) -> Response:
        response: Response = super()._get_schema_response(request)  # type: ignore[no-untyped-call]  # untyped
        document: dict[str, Any] = response.data
        document["servers"] = [{"url": request._request.practice_prefix}]  # type: ignore[attr-defined]  # set by the prefix middleware
        return response


schema = SchemaView.as_view()
