"""PostgreSQL and Valkey for people who have none: found, started, shared and stopped.

Plain Python that never imports Django: it runs before the settings exist. Start reading in
``servers.py`` (what a command calls) and ``keeper.py`` (the small process that owns the servers
while anybody uses them). The wheels' own Python layers are never imported: one of them opens the
parents of the data folder to everybody and starts a database without passwords.
"""

from portal.dev.embedded.home import Home, default_home
from portal.dev.embedded.problems import LauncherError
from portal.dev.embedded.servers import Servers, join_or_start

__all__ = ["Home", "LauncherError", "Servers", "default_home", "join_or_start"]
