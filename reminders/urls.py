"""Paths and names."""

from django.urls import URLPattern, path

from reminders.views import (
    editor,
    hooks,
    ledger,
    numbers,
    plan,
    policies,
    public,
    replies,
    transports,
)

app_name = "reminders"
urlpatterns: list[URLPattern] = [
    path("staff/reminders/", ledger.ledger, name="ledger"),
    path("staff/reminders/plan/", plan.plan, name="plan"),
    path("staff/reminders/texts.csv", ledger.ledger_csv, name="ledger_csv"),
    path("staff/reminders/patient/", ledger.ledger_patient, name="ledger_patient"),
    path("staff/reminders/policies/", policies.policies, name="policies"),
    path("staff/reminders/policies/usual/", policies.usual_policy, name="usual_policy"),
    path("staff/reminders/policies/add/", editor.policy_add, name="policy_add"),
    path("staff/reminders/policies/preview/", editor.policy_preview, name="policy_preview"),
    path("staff/reminders/policies/test/", editor.policy_test, name="policy_test"),
    path("staff/reminders/policies/tests/", editor.policy_tests, name="policy_tests"),
    path("staff/reminders/policies/<uuid:policy_id>/", editor.policy_change, name="policy_change"),
    path(
        "staff/reminders/policies/<uuid:policy_id>/retire/",
        policies.policy_retire,
        name="policy_retire",
    ),
    path(
        "staff/reminders/policies/<uuid:policy_id>/restore/",
        policies.policy_restore,
        name="policy_restore",
    ),
    path("staff/reminders/resume/", ledger.resume, name="resume"),
    path("staff/reminders/ways/", transports.ways, name="ways"),
    path("staff/reminders/ways/twilio/", transports.twilio_account, name="twilio_account"),
    path("staff/reminders/ways/phone/", transports.practice_phone, name="practice_phone"),
    path("staff/reminders/replies/", replies.replies, name="replies"),
    path("staff/reminders/replies/<uuid:message_id>/", replies.reply, name="reply"),
    path("staff/reminders/replies/<uuid:message_id>/hand/", replies.hand_reply, name="hand_reply"),
    path(
        "staff/reminders/replies/<uuid:message_id>/done/", replies.finish_reply, name="finish_reply"
    ),
    path(
        "staff/reminders/replies/<uuid:message_id>/open/", replies.reopen_reply, name="reopen_reply"
    ),
    path(
        "staff/reminders/replies/<uuid:message_id>/number/",
        numbers.number_of_reply,
        name="number_of_reply",
    ),
    path("staff/reminders/<uuid:reminder_id>/", ledger.reminder, name="reminder"),
    path(
        "staff/reminders/<uuid:reminder_id>/number/",
        numbers.number_of_reminder,
        name="number_of_reminder",
    ),
    path("a/<str:token>/", public.link, name="link"),
    path("a/<str:token>/appointment.ics", public.link_calendar, name="link_calendar"),
    path("a/<str:token>/times/", public.link_times, name="link_times"),
    path("hooks/twilio/inbound", hooks.twilio_inbound, name="twilio_inbound"),
    path("hooks/twilio/status", hooks.twilio_status, name="twilio_status"),
]
