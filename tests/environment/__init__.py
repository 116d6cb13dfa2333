"""What stands around the tests: servers, databases, broker, browser.

A pytest plugin named in pyproject.toml, because the addresses must be in the environment before
pytest-django reads the settings. Who exists in a test is the business of tests/conftest.py.
"""
