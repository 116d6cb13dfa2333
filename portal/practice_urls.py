"""Pages of one practice: `/alder/…`. The prefix middleware leads here.

`me/…` is the patients', `staff/…` the staff's, `a/…` linked pages, `hooks/…` the providers'.
"""

from django.urls import URLPattern, URLResolver, include, path

from portal.access.decorators import public_page
from portal.ui import views as ui

urlpatterns: list[URLPattern | URLResolver] = [
    path("", include("portal.home.practice_urls")),
    path("leave/", public_page(ui.leave), name="leave"),
    path("session/", public_page(ui.session_check), name="session_check"),
    path("accounts/", include("portal.people.account_urls")),
    path("accounts/", include("allauth.urls")),
    path("", include("portal.practices.urls")),
    path("", include("portal.people.urls")),
    path("", include("portal.work.urls")),
    path("", include("portal.appointments.urls")),
    path("", include("intake.urls")),
    path("", include("messaging.urls")),
    path("", include("goals.urls")),
    path("", include("reminders.urls")),
    path("", include("metrics.urls")),
    path("api/", include("portal.api.urls")),
]

handler400 = "portal.home.errors.bad_request"
handler403 = "portal.home.errors.forbidden"
handler404 = "portal.home.errors.not_found"
handler500 = "portal.home.errors.server_error"
