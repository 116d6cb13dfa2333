"""The practice phone's pages, mounted at `/demo/phone/` above any practice."""

from django.urls import path

from reminders.views import handset

app_name = "practice_phone"
urlpatterns = [
    path("", handset.phones, name="phones"),
    path("<slug:slug>/<uuid:point_id>/", handset.phone, name="phone"),
    path("<slug:slug>/<uuid:point_id>/reply/", handset.answer, name="answer"),
]
