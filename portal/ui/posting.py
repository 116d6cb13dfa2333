"""Pages that show a form and take it back at the same address."""

from django.http import HttpRequest, QueryDict
from django.views.decorators.http import require_http_methods

shows_and_takes = require_http_methods(["GET", "HEAD", "POST"])


def posted(request: HttpRequest) -> QueryDict | None:
    """What the form should read: the posted fields, also when there are none; None on a GET.

    `request.POST or None` would show an emptied form as a fresh one, without its errors.
    """
    return request.POST if request.method == "POST" else None
