from importlib import import_module

from django.apps import AppConfig


class ClockConfig(AppConfig):
    name = "portal.clock"

    def ready(self) -> None:
        import_module("portal.clock.checks")
