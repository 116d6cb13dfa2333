"""What is done to keys: replaced while people work, wrapped anew, destroyed for good."""

from portal.encryption.services.destroying import destroy_keys_of
from portal.encryption.services.rotating import Progress, rewrap, rotate

__all__ = ["Progress", "destroy_keys_of", "rewrap", "rotate"]
