"""The project package and shared kernel: who, where and when.

The kernel knows practices, people, appointments, permission, audit and work lists. It knows none of
the feature apps (`intake`, `messaging`, `goals`, `reminders`, `metrics`); they import the kernel,
never the other way round. Start with `portal/urls.py`, then `portal/practices/middleware.py`.
"""
