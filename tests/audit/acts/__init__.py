"""One made-up day of Alder, act by act: every service that writes, in an order that works.

Each act takes the stage (the cast and what earlier acts left there) and does one thing through a
service. `test_all_or_nothing` does each of them many times with a failing audit first.
"""

from __future__ import annotations

from tests.audit.acts import (
    appointments,
    endings,
    forms,
    goals,
    patients,
    practice,
    reminders,
    sealed,
    work,
)
from tests.audit.acts.act import Stage

__all__ = ["DAY", "Stage"]

DAY = [
    *practice.act,
    *patients.act,
    *appointments.act,
    *work.act,
    *forms.act,
    *goals.act,
    *sealed.act,
    *reminders.act,
    *endings.act,
]
