"""The portal served over HTTP from a thread of the test, for browsers."""

import contextlib
import socket
import threading
from collections.abc import Iterator
from typing import Any

from django.core.servers.basehttp import ThreadedWSGIServer
from django.core.wsgi import get_wsgi_application
from django.test.testcases import QuietWSGIRequestHandler


class _EndingServer(ThreadedWSGIServer):
    """Ends what is still open when it closes.

    A browser keeps connections open for its next request, each holds a thread, and each thread a
    database session of the app's role; the owner, who drops the database next, may not end those.
    """

    daemon_threads = True

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._answering: dict[threading.Thread, socket.socket] = {}

    def process_request_thread(self, request: Any, client_address: Any) -> None:
        """Answer the requests of one connection, and note that it is open."""
        self._answering[threading.current_thread()] = request
        try:
            super().process_request_thread(request, client_address)
        finally:
            self._answering.pop(threading.current_thread(), None)

    def server_close(self) -> None:
        """Close the door, then end each open connection and wait for its thread."""
        super().server_close()
        for thread, connection in list(self._answering.items()):
            with contextlib.suppress(OSError):  # it has just ended by itself
                connection.shutdown(socket.SHUT_RDWR)
            thread.join(5)


@contextlib.contextmanager
def serving() -> Iterator[int]:
    """Serve on a free loopback port; yields the port."""
    application = get_wsgi_application()
    server = _EndingServer(("127.0.0.1", 0), QuietWSGIRequestHandler)
    server.set_app(application)
    thread = threading.Thread(
        target=server.serve_forever, kwargs={"poll_interval": 0.05}, name="live portal", daemon=True
    )
    thread.start()
    try:
        yield server.server_port
    finally:
        server.shutdown()
        server.server_close()
        thread.join(5)


def serve_for_ever(port: int) -> None:
    """Serve on that port until the process is ended."""
    server = _EndingServer(("127.0.0.1", port), QuietWSGIRequestHandler)
    server.set_app(get_wsgi_application())
    server.serve_forever()
