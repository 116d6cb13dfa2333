from importlib import import_module

from django.apps import AppConfig

from portal.tenancy import ids


class TenancyConfig(AppConfig):
    name = "portal.tenancy"

    def ready(self) -> None:
        ids.travel_light()
        import_module("portal.tenancy.checks")  # registers the system checks
        import_module("portal.celery")  # tasks belong to this application from the first import
