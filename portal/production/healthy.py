"""``python -m portal.production.healthy``: exit 0 when the web server here answers.

For the container's health check: whether this program is well, not whether its neighbours are
(`/ready` says that of the whole installation). It speaks as the proxy in front does. Standard
library alone: it runs every few seconds.
"""

import os
import sys
import urllib.error
import urllib.request
from urllib.parse import urlsplit


def main(port: int = 8000) -> int:
    """Ask once; say on stderr what is not there."""
    host = urlsplit(os.environ.get("PUBLIC_URL", "")).netloc or "localhost"
    request = urllib.request.Request(
        f"http://127.0.0.1:{port}/health", headers={"Host": host, "X-Forwarded-Proto": "https"}
    )
    try:
        with urllib.request.urlopen(request, timeout=5):  # noqa: S310 - the same
            return 0
    except urllib.error.HTTPError as error:
        sys.stderr.write(f"{error.code} {error.read(500).decode(errors='replace')}\n")
    except OSError as error:
        sys.stderr.write(f"no answer: {error}\n")
    return 1


if __name__ == "__main__":
    sys.exit(main())
