"""A client of sealed messages in plain Python: what the browser does, for tests, the demo and
drills. It trusts the server with nothing but storage: whatever does not fit what was signed, or
what it has seen before, is `Hostile`. May import `messaging.sealed`, `messaging.blobs` and
`portal.encoding`. Start at `client.py`.
"""

from messaging.client.account import Account, code_bytes, code_words, new_code
from messaging.client.client import Client, Message
from messaging.client.errors import Hostile, ServerSaid
from messaging.client.transport import Answer, Transport

__all__ = [
    "Account",
    "Answer",
    "Client",
    "Hostile",
    "Message",
    "ServerSaid",
    "Transport",
    "code_bytes",
    "code_words",
    "new_code",
]
