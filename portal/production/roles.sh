#!/bin/sh
# Run once by the postgres image on an empty volume: the three roles, the database, its extensions.
# The same as portal/dev/embedded/postgres.py makes for the demo (tests/production compares them).
set -eu

psql -v ON_ERROR_STOP=1 --username "$POSTGRES_USER" --dbname postgres \
    -v owner="$PORTAL_OWNER_PASSWORD" -v app="$PORTAL_APP_PASSWORD" -v dispatch="$PORTAL_DISPATCH_PASSWORD" <<'SQL'
CREATE ROLE portal_owner LOGIN PASSWORD :'owner' NOSUPERUSER NOBYPASSRLS NOINHERIT NOCREATEROLE NOREPLICATION NOCREATEDB;
CREATE ROLE portal_app LOGIN PASSWORD :'app' NOSUPERUSER NOBYPASSRLS NOINHERIT NOCREATEROLE NOREPLICATION NOCREATEDB;
CREATE ROLE portal_dispatch LOGIN PASSWORD :'dispatch' NOSUPERUSER NOBYPASSRLS NOINHERIT NOCREATEROLE NOREPLICATION NOCREATEDB;
CREATE DATABASE portal OWNER portal_owner;
SQL

psql -v ON_ERROR_STOP=1 --username "$POSTGRES_USER" --dbname portal <<'SQL'
REVOKE ALL ON DATABASE portal FROM PUBLIC;
GRANT CONNECT ON DATABASE portal TO portal_app, portal_dispatch;
SET ROLE portal_owner;
CREATE EXTENSION IF NOT EXISTS btree_gist;
CREATE EXTENSION IF NOT EXISTS citext;
SQL
