"""Migration operations: row security, forced, in one shape for every practice-owned table.

The policy turns the empty string that a transaction-local setting leaves behind into null, so
"no practice" means no rows and never an error; the sub-select is evaluated once a query and keeps
the index in use. Bypass is given to another role by `TO role`, never by a flag in the policy.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.operations.base import Operation
from django.db.migrations.state import ProjectState

from portal.tenancy.context import PRACTICE_SETTING, USER_SETTING
from portal.tenancy.models import PracticeForeignKey

APP_ROLE, OWNER_ROLE, DISPATCH_ROLE = "portal_app", "portal_owner", "portal_dispatch"


def _setting(name: str) -> str:
    return f"(SELECT NULLIF(current_setting('{name}', true), '')::uuid)"


class _TableOperation(Operation):
    """An operation on one model's table that leaves Django's state alone.

    Subclasses say in SQL what is done to the table and what undoes it.
    """

    reversible = True
    reduces_to_sql = True

    def __init__(self, model: str) -> None:
        self.model = model

    def forwards(self, model: Any) -> Iterable[str]:
        """The statements for that historical model's table."""
        raise NotImplementedError

    def backwards(self, model: Any) -> Iterable[str]:
        """The statements that undo them."""
        raise NotImplementedError

    def state_forwards(self, app_label: str, state: ProjectState) -> None:
        """Row security is not part of Django's state."""

    def database_forwards(
        self,
        app_label: str,
        schema_editor: BaseDatabaseSchemaEditor,
        from_state: ProjectState,
        to_state: ProjectState,
    ) -> None:
        for statement in self.forwards(to_state.apps.get_model(app_label, self.model)):
            schema_editor.execute(statement)

    def database_backwards(
        self,
        app_label: str,
        schema_editor: BaseDatabaseSchemaEditor,
        from_state: ProjectState,
        to_state: ProjectState,
    ) -> None:
        for statement in self.backwards(from_state.apps.get_model(app_label, self.model)):
            schema_editor.execute(statement)


class SecurePracticeTable(_TableOperation):
    """Force row security on a practice-owned table and tie its keys to the practice.

    `outlives_practice` leaves out the key to the practice itself, for what must stay after it.
    """

    def __init__(self, model: str, *, outlives_practice: bool = False) -> None:
        super().__init__(model)
        self.outlives_practice = outlives_practice

    def describe(self) -> str:
        return f"Secure {self.model} by practice"

    def forwards(self, model: Any) -> Iterable[str]:
        table = model._meta.db_table
        own = f"practice_id = {_setting(PRACTICE_SETTING)}"
        policy = f'CREATE POLICY {{}} ON "{table}" TO {{}} USING ({{}}) WITH CHECK ({{}})'
        constraint = f'ALTER TABLE "{table}" ADD CONSTRAINT "{_short(table)}'
        yield f'ALTER TABLE "{table}" ENABLE ROW LEVEL SECURITY'
        yield f'ALTER TABLE "{table}" FORCE ROW LEVEL SECURITY'
        yield policy.format("practice", APP_ROLE, own, own)
        yield policy.format("maintenance", OWNER_ROLE, "true", "true")
        yield f'{constraint}_practice_row" UNIQUE (practice_id, id)'
        if not self.outlives_practice:
            yield (
                f'{constraint}_practice" FOREIGN KEY (practice_id) '
                "REFERENCES practices_practice (id) DEFERRABLE INITIALLY DEFERRED"
            )
        for field in model._meta.local_fields:
            if isinstance(field, PracticeForeignKey):
                yield _composite_key(model, field)

    def backwards(self, model: Any) -> Iterable[str]:
        yield f'DROP POLICY practice ON "{model._meta.db_table}"'
        yield f'DROP POLICY maintenance ON "{model._meta.db_table}"'


class AddPracticeConstraint(_TableOperation):
    """The composite key of a PracticeForeignKey that was added to a table later."""

    def __init__(self, model: str, field: str) -> None:
        super().__init__(model)
        self.field = field

    def describe(self) -> str:
        return f"Tie {self.model}.{self.field} to the practice"

    def forwards(self, model: Any) -> Iterable[str]:
        yield _composite_key(model, model._meta.get_field(self.field))

    def backwards(self, model: Any) -> Iterable[str]:
        name = _key_name(model, model._meta.get_field(self.field))
        yield f'ALTER TABLE "{model._meta.db_table}" DROP CONSTRAINT "{name}"'


class AllowDispatch(_TableOperation):
    """Let the dispatcher's role see which rows are due, and nothing else of them."""

    def __init__(self, model: str, columns: Sequence[str]) -> None:
        super().__init__(model)
        self.columns = list(columns)

    def describe(self) -> str:
        return f"Let the dispatcher see due rows of {self.model}"

    def forwards(self, model: Any) -> Iterable[str]:
        table = model._meta.db_table
        columns = ", ".join(f'"{column}"' for column in self.columns)
        yield f'CREATE POLICY dispatch ON "{table}" FOR SELECT TO {DISPATCH_ROLE} USING (true)'
        yield f'GRANT SELECT ({columns}) ON "{table}" TO {DISPATCH_ROLE}'

    def backwards(self, model: Any) -> Iterable[str]:
        yield f'DROP POLICY dispatch ON "{model._meta.db_table}"'
        yield f'REVOKE ALL ON "{model._meta.db_table}" FROM {DISPATCH_ROLE}'


class AllowOwnRows(_TableOperation):
    """A second select policy: a person sees the rows that carry their own user id."""

    def describe(self) -> str:
        return f"Let a person see their own rows of {self.model}"

    def forwards(self, model: Any) -> Iterable[str]:
        yield (
            f'CREATE POLICY own ON "{model._meta.db_table}" FOR SELECT TO {APP_ROLE} '
            f"USING (user_id = {_setting(USER_SETTING)})"
        )

    def backwards(self, model: Any) -> Iterable[str]:
        yield f'DROP POLICY own ON "{model._meta.db_table}"'


class AppendOnly(_TableOperation):
    """The application may add rows to this table and read them, never change or remove them."""

    def describe(self) -> str:
        return f"Make {self.model} append-only"

    def forwards(self, model: Any) -> Iterable[str]:
        yield f'REVOKE UPDATE, DELETE ON "{model._meta.db_table}" FROM {APP_ROLE}'

    def backwards(self, model: Any) -> Iterable[str]:
        yield f'GRANT UPDATE, DELETE ON "{model._meta.db_table}" TO {APP_ROLE}'


def _composite_key(model: Any, field: Any) -> str:
    table, related = model._meta.db_table, field.remote_field.model._meta.db_table
    return (
        f'ALTER TABLE "{table}" ADD CONSTRAINT "{_key_name(model, field)}" '
        f'FOREIGN KEY (practice_id, "{field.column}") REFERENCES "{related}" (practice_id, id) '
        "DEFERRABLE INITIALLY DEFERRED"
    )


def _key_name(model: Any, field: Any) -> str:
    return f"{_short(model._meta.db_table)}_{field.column}_own"[:63]


def _short(table: str) -> str:
    """Postgres cuts names at 63 bytes; leave room for the suffixes."""
    return table[:40]
