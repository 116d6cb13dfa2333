"""Registered for its commands and, in the demo, its pages."""

from django.apps import AppConfig


class DevConfig(AppConfig):
    """Named by hand because the last segment is what the other apps call it."""

    name = "portal.dev"
