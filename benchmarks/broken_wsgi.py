"""The entry point of the portal that is broken on purpose."""

from django.conf import settings
from django.core.wsgi import get_wsgi_application

settings.MIDDLEWARE = [*settings.MIDDLEWARE, "benchmarks.broken.AskForEachAgain"]

application = get_wsgi_application()
