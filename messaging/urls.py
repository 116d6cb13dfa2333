"""Addresses of messages, under a practice."""

from django.urls import path

from messaging.views import both, patient, staff

app_name = "messaging"

urlpatterns = [
    path("me/messages/", patient.thread_list, name="thread_list"),
    path("messages/devices/", both.devices, name="devices"),
    path("messages/limits/", both.limits, name="limits"),
    path("staff/messages/", staff.inbox, name="inbox"),
    path("staff/messages/keys/", staff.practice_keys, name="practice_keys"),
    path("staff/messages/<uuid:thread_id>/", staff.thread, name="thread"),
]
