"""In which order things were committed, told by the database and not by clocks.

Triggers note in whose transaction an attempt was written, a visit changed, a STOP set; the server
keeps the moment of each commit. Claim and change lock the same row, so one of them commits first,
and which it was decides whether a text may leave.
"""

from __future__ import annotations

import contextlib
import datetime as dt
from dataclasses import dataclass

import psycopg2
from psycopg2.extensions import connection as Connection  # noqa: N812 - it is a class

_MAKE = """
CREATE TABLE drill_commits (
    n bigserial PRIMARY KEY, what text, id uuid, hour text, status text, xid xid
);
CREATE FUNCTION drill_note() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER AS $$
BEGIN
    IF TG_ARGV[0] = 'claim' THEN
        INSERT INTO drill_commits (what, id, xid)
        VALUES ('claim', NEW.id, pg_current_xact_id()::xid);
    ELSIF TG_ARGV[0] = 'visit' THEN
        INSERT INTO drill_commits (what, id, hour, status, xid)
        VALUES ('visit', NEW.id, right(NEW.local_start, 5), NEW.status,
                pg_current_xact_id()::xid);
    ELSIF TG_ARGV[0] = 'look' THEN
        IF OLD.state = 'planned' AND NEW.state <> 'planned' THEN
            INSERT INTO drill_commits (what, id, xid)
            VALUES ('look', NEW.subject_id, pg_current_xact_id()::xid);
        END IF;
    ELSIF NEW.stopped_at IS NOT NULL AND OLD.stopped_at IS NULL THEN
        INSERT INTO drill_commits (what, id, xid)
        VALUES ('stop', NEW.patient_id, pg_current_xact_id()::xid);
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER drill_claim AFTER INSERT ON reminders_attempt
    FOR EACH ROW EXECUTE FUNCTION drill_note('claim');
CREATE TRIGGER drill_visit AFTER UPDATE ON appointments_appointment
    FOR EACH ROW EXECUTE FUNCTION drill_note('visit');
CREATE TRIGGER drill_look AFTER UPDATE ON reminders_reminder
    FOR EACH ROW EXECUTE FUNCTION drill_note('look');
CREATE TRIGGER drill_stop AFTER UPDATE ON people_contactpoint
    FOR EACH ROW EXECUTE FUNCTION drill_note('stop');
"""


@dataclass(frozen=True)
class Change:
    """A visit as it stood from that commit on."""

    at: dt.datetime
    hour: str
    status: str


@dataclass
class Commits:
    """When each was committed.

    Claims by attempt, changes by visit, STOPs by patient; `looks` are the moments at which a
    dispatcher decided about a visit's text, whatever it decided.
    """

    claims: dict[str, dt.datetime]
    changes: dict[str, list[Change]]
    stops: dict[str, dt.datetime]
    looks: dict[str, list[dt.datetime]]

    def visit_at(self, visit: str, moment: dt.datetime) -> Change | None:
        """The last change before that moment; None where it stood as it was booked."""
        return next((c for c in reversed(self.changes.get(visit, [])) if c.at < moment), None)

    def near(self, within: dt.timedelta) -> int:
        """How many changes came so close before or after a look at their visit."""
        return sum(
            any(abs(change.at - look) <= within for look in self.looks.get(visit, ()))
            for visit, changes in self.changes.items()
            for change in changes
        )


def watch(owner_url: str) -> None:
    """Put the triggers into a scene's database, as its owner."""
    with contextlib.closing(_connect(owner_url)) as connection:
        connection.cursor().execute(_MAKE)


def read(owner_url: str) -> Commits:
    """Everything that was committed, in its order."""
    found = Commits({}, {}, {}, {})
    with contextlib.closing(_connect(owner_url)) as connection:
        cursor = connection.cursor()
        cursor.execute(
            "SELECT what, id::text, hour, status, pg_xact_commit_timestamp(xid) AS at "
            "FROM drill_commits ORDER BY at, n"
        )
        for what, key, hour, status, at in cursor.fetchall():
            if what == "claim":
                found.claims[key] = at
            elif what == "visit":
                found.changes.setdefault(key, []).append(Change(at, hour, status))
            elif what == "look":
                found.looks.setdefault(key, []).append(at)
            else:
                found.stops.setdefault(key, at)
    return found


def _connect(url: str) -> Connection:
    connection: Connection = psycopg2.connect(url)
    connection.autocommit = True
    return connection
