"""The drill of the reminders: break everything that can break, then count messages.

`make drill-reminders` runs it whole, a test runs its short form. It has servers and a database of
its own, real `manage.py dispatch` processes that are killed with -9, and a stand-in for the
provider that keeps a book of what it took. The verdict compares that book with the rows; nothing
that the dispatcher says of itself counts.
"""
