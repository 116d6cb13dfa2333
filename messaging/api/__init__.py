"""Sealed messages as JSON, under `/alder/api/messaging/`: the same for browsers and programs.

The server checks what public data can show and stores the rest unopened; whatever it answers, a
client checks again. Errors are `{"detail": a sentence, "code": a word}`.
"""

from django.urls import URLPattern, path

from messaging.api import directory, keys, threads
from portal.access.decorators import own_transactions

urlpatterns: list[URLPattern] = [
    path("messaging/state/", keys.State.as_view(), name="messaging_state"),
    path("messaging/keys/", keys.Keys.as_view(), name="messaging_keys"),
    path("messaging/devices/begin/", keys.DeviceBegin.as_view(), name="messaging_device_begin"),
    path("messaging/devices/", keys.Devices.as_view(), name="messaging_devices"),
    path("messaging/devices/<uuid:device_id>/", keys.Device.as_view(), name="messaging_device"),
    path(
        "messaging/devices/<uuid:device_id>/open/",
        own_transactions(keys.DeviceOpen.as_view()),
        name="messaging_device_open",
    ),
    path("messaging/recovery/", keys.Recovery.as_view(), name="messaging_recovery"),
    path("messaging/identity/", directory.Identity.as_view(), name="messaging_identity"),
    path("messaging/directory/", directory.Directory.as_view(), name="messaging_directory"),
    path(
        "messaging/directory/pending/",
        directory.Pending.as_view(),
        name="messaging_directory_pending",
    ),
    path("messaging/threads/", threads.Threads.as_view(), name="messaging_threads"),
    path(
        "messaging/threads/<uuid:thread_id>/",
        threads.ThreadRead.as_view(),
        name="messaging_thread",
    ),
    path(
        "messaging/threads/<uuid:thread_id>/epochs/",
        threads.Epochs.as_view(),
        name="messaging_epochs",
    ),
    path(
        "messaging/threads/<uuid:thread_id>/envelopes/",
        threads.Envelopes.as_view(),
        name="messaging_envelopes",
    ),
    path(
        "messaging/threads/<uuid:thread_id>/receipts/",
        threads.Receipts.as_view(),
        name="messaging_receipts",
    ),
    path("messaging/threads/<uuid:thread_id>/news/", threads.News.as_view(), name="messaging_news"),
]
