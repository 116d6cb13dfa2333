"""What every endpoint of messages shares: bytes in JSON, refusals in words, and no large bodies."""

from __future__ import annotations

import json
from typing import Any, Final

from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from rest_framework import serializers
from rest_framework.exceptions import APIException, ParseError
from rest_framework.parsers import JSONParser
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from messaging import blobs
from messaging.errors import Refused
from portal.access.viewer import Viewer
from portal.people.signin.fresh import is_fresh

MOST_BYTES: Final = 512 * 1024  # of a body; the largest is a page of directory lines

Json = dict[str, Any]


class TooLarge(APIException):
    """The body is larger than anything that is sent here."""

    status_code = 413
    default_detail = _("This is too much at once.")
    default_code = "too_large"


class Parser(JSONParser):
    """JSON in UTF-8 in which each name stands once: of two, readers could each believe another.

    A body that is nested without end is a slip of its sender, not of ours.
    """

    def parse(self, stream: Any, *args: Any, **kwargs: Any) -> Any:
        try:
            return json.loads(
                stream.read().decode("utf-8"),
                object_pairs_hook=_names_once,
                parse_constant=_no_number,
            )
        except RecursionError:
            raise ParseError(_("This is nested too deep.")) from None
        except ValueError as error:
            raise ParseError(f"This is no JSON: {error}") from None


def _names_once(pairs: list[tuple[str, Any]]) -> Json:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise ValueError("a name stands twice")
    return found


def _no_number(name: str) -> Any:
    raise ValueError(f"{name} is no number")


class MessagingView(APIView):
    """Closed unless a subclass names its permission (portal.access.api)."""

    parser_classes = [Parser]

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        length = str(request.META.get("CONTENT_LENGTH") or "0")
        if not length.isdigit() or int(length) > MOST_BYTES:
            raise TooLarge
        super().initial(request, *args, **kwargs)

    def handle_exception(self, exc: Exception) -> Any:
        """A refusal is an answer; what was written before it is rolled back with the view."""
        if isinstance(exc, Refused):
            super().handle_exception(_AsApi(exc))  # rolls back, as for any other error
            answer = {"detail": str(exc), "code": exc.code, **exc.more}
            return Response(answer, status=exc.status)
        return super().handle_exception(exc)


class _AsApi(APIException):
    def __init__(self, refused: Refused) -> None:
        super().__init__(str(refused), refused.code)
        self.status_code = refused.status


def viewer_of(request: Request) -> Viewer:
    """Who asks, as the practice middleware found them."""
    viewer: Viewer = request._request.viewer  # type: ignore[attr-defined]  # see PracticeRequest
    return viewer


def ask_for_proof(request: Request) -> None:
    """A session left open on a desk changes nothing about who can read."""
    if not is_fresh(request._request):
        at: Any = reverse("account_reauthenticate")
        raise Refused(403, "fresh_proof", _("Please show once more that it is you."), at=at)


def read(serializer: type[serializers.Serializer[Any]], request: Request) -> Any:
    """The body, checked; its faults are answered beside the names of their fields."""
    given = serializer(data=request.data)
    given.is_valid(raise_exception=True)
    return given.validated_data


class BytesField(serializers.Field[bytes, str, str, bytes]):
    """Base64url without padding: exactly `size` bytes, or up to `at_most`."""

    default_error_messages = {
        "text": _("Write these bytes as base64url without padding."),
        "size": _("These are not as many bytes as belong here."),
        "suite": _("These bytes were sealed in a way that is not known here."),
    }

    def __init__(self, *, size: int = 0, at_most: int = 0, **kwargs: Any) -> None:
        self.size, self.at_most = size, at_most
        super().__init__(**kwargs)

    def to_internal_value(self, data: Any) -> bytes:
        most = self.size or self.at_most
        if not isinstance(data, str) or not data.isascii():
            self.fail("text")
        if len(data) > most * 2 + 4:
            self.fail("size")
        try:
            given = blobs.from_text(data)
        except ValueError:
            self.fail("text")
        if len(given) > most or (self.size and len(given) != self.size):
            self.fail("size")
        return given

    def to_representation(self, value: bytes) -> str:
        return blobs.to_text(value)


class SealedField(BytesField):
    """The same with its suite byte in front; nobody here looks inside."""

    def to_internal_value(self, data: Any) -> bytes:
        given = super().to_internal_value(data)
        if given[:1] != blobs.SUITE:
            self.fail("suite")
        return blobs.SealedBytes(given)


class KidField(serializers.RegexField):
    """The name of a pair of keys."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(r"\A[0-9a-f]{16}\Z", trim_whitespace=False, **kwargs)


class TimeTextField(serializers.RegexField):
    """A moment as it is signed: UTC, to the second."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(
            r"\A20\d\d-[01]\d-[0-3]\dT[0-2]\d:[0-5]\d:[0-5]\dZ\Z", trim_whitespace=False, **kwargs
        )


class NumberField(serializers.IntegerField):
    """What fits in four bytes of a header, and in a column."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(min_value=1, max_value=2**31 - 1, **kwargs)


class Query(serializers.Serializer[Any]):
    """The cursors that an address may carry, and whether to say whom a thread waits for."""

    after = serializers.IntegerField(min_value=0, max_value=2**31 - 1, required=False)
    before = serializers.IntegerField(min_value=0, max_value=2**31 - 1, required=False)
    page = serializers.IntegerField(min_value=1, max_value=100_000, required=False)
    state = serializers.BooleanField(required=False)


def query_of(request: Request) -> Json:
    """The cursors of this request, checked."""
    given = Query(data=request.query_params.dict())
    given.is_valid(raise_exception=True)
    return dict(given.validated_data)
