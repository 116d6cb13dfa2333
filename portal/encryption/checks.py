"""System checks: there is a key-encryption key wherever people's words are kept."""

from typing import Any

from django.conf import settings
from django.core import checks

from portal.encryption.errors import KeyUnavailable
from portal.encryption.kek import keeper


@checks.register(checks.Tags.security)
def there_is_a_key(app_configs: Any = None, **kwargs: Any) -> list[checks.CheckMessage]:
    """Without a key nothing that people write could be kept or read."""
    try:
        if keeper().current:
            return []
    except (KeyUnavailable, ValueError, ImportError):
        pass
    return [
        checks.Error(
            f"There is no key-encryption key from {settings.KEY_KEEPER}.",
            hint="Set ENCRYPTION_KEYS or ENCRYPTION_KEY_FILE; `make secrets` makes one.",
            id="encryption.E001",
        )
    ]
