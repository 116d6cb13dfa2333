"""The practice's pages, and the component gallery as a signed-in person sees it.

Behaviours of the look are tried there, so that no journey of the look waits for, or breaks with, a
page of an app.
"""

from django.http import HttpRequest, HttpResponse
from django.urls import path

from portal.access.decorators import signed_in_page
from portal.dev.gallery import gallery
from portal.practice_urls import handler400, handler403, handler404, handler500
from portal.practice_urls import urlpatterns as practice_patterns

__all__ = ["handler400", "handler403", "handler404", "handler500", "urlpatterns"]


@signed_in_page
def parts(request: HttpRequest) -> HttpResponse:
    """The gallery; a view of its own, because a mark on a view is there for all who mount it."""
    return gallery(request)


urlpatterns = [*practice_patterns, path("me/parts/", parts)]
