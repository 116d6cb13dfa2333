"""What a practice in set-up still has to decide. Each app's `home` names its own steps."""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.functional import Promise

Text = str | Promise


@dataclass(frozen=True, slots=True)
class SetUpStep:
    """One line of the check-list. `text` says what is there, or what to do.

    A `required` step must be done before the practice can open; the others can wait.
    """

    key: str
    title: Text
    text: Text
    done: bool
    url_name: str
    required: bool = True
    order: int = 50
