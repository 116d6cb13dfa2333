from importlib import import_module

from django.apps import AppConfig


class EncryptionConfig(AppConfig):
    name = "portal.encryption"

    def ready(self) -> None:
        import_module("portal.encryption.checks")  # registers the system checks
