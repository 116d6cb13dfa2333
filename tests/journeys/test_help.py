"""I need help now (T-RISK-02): for everybody, also offline, and nothing of a person is kept."""

from playwright.sync_api import expect

from tests.journeys.stage import Journey, Stage, storage_of


def with_worker(journey: Journey) -> None:
    journey.go("help/")
    journey.page.evaluate("navigator.serviceWorker.ready.then(() => true)")


def test_help_is_one_tap_from_a_patient_page_and_lines_can_be_rung(stage: Stage) -> None:
    page = stage.open("ana").go("me/parts/?base=patient")
    page.get_by_role("link", name="I need help now").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Talk to someone now")
    expect(page.get_by_role("link", name="Ring Samaritans, 116 123")).to_have_attribute(
        "href", "tel:116123"
    )
    expect(page.get_by_role("link", name="Ring 999")).to_have_attribute("href", "tel:999")
    expect(page.get_by_text("You are offline")).to_be_hidden()


def test_help_needs_no_sign_in_and_looks_right_everywhere(stage: Stage) -> None:
    stranger = stage.open()
    stranger.go("help/")
    stranger.looks_right_everywhere()


def test_help_is_there_without_a_network(stage: Stage) -> None:
    ana = stage.open("ana")
    with_worker(ana)
    ana.go("me/parts/?base=patient")
    ana.context.set_offline(True)
    ana.page.get_by_role("link", name="I need help now").click()
    expect(ana.page.get_by_role("link", name="Ring Samaritans, 116 123")).to_be_visible()
    expect(ana.page.get_by_text("You are offline")).to_be_visible()


def test_a_page_that_does_not_come_gives_way_to_the_help_page(stage: Stage) -> None:
    ana = stage.open("ana")
    with_worker(ana)
    ana.context.set_offline(True)
    ana.go("me/parts/?base=patient")
    expect(ana.page.get_by_role("link", name="Ring Samaritans, 116 123")).to_be_visible()


def test_nothing_that_a_signed_in_person_saw_is_kept(stage: Stage) -> None:
    ana = stage.open("ana")
    with_worker(ana)
    ana.go("me/parts/?base=patient")
    ana.page.reload()
    kept = storage_of(ana.page)
    assert kept["local"] == {}
    assert set(kept["session"]) <= {"htmx-current-path-for-history"}
    assert kept["databases"] == []
    pages = [
        url.removeprefix(stage.url)
        for urls in kept["caches"].values()
        for url in urls
        if "/static/" not in url
    ]
    assert sorted(pages) == ["/alder/brand.css", "/alder/help/"]
    text = ana.page.evaluate("caches.match('/alder/help/').then(reply => reply.text())")
    assert "Ana" not in text
    assert "Talk to someone now" in text


def test_each_practice_keeps_its_own_lines(stage: Stage) -> None:
    stranger = stage.open()
    with_worker(stranger)
    stranger.page.goto("/birch/help/")
    stranger.page.evaluate("navigator.serviceWorker.ready.then(() => true)")
    names = sorted(storage_of(stranger.page)["caches"])
    assert [name.rsplit(":", 1)[0] for name in names] == ["help:/alder/", "help:/birch/"]
