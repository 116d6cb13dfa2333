from importlib import import_module

from django.apps import AppConfig


class TenancyConfig(AppConfig):
    name = "portal.tenancy"

    def ready(self) -> None:
        import_module("portal.tenancy.checks")  # registers the system checks
        import_module("portal.celery")  # tasks belong to this application from the first import
