"""One's own keys, devices and recovery sheet."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.db import transaction
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from messaging.api import bodies, words
from messaging.api.base import MessagingView, ask_for_proof, read, viewer_of
from messaging.blobs import to_text
from messaging.sealed.primitives import sha256
from messaging.selectors import keys as reading
from messaging.services import devices
from messaging.services import keys as writing
from portal.access.permissions import Permission
from portal.tenancy.context import practice_transaction
from portal.tenancy.errors import NotFound

JSON = extend_schema(responses=OpenApiTypes.OBJECT)


class State(MessagingView):
    """What a client asks first: who am I here, and what is there of my keys."""

    required_permission = Permission.MESSAGE_KEYS

    @JSON
    def get(self, request: Request) -> Response:
        viewer = viewer_of(request)
        keys, identity = reading.own_keys(viewer), reading.identity()
        n, head = reading.directory_head()
        return Response(
            {
                "practice": str(viewer.practice_id),
                "person": str(viewer.membership_id),
                "role": reading.role_of(viewer.roles),
                "may_confirm": viewer.can(Permission.MESSAGE_CONFIRM),
                "display_name": viewer.display_name,
                "identity": identity
                and {
                    "public": to_text(identity.public),
                    "fingerprint": to_text(sha256(b"mhp-id/1", identity.public)),
                },
                "keys": keys
                and {
                    **words.of_keys(keys),
                    "confirmed": reading.usable_keys(viewer) is not None,
                    "revoked": reading.was_revoked(keys),
                },
                "devices": [words.of_device(one) for one in reading.devices_of(viewer)],
                "directory": {"n": n, "head": to_text(head)},
            }
        )


class Keys(MessagingView):
    """Make one's keys, or others in their place."""

    required_permission = Permission.MESSAGE_KEYS

    @extend_schema(request=bodies.KeysBody, responses=OpenApiTypes.OBJECT)
    def post(self, request: Request) -> Response:
        ask_for_proof(request)  # for first ones as well: whoever makes them reads
        given, viewer = read(bodies.KeysBody, request), viewer_of(request)
        keys = writing.make_keys(
            new=bodies.KeysBody.made(given),
            sheet=bodies.SheetBody.made(given["recovery"]),
            device=bodies.DeviceBody.made(given["device"]) if given["device"] else None,
            may_replace=given["replace"],
            by=viewer,
        )
        return Response({"kid": keys.kid}, status=201)


class DeviceBegin(MessagingView):
    """A slot and its share, for a device on which a PIN is being chosen."""

    required_permission = Permission.MESSAGE_KEYS

    @extend_schema(request=None, responses=OpenApiTypes.OBJECT)
    def post(self, request: Request) -> Response:
        slot = devices.begin_device(by=viewer_of(request))
        share = to_text(slot.server_share or b"")
        return Response({"device": str(slot.pk), "server_share": share}, status=201)


class Devices(MessagingView):
    """Add a device to keys that are there."""

    required_permission = Permission.MESSAGE_KEYS

    @extend_schema(request=bodies.DeviceBody, responses=OpenApiTypes.OBJECT)
    def post(self, request: Request) -> Response:
        given = read(bodies.DeviceBody, request)
        ask_for_proof(request)
        slot = devices.finish_device(device=bodies.DeviceBody.made(given), by=viewer_of(request))
        return Response(words.of_device(slot), status=201)


class Device(MessagingView):
    """What the page for a PIN has to know, and taking a device away."""

    required_permission = Permission.MESSAGE_KEYS

    @JSON
    def get(self, request: Request, device_id: UUID) -> Response:
        slot = reading.device_for(viewer_of(request), device_id)
        return Response(
            {
                **words.of_device(slot),
                "salt": to_text(slot.salt or b""),
                "wait_until": slot.wait_until,
                "tries_left": devices.MOST_TRIES - slot.tries,
            }
        )

    @JSON
    def delete(self, request: Request, device_id: UUID) -> Response:
        devices.revoke_device(device_id=device_id, by=viewer_of(request))
        return Response(status=204)


class DeviceOpen(MessagingView):
    """A PIN was typed. A try stays counted although the answer is no."""

    required_permission = Permission.MESSAGE_KEYS
    has_own_transactions = True

    def handle_exception(self, exc: Exception) -> Any:
        """The framework rolls back what is open when it answers an error: this empty one."""
        with transaction.atomic():
            return super().handle_exception(exc)

    @extend_schema(request=bodies.AuthBody, responses=OpenApiTypes.OBJECT)
    def post(self, request: Request, device_id: UUID) -> Response:
        viewer = viewer_of(request)
        with practice_transaction():
            reading.device_for(viewer, device_id)  # a stranger's is not found, whatever is sent
        given = read(bodies.AuthBody, request)
        slot, keys = devices.open_device(device_id=device_id, auth=given["auth"], by=viewer)
        return Response(
            {
                "server_share": to_text(slot.server_share or b""),
                "salt": to_text(slot.salt or b""),
                "nonce": to_text(slot.nonce or b""),
                "wrapped": to_text(slot.wrapped or b""),
                "keys": words.of_keys(keys),
            }
        )


class Recovery(MessagingView):
    """The slot of the recovery sheet: only its owner's code opens it."""

    required_permission = Permission.MESSAGE_KEYS

    @JSON
    def get(self, request: Request) -> Response:
        viewer = viewer_of(request)
        slot, keys = reading.recovery_of(viewer), reading.own_keys(viewer)
        if slot is None or keys is None:
            raise NotFound("No recovery sheet.")
        return Response(
            {
                "nonce": to_text(slot.nonce or b""),
                "wrapped": to_text(slot.wrapped or b""),
                "keys": words.of_keys(keys),
            }
        )

    @extend_schema(request=bodies.SheetBody, responses=OpenApiTypes.OBJECT)
    def post(self, request: Request) -> Response:
        given = read(bodies.SheetBody, request)
        ask_for_proof(request)
        writing.replace_sheet(sheet=bodies.SheetBody.made(given), by=viewer_of(request))
        return Response(status=201)
