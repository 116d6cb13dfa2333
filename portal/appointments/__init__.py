"""Who meets whom, when, and what became of it.

An appointment keeps its wall-clock time and zone beside the instant; every change bumps `version`,
which is all that `reminders` needs to know. Statuses are rows with author and time.
"""
