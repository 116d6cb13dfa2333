"""FHIR R4, read only: `Questionnaire` and `QuestionnaireResponse` under `/alder/api/fhir/`.

The same selectors and services as the pages: whoever cannot open a response there cannot here.
"""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.urls import URLPattern, path
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema
from rest_framework.pagination import PageNumberPagination
from rest_framework.renderers import JSONRenderer
from rest_framework.request import Request
from rest_framework.response import Response as JsonResponse
from rest_framework.views import APIView

from intake import selectors
from intake.services import responses
from portal.access.permissions import Permission


class FhirRenderer(JSONRenderer):
    """JSON under FHIR's own media type."""

    media_type = "application/fhir+json"
    format = "fhir"


class FhirView(APIView):
    """Closed unless a subclass names its permission (portal.access.api)."""

    renderer_classes = [FhirRenderer, JSONRenderer]
    http_method_names = ["get", "head", "options"]


class QuestionnaireRead(FhirView):
    """One version of a form, as it came in."""

    required_permission = Permission.QUESTIONNAIRE_MANAGE

    @extend_schema(responses=OpenApiTypes.OBJECT)
    def get(self, request: Request, version_id: UUID) -> JsonResponse:
        version = selectors.version_for(_viewer(request), version_id)
        return JsonResponse({**version.document, "id": str(version.pk)})


class QuestionnaireSearch(FhirView):
    """The forms in use, as a searchset."""

    required_permission = Permission.QUESTIONNAIRE_MANAGE

    @extend_schema(responses=OpenApiTypes.OBJECT)
    def get(self, request: Request) -> JsonResponse:
        versions = selectors.published_documents_for(_viewer(request))
        return _searchset(self, request, versions, lambda one: {**one.document, "id": str(one.pk)})


class ResponseRead(FhirView):
    """One submitted form; opening it is recorded."""

    required_permission = Permission.RESPONSE_READ

    @extend_schema(responses=OpenApiTypes.OBJECT)
    def get(self, request: Request, response_id: UUID) -> JsonResponse:
        response = responses.open_response(response_id=response_id, by=_viewer(request))
        return JsonResponse(dict(response.document))


class ResponseSearch(FhirView):
    """Submitted forms, newest first, as a searchset; `?patient=` narrows it. Recorded with ids."""

    required_permission = Permission.RESPONSE_READ

    @extend_schema(responses=OpenApiTypes.OBJECT)
    def get(self, request: Request) -> JsonResponse:
        viewer = _viewer(request)
        found = selectors.responses_for(viewer)
        patient = request.query_params.get("patient", "").removeprefix("Patient/")
        if patient:
            found = found.filter(patient_id=patient) if _is_id(patient) else found.none()
        return _searchset(
            self,
            request,
            found,
            lambda one: dict(one.document),
            note=lambda shown: responses.open_responses(responses=shown, by=viewer),
        )


class _Pages(PageNumberPagination):
    page_size = 50
    page_size_query_param = "_count"
    max_page_size = 200


def _searchset(
    view: APIView, request: Request, rows: Any, resource: Any, note: Any = None
) -> JsonResponse:
    pages = _Pages()
    shown: list[Any] = list(pages.paginate_queryset(rows, request, view=view) or [])
    if note is not None and shown:
        note(shown)
    links = [{"relation": "self", "url": request.build_absolute_uri()}]
    following = pages.get_next_link()
    if following:
        links.append({"relation": "next", "url": following})
    return JsonResponse(
        {
            "resourceType": "Bundle",
            "type": "searchset",
            "total": pages.page.paginator.count if pages.page is not None else 0,
            "link": links,
            "entry": [{"resource": resource(one)} for one in shown],
        }
    )


def _viewer(request: Request) -> Any:
    return request._request.viewer  # type: ignore[attr-defined]  # set by the practice middleware


def _is_id(text: str) -> bool:
    try:
        UUID(text)
    except ValueError:
        return False
    return True


urlpatterns: list[URLPattern] = [
    path("fhir/Questionnaire/", QuestionnaireSearch.as_view(), name="questionnaire_search"),
    path(
        "fhir/Questionnaire/<uuid:version_id>/",
        QuestionnaireRead.as_view(),
        name="questionnaire_read",
    ),
    path("fhir/QuestionnaireResponse/", ResponseSearch.as_view(), name="response_search"),
    path(
        "fhir/QuestionnaireResponse/<uuid:response_id>/",
        ResponseRead.as_view(),
        name="response_read",
    ),
]
