"""A server that cheats: it stands between a client and the real one and changes what is answered.

Each script is one way to cheat, drawn by a seeded generator, on answers that were true.
"""

from __future__ import annotations

import copy
import json
import random
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from messaging.blobs import from_text, to_text
from messaging.client import Answer, Transport

Json = dict[str, Any]
Change = Callable[[str, Json], None]


@dataclass
class Between:
    """A transport whose answers to reading pass through `change(path, body)` while it is set.

    True answers are kept in `kept` and asked for once: nothing changes while it cheats.
    """

    real: Transport
    change: Change | None = None
    touched: int = 0
    kept: dict[str, Answer] = field(default_factory=dict)
    sent: list[tuple[str, Json]] = field(default_factory=list)

    def get(self, path: str) -> Answer:
        answer = self.kept[path] = self.kept.get(path) or self.real.get(path)
        if self.change is None or answer.status >= 400:
            return answer
        body = copy.deepcopy(answer.body)
        self.change(path, body)
        self.touched += json.dumps(body) != json.dumps(answer.body)
        return Answer(answer.status, body)

    def post(self, path: str, body: Json) -> Answer:
        self.sent.append((path, body))
        self.kept.clear()
        return self.real.post(path, body)


def is_thread(path: str) -> bool:
    return path.startswith("threads/") and path.count("/") == 2 and path != "threads/"


def flipped(text: str, generator: random.Random) -> str:
    """The same bytes with one bit changed."""
    data = bytearray(from_text(text))
    place = generator.randrange(len(data) * 8)
    data[place // 8] ^= 1 << place % 8
    return to_text(bytes(data))
