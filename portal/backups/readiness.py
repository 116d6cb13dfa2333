"""Whether a restore waits for somebody to look."""

from portal.backups.selectors import is_held


def check() -> str:
    """`ok`, or `held`: restored, and reminders wait for `manage.py restore --release`."""
    return "held" if is_held() else "ok"
