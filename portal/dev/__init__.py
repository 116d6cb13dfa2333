"""Developer commands: the demo, its data, the embedded servers, the list of checks.

Never on in production. It needs every app but imports none: apps are found by name in
INSTALLED_APPS, in data-flow order. Start with ``launch.py`` (what ``manage.py`` does before the
settings exist), ``demonstration.py`` (the demo and its supervisor) and ``embedded/`` (the servers).
"""
