"""What the three database roles may do with the tables that later migrations make."""

from django.db import migrations

GRANTS = """
GRANT USAGE ON SCHEMA public TO portal_app, portal_dispatch;
ALTER DEFAULT PRIVILEGES IN SCHEMA public
    GRANT SELECT, INSERT, UPDATE, DELETE ON TABLES TO portal_app;
ALTER DEFAULT PRIVILEGES IN SCHEMA public GRANT USAGE, SELECT ON SEQUENCES TO portal_app;
GRANT SELECT ON django_migrations TO portal_app;
CREATE EXTENSION IF NOT EXISTS btree_gist;
CREATE EXTENSION IF NOT EXISTS citext;
"""

REVOKES = """
ALTER DEFAULT PRIVILEGES IN SCHEMA public
    REVOKE SELECT, INSERT, UPDATE, DELETE ON TABLES FROM portal_app;
ALTER DEFAULT PRIVILEGES IN SCHEMA public REVOKE USAGE, SELECT ON SEQUENCES FROM portal_app;
"""


class Migration(migrations.Migration):
    initial = True
    # First of all: default privileges reach only the tables made after them.
    run_before = [("contenttypes", "0001_initial")]
    operations = [migrations.RunSQL(GRANTS, REVOKES)]
