"""How values stand in the cache: as JSON, so that reading one never runs anything.

Django's own way is pickle, and Redis is shared with the queue: whoever could write there could run
code in the web server.
"""

from __future__ import annotations

import json
from typing import Any


class JsonSerializer:
    """Texts, numbers, lists and objects. Raises ValueError for what is not JSON."""

    def dumps(self, value: Any) -> bytes:
        """A whole number stays its digits, which is what Redis counts with."""
        return json.dumps(value, separators=(",", ":")).encode()

    def loads(self, data: bytes) -> Any:
        return json.loads(data)
