"""Pages of the installation, above any practice. Below a practice: `portal/practice_urls.py`."""

from django.conf import settings
from django.urls import URLPattern, URLResolver, include, path

from portal.access.decorators import public_page
from portal.ui import views as ui

urlpatterns: list[URLPattern | URLResolver] = [
    path("", include("portal.home.urls")),
    path("leave/", public_page(ui.leave), name="leave"),
    path("session/", public_page(ui.session_check), name="session_check"),
    path("accounts/", include("portal.people.account_urls")),
    path("accounts/", include("allauth.urls")),
]
if not settings.PRODUCTION:
    urlpatterns.append(path("demo/phone/", include("reminders.demo_urls")))
    urlpatterns.append(path("demo/", include("portal.dev.urls")))

handler400 = "portal.home.errors.bad_request"
handler403 = "portal.home.errors.forbidden"
handler404 = "portal.home.errors.not_found"
handler500 = "portal.home.errors.server_error"
