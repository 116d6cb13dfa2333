"""The ceiling: the provider's own client in the same number of threads, with nothing around it.

``python -m benchmarks.texts.bare URL TEXTS THREADS`` prints seconds and CPU seconds as JSON.
"""

from __future__ import annotations

import json
import sys
import time
import uuid
from concurrent.futures import ThreadPoolExecutor

import django

_WORDS = "Hello Nadia. You are booked with Tom Brennan on Thu 26 Nov at 14:30. Automatic text."


def measure(url: str, texts: int, threads: int) -> dict[str, float]:
    """Hand over `texts` texts; wall and CPU seconds of this process."""
    from reminders.transports.base import Outgoing, Route
    from reminders.transports.twilio import Twilio, TwilioAccount

    account = TwilioAccount(sid="AC" + "0" * 32, token="t", sender="+441134960142", api=url)  # noqa: S106
    client = Twilio(account, connections=threads)
    practice = uuid.uuid4()

    def send(number: int) -> None:
        attempt = uuid.uuid4()
        callback = f"https://portal.example/alder/hooks/twilio/status?attempt={attempt}"
        text = Outgoing(
            practice, attempt, f"+4477009{number:05d}", _WORDS, callback, Route("twilio")
        )
        answer = client.send(text)
        if not answer.sid:
            message = f"the stub did not take a text: {answer.meaning}"
            raise RuntimeError(message)

    started, cpu = time.monotonic(), time.process_time()
    with ThreadPoolExecutor(threads) as pool:
        for _ in pool.map(send, range(texts)):
            pass
    return {"seconds": time.monotonic() - started, "cpu": time.process_time() - cpu}


if __name__ == "__main__":
    django.setup()
    sys.stdout.write(json.dumps(measure(sys.argv[1], int(sys.argv[2]), int(sys.argv[3]))))
