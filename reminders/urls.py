"""Paths and names."""

from django.urls import URLPattern, path

from reminders.views import hooks, public, staff

app_name = "reminders"
urlpatterns: list[URLPattern] = [
    path("staff/reminders/", staff.ledger, name="ledger"),
    path("staff/reminders/policies/", staff.policies, name="policies"),
    path("staff/reminders/policies/usual/", staff.usual_policy, name="usual_policy"),
    path("staff/reminders/resume/", staff.resume, name="resume"),
    path("staff/reminders/replies/", staff.replies, name="replies"),
    path("staff/reminders/replies/<uuid:message_id>/", staff.reply, name="reply"),
    path("staff/reminders/replies/<uuid:message_id>/hand/", staff.hand_reply, name="hand_reply"),
    path(
        "staff/reminders/replies/<uuid:message_id>/done/", staff.finish_reply, name="finish_reply"
    ),
    path(
        "staff/reminders/replies/<uuid:message_id>/open/", staff.reopen_reply, name="reopen_reply"
    ),
    path("staff/reminders/<uuid:reminder_id>/", staff.reminder, name="reminder"),
    path("a/<str:token>/", public.link, name="link"),
    path("hooks/twilio/inbound", hooks.twilio_inbound, name="twilio_inbound"),
    path("hooks/twilio/status", hooks.twilio_status, name="twilio_status"),
]
