"""The WSGI entry point."""

import os

from django.core.wsgi import get_wsgi_application

from portal.tenancy.checks import refuse_to_serve

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "portal.settings")

application = get_wsgi_application()
refuse_to_serve()
