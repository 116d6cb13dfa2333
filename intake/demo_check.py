"""What `demo --check` walks here: a PHQ-9 with a risk in it, from Ana's phone to Cole's alert."""

from __future__ import annotations

from collections.abc import Iterator

from portal.dev.visitor import CheckFailed, DemoClient, Page, Visitor

_FORMS = "/alder/me/forms/"


def steps(client: DemoClient) -> Iterator[str]:
    """Ana fills the form in, meets the help page, sends it; Cole acknowledges; others stay out."""
    ana = client.visitor("Ana")
    today = ana.get("/alder/me/").expect_status(200).expect("How the last two weeks have been")
    start = ana.get(today.link("How the last two weeks have been")).expect("about 3 minutes")
    yield "Ana sees on Today that a form waits, and who reads it"

    page = ana.get(start.link("Start")).expect("Question 1 of 10")
    for number in range(1, 9):
        page = _answer(ana, page, number, "1").expect(f"Question {number + 1} of 10", "Saved")
    yield "she answers eight questions, one a page, each of them saved"

    page = _answer(ana, page, 9, "1").expect("116 123", "999")
    yield "item 9 above zero shows people to ring before the next question"
    page = ana.get(page.link("Go on with the form")).expect("Question 10 of 10")
    page = _answer(ana, page, 10, "0").expect("Look over your answers", "Several days")
    sent = ana.submit(page, page.form(action="submit")).expect_status(200)
    sent.expect("has been told", "116 123")
    ana.get(sent.link("Go on")).expect("It is sent")
    yield "she sends it; the help page stands before the thanks and says who has been told"

    yield from _cole_acknowledges(client)

    address = start.path
    for name, status in (("Yan", 404), ("Zoe", 404), ("Ben", 404), ("Dee", 403), ("Nat", 403)):
        client.visitor(name).get(address).expect_status(status)
    yield "Yan, Zoe and Ben find nothing there; Dee and Nat are refused"


def _answer(visitor: Visitor, page: Page, number: int, place: str) -> Page:
    form = page.form(words="Next" if number < 10 else "Look over")
    fields = {f"q{number}": place, "shown": f"q{number}", "go": "next"}
    return visitor.submit(page, form, **fields).expect_status(200)


def _cole_acknowledges(client: DemoClient) -> Iterator[str]:
    cole = client.visitor("Cole")
    listed = cole.get("/alder/staff/forms/?list=done").expect_status(200).expect("Ana Torres")
    response = next(
        (address for text, address in listed.links if text.startswith("Read") and "Ana" in text),
        None,
    )
    if response is None:
        raise CheckFailed("Cole finds no answers of Ana to read")
    read = cole.get(response).expect_status(200)
    read.expect("Several days", "Nobody has acknowledged it yet", "of 27, mild")
    yield "Cole reads the answers as they were given, 9 of 27, and finds an alert that waits"

    alert = cole.get(read.link("Open and acknowledge")).expect_status(200)
    cole.submit(alert, alert.form(action="acknowledge")).expect_status(200)
    cole.get(response).expect("Acknowledged by Cole Marsh")
    yield "he acknowledges the alert, and the form says so"

    for name in ("Dee", "Eve", "Nat"):
        client.visitor(name).get(response).expect_status(403)
    client.visitor("Cleo").get(response).expect_status(404)
    dee = client.visitor("Dee").get("/alder/staff/forms/?list=done").expect("Ana Torres")
    if any(text.startswith("Read") for text, _address in dee.links) or "mild" in dee.text:
        raise CheckFailed("the front desk is shown more than that the form is done")
    yield "the front desk sees that the form is done and nothing of it; Cleo, off the team, nothing"
