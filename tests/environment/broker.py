"""The real broker in tests: what was queued is really sent through Valkey, then run here."""

from dataclasses import dataclass
from typing import Any

import redis
from celery import current_app
from kombu.message import Message


@dataclass(frozen=True)
class Queued:
    """One task as the broker gives it back: name and arguments after a trip through JSON."""

    name: str
    args: tuple[Any, ...]
    kwargs: dict[str, Any]


class Broker:
    """This process' own Valkey database, empty at the start of a test."""

    def __init__(self, url: str) -> None:
        self.client = redis.Redis.from_url(url)
        self.client.flushdb()

    def take(self) -> list[Queued]:
        """Take everything that is queued now, in order."""
        taken: list[Queued] = []

        def receive(body: Any, message: Message) -> None:
            args, kwargs, _embed = body
            taken.append(Queued(message.headers["task"], tuple(args), kwargs))
            message.ack()  # type: ignore[no-untyped-call]  # kombu is untyped

        with current_app.connection_for_read() as connection, connection.channel() as channel:
            queue = current_app.amqp.queues[current_app.conf.task_default_queue](channel)
            queue.declare()
            while (message := queue.get(no_ack=False)) is not None:
                receive(message.decode(), message)
        return taken

    def run(self, *, rounds: int = 10) -> list[Queued]:
        """Run what is queued, and what that queues in turn; an exception of a task is raised."""
        done: list[Queued] = []
        for _ in range(rounds):
            batch = self.take()
            if not batch:
                return done
            for queued in batch:
                current_app.tasks[queued.name](*queued.args, **queued.kwargs)
            done += batch
        raise AssertionError(f"tasks still queue tasks after {rounds} rounds")
