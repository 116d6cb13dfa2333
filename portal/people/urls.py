"""Paths and names: one's own account and the way in; the desk's pages are in `desk_urls`."""

from django.urls import URLPattern, path

from portal.people import desk_urls
from portal.people.views import access_log, account, gates, invitations, joining

app_name = "people"
urlpatterns: list[URLPattern] = [
    # One's own account
    path("me/settings/", account.settings, name="settings"),
    path("me/access-log/", access_log.access_log, name="access_log"),
    path("me/access-log/csv/", access_log.access_log_csv, name="access_log_csv"),
    path("staff/account/", account.my_account, name="my_account"),
    # What comes first after signing in
    path("accounts/second-step/", gates.second_factor, name="second_factor"),
    path("accounts/privacy/", gates.privacy_agree, name="privacy_agree"),
    # The way in
    path("a/join/", joining.join_code, name="join_code"),
    path("a/join/account/", joining.join_account, name="join_account"),
    path("a/join/<str:token>/", joining.join, name="join"),
    path("staff/invitations/made/", invitations.made, name="invitation_made"),
    *desk_urls.urlpatterns,
]
