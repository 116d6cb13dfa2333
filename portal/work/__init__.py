"""Alerts and tasks: who must do what by when, who covers, what happens if nobody does.

An alert is a risk to a person and must be acknowledged by a clinician; a task is anything else that
somebody has to do. Feature apps raise both through `services`; the source is kept as a type and an
id, so that `work` knows none of them.
"""
