"""The app's name for Django."""

from django.apps import AppConfig


class GoalsConfig(AppConfig):
    """Goals, shared notes and plans."""

    name = "goals"
