"""System checks: the application's role is ordinary, and production is set up like production."""

from typing import Any

from django.conf import settings
from django.core import checks
from django.core.exceptions import ImproperlyConfigured
from django.db import connections
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.backends.signals import connection_created
from django.db.utils import OperationalError


@checks.register(checks.Tags.database)
def application_role_is_ordinary(
    app_configs: Any = None, **kwargs: Any
) -> list[checks.CheckMessage]:
    """A superuser, a role that bypasses row security or the tables' owner sees every practice."""
    try:
        with connections["default"].cursor() as cursor:
            cursor.execute(
                "SELECT rolname, rolsuper, rolbypassrls, EXISTS (SELECT FROM pg_class WHERE "
                "relnamespace = 'public'::regnamespace AND relkind IN ('r', 'p') AND "
                "pg_has_role(current_user, relowner, 'MEMBER')) "
                "FROM pg_roles WHERE rolname = current_user"
            )
            name, superuser, bypass, owner = cursor.fetchone()
    except OperationalError:
        return []  # readiness says that the database is away
    wrong = "a superuser" if superuser else "allowed to bypass row security" if bypass else None
    wrong = wrong or ("the owner of the tables" if owner else None)
    if wrong is None:
        return []
    return [
        checks.Error(
            f"DATABASE_URL signs in as {name}, which is {wrong}; row security would not hold.",
            hint="Point DATABASE_URL at the role portal_app.",
            id="tenancy.E001",
        )
    ]


@checks.register(checks.Tags.security, deploy=True)
def production_has_no_owner(**kwargs: Any) -> list[checks.CheckMessage]:
    """The web server and the workers run without the owner's address."""
    if not settings.PRODUCTION or "owner" not in settings.DATABASES:
        return []
    return [
        checks.Error(
            "DATABASE_OWNER_URL is set where the portal serves people.",
            hint="Set it only for the command `manage.py migrate`.",
            id="tenancy.E002",
        )
    ]


def refuse_to_serve() -> None:
    """Ask, before a process serves people, whether row security would hold for what it does.

    Django runs no database check when a web server or a worker starts, so each of them calls this.
    Raises ImproperlyConfigured in production for every error found, each with its mend. A database
    that is away is not an error, readiness says so; it is asked as soon as it is there.
    """
    if not settings.PRODUCTION:
        return
    connection_created.connect(_refuse_at_first_connection, dispatch_uid=_FIRST)
    _raise_errors()


_FIRST = "tenancy: the first connection"


def _refuse_at_first_connection(connection: BaseDatabaseWrapper, **kwargs: Any) -> None:
    """Let nothing be asked of a database where row security would not hold."""
    if connection.alias != "default":
        return
    connection_created.disconnect(dispatch_uid=_FIRST)
    try:
        _raise_errors()
    except ImproperlyConfigured:
        connection_created.connect(_refuse_at_first_connection, dispatch_uid=_FIRST)
        connection.close()
        raise


def _raise_errors() -> None:
    found = checks.run_checks(tags=[checks.Tags.database], databases=["default"])
    errors = [each for each in (*production_has_no_owner(), *found) if each.is_serious()]
    if errors:
        raise ImproperlyConfigured("\n".join(f"{each.msg} {each.hint or ''}" for each in errors))
