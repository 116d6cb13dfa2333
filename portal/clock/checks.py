"""Production keeps real time."""

import datetime as dt
from typing import Any

from django.conf import settings
from django.core import checks
from django.db import connections
from django.db.utils import DatabaseError


@checks.register(checks.Tags.database)
def production_clock_is_real(app_configs: Any = None, **kwargs: Any) -> list[checks.CheckMessage]:
    if not settings.PRODUCTION:
        return []
    try:
        with connections["default"].cursor() as cursor:
            cursor.execute(
                "SELECT ahead, has_table_privilege('clock_offset', 'UPDATE') FROM clock_offset"
            )
            ahead, may_move = cursor.fetchone()
    except DatabaseError:
        return []  # not migrated yet, or away: readiness says so
    if ahead == dt.timedelta() and not may_move:
        return []
    return [
        checks.Error(
            "The portal's clock has been moved or could be; this database was a demo.",
            hint="Use a new database for production.",
            id="clock.E001",
        )
    ]
