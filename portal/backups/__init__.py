"""Takes the installation's data out, puts it back, and keeps what comes back from being sent twice.

`manage.py backup` writes a folder with the database, stored files and a manifest; rows that are
`kept_apart` (patients' keys) go elsewhere. `manage.py restore` puts one back or only tries it.
A database that was restored knows it: whoever sends asks `selectors` first.
"""
