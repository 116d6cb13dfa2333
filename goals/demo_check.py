"""What `demo --check` looks at here: the page is honest about what cannot be written yet."""

from collections.abc import Iterator

from portal.dev.visitor import DemoClient


def steps(client: DemoClient) -> Iterator[str]:
    """Ana's and Cole's pages."""
    page = client.visitor("Ana").get("/alder/me/goals/").expect_status(200)
    page.expect("You cannot write goals here yet")
    client.visitor("Cole").get("/alder/staff/goals/").expect_status(200)
    yield "Goals says that none can be written yet, and what to do until then"
