"""What an installation for real people needs beside the code: roles, secrets, health, a proxy.

`docker-compose.yml` and `Dockerfile` at the top use these files; docs/operations.md says how to run
them. Nothing here is imported by the portal while it serves.
"""
