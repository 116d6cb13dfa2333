"""``make secrets``: write `.env` for docker compose, once, with a new password for everything.

What only a person knows (the address, the mail server, Twilio) stands there to be filled in.
"""

import os
import secrets
import sys
from pathlib import Path

CHECKOUT = Path(__file__).resolve().parents[2]
# Letters and digits alone: they stand inside addresses.
GENERATED = (
    "SECRET_KEY",
    "ENCRYPTION_KEYS",
    "POSTGRES_PASSWORD",
    "PORTAL_OWNER_PASSWORD",
    "PORTAL_APP_PASSWORD",
    "PORTAL_DISPATCH_PASSWORD",
    "REDIS_PASSWORD",
)
ASKED = (
    ("PUBLIC_URL", "https://portal.example.org", "the address people type"),
    ("EMAIL_URL", "smtp+tls://user:password@mail.example.org:587", "the server that sends letters"),
    ("DEFAULT_FROM_EMAIL", "portal@example.org", "whom letters come from"),
    ("BACKUP_DIR", "/srv/portal-backups", "a folder of user 10001, mode 0700, encrypted disk"),
    ("BACKUP_KEYS_DIR", "/srv/portal-keys", "the same on another disk: patients' keys"),
)


def words() -> str:
    """The text of a new `.env`."""
    lines = [
        "# Made by `make secrets`. Keep a copy apart from the backups; never in version control."
    ]
    lines += [f"{name}={secrets.token_hex(32)}" for name in GENERATED]
    lines += ["", "# Yours to fill in."]
    for name, example, what in ASKED:
        lines += [f"# {what}"] if what else []
        lines += [f"{name}={example}"]
    return "\n".join(lines) + "\n"


def main(path: Path = CHECKOUT / ".env") -> int:
    """Write the file for its owner alone; exit 1 where there is one already."""
    try:
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        sys.stderr.write(
            f"{path.name} is there already and stays: with new passwords the database would not "
            "open. To change one, see docs/operations.md.\n"
        )
        return 1
    with os.fdopen(descriptor, "w", encoding="utf-8") as file:
        file.write(words())
    sys.stdout.write(f"{path.name} is written. Fill in its last part, then: docker compose up -d\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
