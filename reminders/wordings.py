"""Which words a policy uses for a person of that language."""

from __future__ import annotations

from dataclasses import dataclass

from reminders.models import ReminderPolicy


@dataclass(frozen=True, slots=True)
class Words:
    """A policy's templates in one language; `subject_line` is for mail."""

    template: str
    discreet_template: str
    subject_line: str = ""

    def template_for(self, *, discreet: bool) -> str:
        """The wording for somebody whose phone others may read, or the full one."""
        return self.discreet_template if discreet else self.template


def policy_words(policy: ReminderPolicy, language: str) -> Words:
    """The policy's words for that language; every text is rendered through here."""
    return Words(policy.template, policy.discreet_template)
