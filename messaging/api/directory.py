"""The practice's identity and its directory of keys."""

from __future__ import annotations

from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from messaging.api import bodies, words
from messaging.api.base import MessagingView, ask_for_proof, query_of, read, viewer_of
from messaging.blobs import to_text
from messaging.selectors import keys as reading
from messaging.services import directory
from messaging.services import keys as writing
from portal.access.permissions import Permission

JSON = extend_schema(responses=OpenApiTypes.OBJECT)


class Identity(MessagingView):
    """The practice's identity: made once; its private half goes to its maker alone."""

    required_permission = Permission.MESSAGE_CONFIRM

    @JSON
    def get(self, request: Request) -> Response:
        identity = reading.own_identity(viewer_of(request))
        return Response({"public": to_text(identity.public), "wrapped": to_text(identity.wrapped)})

    @extend_schema(request=bodies.IdentityBody, responses=OpenApiTypes.OBJECT)
    def post(self, request: Request) -> Response:
        ask_for_proof(request)
        given = read(bodies.IdentityBody, request)
        identity = writing.make_identity(**given, by=viewer_of(request))
        return Response({"public": to_text(identity.public)}, status=201)


class Directory(MessagingView):
    """Everybody's public keys, as a chain; the holder of the identity adds to it."""

    required_permission = Permission.MESSAGE_KEYS

    @JSON
    def get(self, request: Request) -> Response:
        entries = reading.directory_after(query_of(request).get("after", 0))
        n, head = reading.directory_head()
        page = entries[: reading.ENTRIES_AT_A_TIME]
        return Response(
            {
                "entries": [words.of_entry(one) for one in page],
                "n": n,
                "head": to_text(head),
                "more": len(entries) > len(page),
            }
        )

    @extend_schema(request=bodies.LinesBody, responses=OpenApiTypes.OBJECT)
    def post(self, request: Request) -> Response:
        given = read(bodies.LinesBody, request)
        n, head = directory.append_lines(lines=bodies.LinesBody.made(given), by=viewer_of(request))
        return Response({"n": n, "head": to_text(head)}, status=201)


class Pending(MessagingView):
    """What waits for a signature."""

    required_permission = Permission.MESSAGE_CONFIRM

    @JSON
    def get(self, request: Request) -> Response:
        waiting = reading.waiting_lines(viewer_of(request))
        return Response({"pending": [words.of_waiting(one) for one in waiting]})
