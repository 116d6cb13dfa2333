"""The browser of the journeys; found and started as for the pictures of `manage.py screenshots`."""

from portal.dev.browser import HOW_TO, MISSING, find_chromium, launch_options

__all__ = ["HOW_TO", "MISSING", "find_chromium", "launch_options"]
