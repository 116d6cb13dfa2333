"""Appends what happened, and reads it back.

Every service records what it changed in the same transaction; opening a clinical record, a search
and an export are events too. Rows carry ids and never content, have no foreign keys (they outlive
what they speak of), and the application's role can only add and read. Knows only `tenancy`.
Write with `from portal.audit import services as audit; audit.record(...)`.
"""
