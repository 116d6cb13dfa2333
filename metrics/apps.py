"""The app's name for Django."""

from django.apps import AppConfig


class MetricsConfig(AppConfig):
    """Figures about a practice."""

    name = "metrics"
