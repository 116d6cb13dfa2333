"""The Celery application. Tasks are found by name in every installed app."""

import os
from typing import Any

from celery import Celery
from celery.signals import worker_init
from django.core.exceptions import ImproperlyConfigured

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "portal.settings")

app = Celery("portal")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()
app.set_default()


def refuse_to_serve(**kwargs: Any) -> None:
    """End a worker that would work past row security; Celery only logs other exceptions here."""
    from portal.tenancy import checks  # needs the apps, which a worker has loaded by now

    try:
        checks.refuse_to_serve()
    except ImproperlyConfigured as error:
        raise SystemExit(str(error)) from error


worker_init.connect(refuse_to_serve, weak=False, dispatch_uid="refuse_to_serve")
