"""A provider that takes every text after a while: ``python -m benchmarks.texts.stub PORT MS``.

One event loop, no parsing beyond what keeps a connection usable, so that it is cheap beside what is
measured. `GET /count` tells how many texts it took, and the most in any one second.
"""

from __future__ import annotations

import asyncio
import json
import sys
import time
from collections import Counter


class Provider(asyncio.Protocol):
    """One connection; requests come one after another."""

    taken = 0
    seconds: Counter[int] = Counter()
    latency = 0.1

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Remember where to answer."""
        assert isinstance(transport, asyncio.Transport)  # noqa: S101 - for the type checker
        self._transport, self._kept = transport, b""

    def data_received(self, data: bytes) -> None:
        """Answer each whole request."""
        self._kept += data
        while (end := self._kept.find(b"\r\n\r\n")) >= 0:
            head = self._kept[:end].lower()
            length = 0
            for line in head.split(b"\r\n"):
                if line.startswith(b"content-length:"):
                    length = int(line.split(b":")[1])
            if len(self._kept) < end + 4 + length:
                return
            self._kept = self._kept[end + 4 + length :]
            if head.startswith(b"get /count"):
                most = max(Provider.seconds.values(), default=0)
                self._answer(200, {"taken": Provider.taken, "most_in_a_second": most})
            else:
                loop = asyncio.get_running_loop()
                loop.call_later(Provider.latency, self._take)

    def _take(self) -> None:
        Provider.taken += 1
        Provider.seconds[int(time.monotonic())] += 1
        sid = f"SM{Provider.taken:032d}"
        self._answer(201, {"sid": sid, "status": "queued", "error_code": None})

    def _answer(self, status: int, content: dict[str, object]) -> None:
        body = json.dumps(content).encode()
        if not self._transport.is_closing():
            self._transport.write(
                b"HTTP/1.1 %d OK\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n%s"
                % (status, len(body), body)
            )


async def serve(port: int, latency: float) -> None:
    """Answer until the process is told to end."""
    Provider.latency = latency
    loop = asyncio.get_running_loop()
    server = await loop.create_server(Provider, "127.0.0.1", port, backlog=256)
    await server.serve_forever()


if __name__ == "__main__":
    asyncio.run(serve(int(sys.argv[1]), int(sys.argv[2]) / 1000))
