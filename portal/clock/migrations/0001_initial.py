"""The clock's offset, one row, and `portal_now()`."""

from django.db import migrations

MAKE = """
CREATE TABLE clock_offset (
    only_row boolean PRIMARY KEY DEFAULT true CHECK (only_row),
    ahead interval NOT NULL DEFAULT '0'
);
INSERT INTO clock_offset DEFAULT VALUES;
REVOKE INSERT, UPDATE, DELETE ON clock_offset FROM portal_app;
GRANT SELECT ON clock_offset TO portal_app, portal_dispatch;
CREATE FUNCTION portal_now() RETURNS timestamptz LANGUAGE sql STABLE
    AS 'SELECT now() + (SELECT ahead FROM clock_offset)';
"""

DROP = "DROP FUNCTION portal_now(); DROP TABLE clock_offset;"


class Migration(migrations.Migration):
    initial = True
    dependencies = [("tenancy", "0001_roles")]
    operations = [migrations.RunSQL(MAKE, DROP)]
