"""What every test may ask for."""

from hypothesis import settings

# How long an example takes says how busy the machine is, not whether the code is right.
settings.register_profile("portal", deadline=None)
settings.load_profile("portal")

# Named here and not in pyproject.toml, so that django_db_setup replaces pytest-django's.
pytest_plugins = ["tests.environment.fixtures", "tests.cast"]
