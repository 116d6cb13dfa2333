"""Every write of reminding, one module per verb of a row's life.

`due` says where there is something to do, `planning` makes rows, `claiming` takes them, `outcomes`
records what came back, `resolving` settles doubts; `receiving` and `inbox` are for what people
write back, `links` for the linked page, `policies` and `channels` for the people who look after it
all.
"""

from portal.access.viewer import SystemActor

SYSTEM = SystemActor("Reminders")
TEXT_REPLY = SystemActor("A reply to a text")
LINKED_PAGE = SystemActor("The link in a text")
