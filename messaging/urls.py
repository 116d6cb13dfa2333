"""Addresses of messages, under a practice."""

from django.urls import path

from messaging.views import patient, staff

app_name = "messaging"

urlpatterns = [
    path("me/messages/", patient.thread_list, name="thread_list"),
    path("staff/inbox/", staff.inbox, name="inbox"),
]
