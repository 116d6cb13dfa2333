"""The app's name for Django."""

from django.apps import AppConfig


class MessagingConfig(AppConfig):
    """Sealed messages."""

    name = "messaging"
