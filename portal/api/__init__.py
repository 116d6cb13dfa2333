"""The JSON API: mounts each app's routers, and the OpenAPI schema. Closed by default.

Each app has its `api.py` beside its pages, with the same selectors and services.
"""
