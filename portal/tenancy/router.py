"""One database, three roles: models are read and written as the application's role."""

from typing import Any


class OneDatabaseThreeRoles:
    """`owner` migrates, `dispatch` looks for due rows by explicit SQL; all else is `default`."""

    def db_for_read(self, model: Any, **hints: Any) -> str | None:
        return None

    def db_for_write(self, model: Any, **hints: Any) -> str | None:
        return None

    def allow_relation(self, obj1: Any, obj2: Any, **hints: Any) -> bool:
        return True

    def allow_migrate(self, db: str, app_label: str, **hints: Any) -> bool:
        return db == "owner"
