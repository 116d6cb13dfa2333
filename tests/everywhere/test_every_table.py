"""Walks the catalogue: every table is forced under row security, or stands in one short list."""

from collections.abc import Iterator

import pytest
from django.apps import apps
from django.db import connections, transaction
from django.db.utils import ProgrammingError

from portal.tenancy.models import PracticeForeignKey, PracticeOwned
from tests.cast import Cast

pytestmark = pytest.mark.django_db

# Global on purpose. Each line says why no practice owns it.
GLOBAL = {
    "practices_practice": "the public facts, readable before sign-in; its own policies",
    "people_user": "accounts belong to people, not to practices",
    "people_letter": "mail about an account, on its way to its owner",
    "account_emailaddress": "the address of an account",
    "account_emailconfirmation": "the address of an account",
    "mfa_authenticator": "the second factors of an account",
    "usersessions_usersession": "where an account is signed in",
    "django_session": "sessions, opaque",
    "django_content_type": "names of models",
    "django_migrations": "names of migrations",
    "auth_group": "Django's own, unused",
    "auth_group_permissions": "Django's own, unused",
    "auth_permission": "Django's own, unused",
    "clock_offset": "one row: how far the demo's clock stands ahead",
    "backups_restore": "that the installation came out of a backup; read by all, the owner's",
    "reminders_dispatcherbeat": "one row: when the dispatcher last gave a sign of life",
}
APPEND_ONLY = {
    "audit_auditevent",
    "audit_auditseal",
    "goals_goalrating",
    "goals_goalturn",
    "goals_goalwording",
    "goals_noteaddendum",
    "goals_noterevision",
    "intake_response",
    "intake_score",
    "messaging_practiceidentity",
    "messaging_directoryentry",
    "messaging_epoch",
    "messaging_sealedkey",
    "messaging_envelope",
    "messaging_receipt",
}
# More than the one policy of a practice; each line says which.
MORE_POLICIES = {
    "practices_membership": {"own"},
}
MAY_BE_SEEN_BY_DISPATCH = {"practice_id", "id", "state", "due_at"}


def rows(statement: str, *parameters: str) -> list[tuple[object, ...]]:
    with connections["default"].cursor() as cursor:
        cursor.execute(statement, parameters)
        return list(cursor.fetchall())


def tables() -> Iterator[str]:
    for (name,) in rows("SELECT tablename FROM pg_tables WHERE schemaname = 'public'"):
        yield str(name)


def practice_models() -> list[type[PracticeOwned]]:
    return [model for model in apps.get_models() if issubclass(model, PracticeOwned)]


def test_every_table_belongs_to_a_practice_or_says_why_not() -> None:
    owned = {model._meta.db_table for model in practice_models()}
    unknown = set(tables()) - owned - set(GLOBAL)
    assert not unknown, f"no practice owns {sorted(unknown)}: derive from PracticeOwned"


def test_every_practice_table_forces_the_one_policy() -> None:
    for model in practice_models():
        table = model._meta.db_table
        ((enabled, forced),) = rows(
            "SELECT relrowsecurity, relforcerowsecurity FROM pg_class WHERE oid = %s::regclass",
            f'"{table}"',
        )
        assert (enabled, forced) == (True, True), (
            f"{table}: run SecurePracticeTable in its migration"
        )
        policies = {
            str(name): (str(check), str(expression))
            for name, check, expression in rows(
                "SELECT policyname, with_check, qual FROM pg_policies WHERE tablename = %s "
                "AND 'portal_app' = ANY(roles)",
                table,
            )
        }
        assert set(policies) == {"practice"} | MORE_POLICIES.get(table, set()), table
        check, expression = policies["practice"]
        assert "NULLIF(current_setting('app.practice_id'::text, true), ''::text)" in expression
        assert check == expression, f"{table}: reading and writing differ"
        assert " OR " not in expression, f"{table}: a bypass belongs to a role, not to a policy"


def test_every_policy_names_a_role() -> None:
    assert rows("SELECT tablename FROM pg_policies WHERE roles = '{public}'") == []


def test_without_a_practice_every_table_is_empty_and_refuses_writing(cast: Cast) -> None:
    for model in practice_models():
        table = model._meta.db_table
        assert rows(f'SELECT count(*) FROM "{table}"') == [(0,)], table  # noqa: S608
        if table in APPEND_ONLY:
            continue
        with connections["default"].cursor() as cursor:
            cursor.execute(f'UPDATE "{table}" SET practice_id = practice_id')  # noqa: S608
            assert cursor.rowcount == 0, table


@pytest.mark.parametrize("table", sorted(APPEND_ONLY))
def test_an_append_only_table_refuses_changes(table: str) -> None:
    for statement in (f'UPDATE "{table}" SET id = id', f'DELETE FROM "{table}"'):  # noqa: S608
        with (
            connections["default"].cursor() as cursor,
            pytest.raises(ProgrammingError, match="permission denied"),
            transaction.atomic(),
        ):
            cursor.execute(statement)


def test_every_key_between_practice_tables_carries_the_practice() -> None:
    for model in practice_models():
        for field in model._meta.local_fields:
            related = field.related_model
            if not (isinstance(related, type) and issubclass(related, PracticeOwned)):
                continue
            assert isinstance(field, PracticeForeignKey), f"{model.__name__}.{field.name}"
            found = rows(
                "SELECT pg_get_constraintdef(oid) FROM pg_constraint "
                "WHERE conrelid = %s::regclass AND contype = 'f'",
                f'"{model._meta.db_table}"',
            )
            wanted = f"(practice_id, {field.column}) REFERENCES {related._meta.db_table}"
            assert any(wanted in str(text) for (text,) in found), (
                f"{model.__name__}.{field.name}: add AddPracticeConstraint to its migration"
            )


def test_every_unique_index_of_a_practice_begins_with_the_practice() -> None:
    """A unique key over all practices would tell one of them what another holds."""
    for model in practice_models():
        table = model._meta.db_table
        for (definition,) in rows(
            "SELECT indexdef FROM pg_indexes WHERE tablename = %s AND indexdef LIKE %s",
            table,
            "CREATE UNIQUE INDEX%",
        ):
            columns = str(definition).split(" (", 1)[1]
            assert columns.startswith(("practice_id", "id)")), definition


def test_no_many_to_many_table_is_made_by_itself() -> None:
    for model in practice_models():
        for field in model._meta.local_many_to_many:
            through = field.remote_field.through
            made_by_itself = through is not None and through._meta.auto_created
            assert not made_by_itself, f"{model.__name__}.{field.name}"


def test_the_roles_are_ordinary_and_own_nothing() -> None:
    found = {
        str(name): (superuser, bypass)
        for name, superuser, bypass in rows(
            "SELECT rolname, rolsuper, rolbypassrls FROM pg_roles WHERE rolname LIKE 'portal_%%'"
        )
    }
    assert found["portal_app"] == found["portal_dispatch"] == (False, False)
    assert rows("SELECT DISTINCT tableowner FROM pg_tables WHERE schemaname = 'public'") == [
        ("portal_owner",)
    ]


def test_the_dispatcher_sees_four_columns_and_no_more() -> None:
    for table, column in rows(
        "SELECT table_name, column_name FROM information_schema.column_privileges "
        "WHERE grantee = 'portal_dispatch' AND table_schema = 'public'"
    ):
        if table in ("practices_practice", "clock_offset"):
            continue
        assert column in MAY_BE_SEEN_BY_DISPATCH, f"{table}.{column}"


def test_views_and_functions_do_not_step_around_row_security() -> None:
    assert rows("SELECT matviewname FROM pg_matviews WHERE schemaname = 'public'") == []
    assert (
        rows(
            "SELECT relname FROM pg_class c JOIN pg_namespace n ON n.oid = relnamespace "
            "WHERE nspname = 'public' AND relkind = 'v' "
            "AND NOT coalesce(reloptions @> '{security_invoker=true}', false)"
        )
        == []
    )
    definers = rows(
        "SELECT proname FROM pg_proc p JOIN pg_namespace n ON n.oid = pronamespace "
        "WHERE nspname = 'public' AND prosecdef"
    )
    assert definers == []
