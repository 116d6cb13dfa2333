"""Which words a policy uses for a person of that language."""

from __future__ import annotations

from dataclasses import dataclass

from reminders.models import PolicyWording, ReminderPolicy
from reminders.rules.languages import base_of


@dataclass(frozen=True, slots=True)
class Words:
    """A policy's templates in one language; `subject_line` is for mail.

    `language` is the code by which days are written: the words and the date in them are in the
    same language, whatever the reader's is.
    """

    template: str
    discreet_template: str
    subject_line: str = ""
    language: str = ""

    def template_for(self, *, discreet: bool) -> str:
        """The wording for somebody whose phone others may read, or the full one."""
        return self.discreet_template if discreet else self.template


def policy_words(policy: ReminderPolicy, language: str) -> Words:
    """The policy's words for that language, else its own.

    Every text is rendered through here. `wordings` ought to be loaded with the policy; without,
    this asks once.
    """
    wanted = base_of(language)
    if wanted == base_of(policy.language):
        return words_of(policy, language)
    for wording in policy.wordings.all():
        if base_of(wording.language) == wanted:
            return words_of(wording, language)
    return words_of(policy, policy.language)


def words_of(row: ReminderPolicy | PolicyWording, language: str) -> Words:
    """The words of one row as they are used for that language."""
    return Words(row.template, row.discreet_template, row.subject_line, language)
