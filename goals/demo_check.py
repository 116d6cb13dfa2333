"""What `demo --check` looks at here: Ana's number, Cole's note, and who is kept out."""

from __future__ import annotations

from collections.abc import Iterator

from portal.dev.visitor import DemoClient


def steps(client: DemoClient) -> Iterator[str]:
    """Ana rates a goal; Cole reads it in the session and shares a note; others stay out."""
    ana = client.visitor("Ana")
    goals = (
        ana.get("/alder/me/goals/").expect_status(200).expect("take the bus", "Suggested to you")
    )
    goal = ana.get(goals.link("I want to take the bus")).expect("How close are you today?")
    form = goal.form(words="Save today")
    rated = ana.submit(goal, form, value="7", comment="Six stops").expect_status(200)
    rated.expect("Last time you said 7.", "You went from 2 to 7 of 10")
    yield "Ana sees half a year of both sides’ numbers, and gives her own of today"

    ana.get("/alder/me/notes/").expect("Signed by Cole Marsh")
    yield "she finds the note that was shared with her"

    for name, status in (("Yan", 404), ("Zoe", 404), ("Ben", 404), ("Dee", 403), ("Eve", 403)):
        client.visitor(name).get(goal.path).expect_status(status)
    yield "Yan, Zoe and Ben find nothing there; Dee and Eve are refused"

    cole = client.visitor("Cole")
    page = cole.get("/alder/staff/goals/").expect_status(200).expect("take the bus")
    record = cole.get(page.link("Ana Torres")).expect("Session")
    session = cole.get(record.link("Session")).expect("Brief", "Agenda", "Sign the note")
    session.expect("from Ana Torres", "Looked at the two quiet rides")
    yield "Cole has the hour on one screen: the brief, what Ana wants to talk about, the note"
