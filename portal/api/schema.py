"""The OpenAPI document, for the staff of a practice."""

from drf_spectacular.views import SpectacularAPIView

from portal.access.permissions import Permission


class SchemaView(SpectacularAPIView):
    """OpenAPI 3 of this practice's API."""

    required_permission = Permission.STAFF_HOME_SEE


schema = SchemaView.as_view()
