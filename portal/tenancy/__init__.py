"""Knows which practice the current work is for, and makes the database agree.

`context` holds the practice in Python and tells the database for one transaction at a time;
`policies` are the migration operations that force row security; `tasks` is the only way to make a
Celery task. Imports nothing of the project. Start with `context.practice_scope`.
"""
