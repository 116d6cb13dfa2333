"""Addresses of figures, under a practice."""

from django.urls import path

from metrics.views import staff

app_name = "metrics"

urlpatterns = [
    path("staff/metrics/no-shows/", staff.no_shows, name="no_shows"),
    path("staff/metrics/no-shows/people/", staff.no_show_people, name="no_show_people"),
    path("staff/metrics/no-shows/csv/", staff.no_show_csv, name="no_show_csv"),
]
