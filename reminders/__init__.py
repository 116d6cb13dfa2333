"""Reminders: plan what a practice sends, and deliver each text once, at a decent hour.

Reads the other apps and is known by none of them: a sweep asks what is due and writes one row for
each text. May import the portal and the features' selectors, never `metrics`. Start with
`rules/states.py` for the life of a row, then `planner.py`, `services/` and `dispatcher.py`.
"""
