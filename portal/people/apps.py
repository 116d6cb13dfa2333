from importlib import import_module

from django.apps import AppConfig


class PeopleConfig(AppConfig):
    name = "portal.people"

    def ready(self) -> None:
        import_module("portal.people.signin.receivers")
