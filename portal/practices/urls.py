"""Paths and names."""

from django.urls import URLPattern, path

from portal.practices.views import staff

app_name = "practices"
urlpatterns: list[URLPattern] = [
    path("staff/settings/", staff.settings_page, name="settings"),
    path("staff/settings/facts/", staff.facts, name="facts"),
    path("staff/settings/hours/", staff.hours, name="hours"),
    path("staff/settings/crisis-lines/", staff.crisis_lines, name="crisis_lines"),
    path("staff/settings/safety/", staff.safety, name="safety"),
    path("staff/settings/look/", staff.look, name="look"),
]
