"""What `demo --check` looks at here: the page is honest about what cannot be sent yet."""

from collections.abc import Iterator

from portal.dev.visitor import DemoClient


def steps(client: DemoClient) -> Iterator[str]:
    """Ana's and Cole's pages."""
    page = client.visitor("Ana").get("/alder/me/messages/").expect_status(200)
    page.expect("You cannot write here yet")
    client.visitor("Cole").get("/alder/staff/inbox/").expect_status(200)
    yield "Messages says that nothing can be written yet, and whom to ring"
