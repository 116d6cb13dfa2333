"""The triggers that tell the planner where something has changed; used by migrations.

Planning reads tables of several apps. They know nothing of it: the database writes one row of news
in the same transaction, whoever writes and however. Rows are never merged with those that are
there: the planning that is about to delete those may have read before this change.
"""

from __future__ import annotations

from collections.abc import Iterable

from django.db.migrations.operations import RunSQL

FUNCTIONS = """
CREATE FUNCTION reminders_tell_news() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO reminders_planningnews (id, practice_id, due_at)
    VALUES (
        gen_random_uuid(),
        COALESCE(NEW.practice_id, OLD.practice_id),
        (SELECT portal_now()) + make_interval(secs => COALESCE(TG_ARGV[0], '0')::int)
    );
    RETURN NULL;
END $$;
CREATE FUNCTION reminders_tell_news_of_new_rows() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO reminders_planningnews (id, practice_id, due_at)
    SELECT
        gen_random_uuid(),
        practice_id,
        (SELECT portal_now()) + make_interval(secs => COALESCE(TG_ARGV[0], '0')::int)
    FROM (SELECT DISTINCT practice_id FROM fresh) AS practices;
    RETURN NULL;
END $$;
"""
DROP_FUNCTIONS = """
DROP FUNCTION reminders_tell_news();
DROP FUNCTION reminders_tell_news_of_new_rows();
"""


def functions() -> RunSQL:
    """What the triggers call."""
    return RunSQL(FUNCTIONS, DROP_FUNCTIONS)


def tell_news(
    table: str, *, when_changed: Iterable[str] = (), inserts: bool = True, seconds: int = 0
) -> RunSQL:
    """News `seconds` after rows of `table` are made, deleted, or changed in these columns.

    Rows made in one statement are one piece of news for each practice.
    """
    name = f"news_of_{table}"[:50]
    made, undone = [], []
    if inserts:
        made.append(
            f"CREATE TRIGGER {name}_new AFTER INSERT ON {table} "
            "REFERENCING NEW TABLE AS fresh FOR EACH STATEMENT "
            f"EXECUTE FUNCTION reminders_tell_news_of_new_rows('{seconds}')"
        )
        made.append(
            f"CREATE TRIGGER {name}_gone AFTER DELETE ON {table} FOR EACH ROW "
            f"EXECUTE FUNCTION reminders_tell_news('{seconds}')"
        )
        undone += [f"DROP TRIGGER {name}_{end} ON {table}" for end in ("new", "gone")]
    columns = list(when_changed)
    if columns:
        old, new = (", ".join(f"{row}.{c}" for c in columns) for row in ("OLD", "NEW"))
        made.append(
            f"CREATE TRIGGER {name} AFTER UPDATE ON {table} FOR EACH ROW "
            f"WHEN (ROW({old}) IS DISTINCT FROM ROW({new})) "
            f"EXECUTE FUNCTION reminders_tell_news('{seconds}')"
        )
        undone.append(f"DROP TRIGGER {name} ON {table}")
    return RunSQL(";\n".join(made), ";\n".join(undone))
