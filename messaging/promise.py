"""What is promised about messages, in one sentence; nothing more is said anywhere."""

from django.utils.translation import gettext as _


def words() -> str:
    """The sentence, for every place that shows it."""
    return _(
        "Encrypted between you and your care team. We, the software company, cannot read messages "
        "from what we store, but you do trust the program our server sends your browser."
    )
