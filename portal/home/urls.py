"""Global paths: the landing page, health and readiness."""

from django.urls import path

from portal.home.views import landing, status

app_name = "landing"
urlpatterns = [
    path("", landing.landing, name="landing"),
    path("health", status.health, name="health"),
    path("ready", status.ready, name="ready"),
]
