"""Threads: lists, stretches, envelopes, receipts, news."""

from __future__ import annotations

from uuid import UUID

from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from messaging.api import bodies, words
from messaging.api.base import Json, MessagingView, query_of, read, viewer_of
from messaging.blobs import to_text
from messaging.models import Epoch, Thread
from messaging.selectors import threads as reading
from messaging.services import messages
from messaging.services import threads as writing
from portal.access.permissions import Permission
from portal.access.viewer import Viewer

JSON = extend_schema(responses=OpenApiTypes.OBJECT)


class Threads(MessagingView):
    """One's threads, those with news first; and beginning one."""

    required_permission = Permission.MESSAGE_THREAD

    @JSON
    def get(self, request: Request) -> Response:
        page = query_of(request).get("page", 1)
        start = (page - 1) * reading.PAGE
        found = list(reading.threads_for(viewer_of(request))[start : start + reading.PAGE + 1])
        shown = found[: reading.PAGE]
        parties = reading.parties_of({one.patient_id for one in shown})
        return Response(
            {
                "threads": [
                    words.of_thread(one, parties[one.patient_id], unread=one.unread)
                    for one in shown
                ],
                "next": page + 1 if len(found) > len(shown) else None,
            }
        )

    @extend_schema(request=bodies.PatientBody, responses=OpenApiTypes.OBJECT)
    def post(self, request: Request) -> Response:
        given = read(bodies.PatientBody, request)
        thread, is_new = writing.begin_thread(patient_id=given["patient"], by=viewer_of(request))
        parties = reading.parties_of([thread.patient_id])[thread.patient_id]
        return Response(words.of_thread(thread, parties), status=201 if is_new else 200)


class ThreadRead(MessagingView):
    """A thread with everything that a client needs to check and open it; opening is recorded."""

    required_permission = Permission.MESSAGE_THREAD

    @JSON
    def get(self, request: Request, thread_id: UUID) -> Response:
        viewer, before = viewer_of(request), query_of(request).get("before")
        thread = reading.thread_for(viewer, thread_id)
        parties = reading.parties_of([thread.patient_id])[thread.patient_id]
        epochs = reading.epochs_of(thread)
        sequence, previous = reading.last_of_sender(thread, viewer.membership_id)
        found = reading.envelopes_for(viewer, thread, before=before)
        page = found[-reading.PAGE :]
        if before is None:
            writing.note_opening(thread=thread, by=viewer)
        elif page:  # behind the first page there is nothing to read
            writing.note_reading(thread=thread, by=viewer)
        return Response(
            {
                "thread": words.of_thread(thread, parties),
                "readers": [words.of_reader(one, one.keys) for one in parties.readers if one.keys],
                "epochs": _epochs(viewer, thread, epochs),
                "envelopes": [words.of_envelope(one) for one in page],
                "more": len(found) > len(page),
                "cursor": thread.counter,
                "my": {"sequence": sequence, "previous": to_text(previous)},
                "rotation_needed": reading.needs_rotation(epochs[-1] if epochs else None, parties),
            }
        )


def _epochs(viewer: Viewer, thread: Thread, epochs: list[Epoch]) -> list[Json]:
    keys = reading.sealed_keys_for(viewer, thread)
    return [
        {
            "number": epoch.number,
            "members": epoch.members,
            "commit": to_text(epoch.commit),
            "signature": to_text(epoch.signature),
            "signer": {"person": str(epoch.signer_id), "kid": epoch.signer_kid},
            "sealed_key": to_text(keys[epoch.pk].blob) if epoch.pk in keys else None,
            "made_at": epoch.made_at,
        }
        for epoch in epochs
    ]


class Epochs(MessagingView):
    """Begin the next stretch."""

    required_permission = Permission.MESSAGE_THREAD

    @extend_schema(request=bodies.EpochBody, responses=OpenApiTypes.OBJECT)
    def post(self, request: Request, thread_id: UUID) -> Response:
        viewer = viewer_of(request)
        reading.thread_for(viewer, thread_id)  # who has no thread is told nothing of its shapes
        given = read(bodies.EpochBody, request)
        epoch = writing.make_epoch(thread_id=thread_id, new=bodies.EpochBody.made(given), by=viewer)
        return Response({"number": epoch.number, "made_at": epoch.made_at}, status=201)


class Envelopes(MessagingView):
    """Send a sealed message."""

    required_permission = Permission.MESSAGE_THREAD

    @extend_schema(request=bodies.EnvelopeBody, responses=OpenApiTypes.OBJECT)
    def post(self, request: Request, thread_id: UUID) -> Response:
        viewer = viewer_of(request)
        reading.thread_for(viewer, thread_id)
        given = read(bodies.EnvelopeBody, request)
        envelope, is_new = messages.store_envelope(
            thread_id=thread_id, new=bodies.EnvelopeBody.made(given), by=viewer
        )
        return Response(
            {"stored_at": envelope.stored_at, "position": envelope.position},
            status=201 if is_new else 200,
        )


class Receipts(MessagingView):
    """Confirm that messages came or were read."""

    required_permission = Permission.MESSAGE_THREAD

    @extend_schema(request=bodies.ReceiptsBody, responses=OpenApiTypes.OBJECT)
    def post(self, request: Request, thread_id: UUID) -> Response:
        viewer = viewer_of(request)
        reading.thread_for(viewer, thread_id)
        given = read(bodies.ReceiptsBody, request)
        new = messages.store_receipts(
            thread_id=thread_id, receipts=bodies.ReceiptsBody.made(given), by=viewer
        )
        return Response({"new": new}, status=201 if new else 200)


class News(MessagingView):
    """What came since a place: asked again and again, so it is one query while nothing has.

    Messages of others that come this way are a reading like any other.
    """

    required_permission = Permission.MESSAGE_THREAD

    @JSON
    def get(self, request: Request, thread_id: UUID) -> Response:
        viewer, query = viewer_of(request), query_of(request)
        after = query.get("after", 0)
        thread = reading.thread_for(viewer, thread_id)
        stands = _state_of(thread) if query.get("state") else {}
        if after >= thread.counter:
            return Response({"cursor": thread.counter, "envelopes": [], "receipts": [], **stands})
        envelopes = reading.envelopes_for(viewer, thread, after=after)
        receipts = reading.receipts_after(viewer, thread, after)
        if any(one.sender_id != viewer.membership_id for one in envelopes):
            writing.note_reading(thread=thread, by=viewer)
        more = max(len(envelopes), len(receipts)) > reading.NEWS
        cursor = reading.news_cursor(envelopes, receipts) if more else thread.counter
        last = reading.last_epoch_of(thread)
        return Response(
            {
                "cursor": cursor,
                "more": more,
                "epoch": last.number if last else 0,
                "envelopes": [
                    words.of_envelope(one) for one in envelopes if one.position <= cursor
                ],
                "receipts": [
                    {"message_id": str(one.envelope.message_id), **words.of_receipt(one)}
                    for one in receipts
                    if one.position <= cursor
                ],
                **stands,
            }
        )


def _state_of(thread: Thread) -> Json:
    """Whom it waits for: asked while it does, so that looking again is no new opening."""
    return {"state": reading.parties_of([thread.patient_id])[thread.patient_id].state}
