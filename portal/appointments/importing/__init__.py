"""Appointments out of a record system's export: read, compared with the calendar, brought in whole.

Read in the order of the data: `reading` (bytes to cells), `rows` (cells to appointments, or what is
wrong with them), `planning` (what would change here), `writing` (all of it, or nothing). `runs`
keeps an upload between its preview and the press of the button.
"""
