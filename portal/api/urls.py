"""`/alder/api/…`: every app's `api.urlpatterns`, found by name, and the schema."""

from importlib import import_module
from importlib.util import find_spec

from django.apps import apps
from django.urls import URLPattern, URLResolver, include, path

from portal.api.schema import schema

app_name = "api"
urlpatterns: list[URLPattern | URLResolver] = [path("schema/", schema, name="schema")]

for config in apps.get_app_configs():
    if config.name.split(".")[0] in ("django", "allauth", "portal", "rest_framework"):
        continue
    if find_spec(f"{config.name}.api"):
        urlpatterns.append(path("", include(import_module(f"{config.name}.api").urlpatterns)))
