"""Registers the look with Django."""

from django.apps import AppConfig


class UiConfig(AppConfig):
    """No models; the label is `ui`."""

    name = "portal.ui"
    label = "ui"
