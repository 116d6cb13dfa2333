"""What a lock leaves, and what a PIN needs."""

from __future__ import annotations

import json
import secrets

from django.apps import apps
from django.db import connection  # noqa: TID251 - looks at rows as a thief would
from playwright.sync_api import Request, expect

from messaging.blobs import to_text
from messaging.client import code_bytes
from messaging.models import UnlockSlot
from portal.tenancy.context import practice_scope
from tests.journeys.sealing import PIN, make_keys, make_ready, recover, unlock, write
from tests.journeys.stage import Journey, Stage, storage_of
from tests.messaging.people import client_of

IDLE = "05:05"


def kept_here(journey: Journey) -> str:
    """All that the browser keeps for this site, keys that script cannot read left out."""
    databases = journey.page.evaluate(
        """() => new Promise((resolve) => {
            const asked = indexedDB.open("sealed-messages");
            asked.onsuccess = () => {
                const all = asked.result.transaction("kept").objectStore("kept").getAll();
                all.onsuccess = () => resolve(all.result.map((one) => JSON.stringify(one)));
            };
        })"""
    )
    return json.dumps([databases, storage_of(journey.page)])


def test_a_new_device_opens_with_the_sheet_and_locks_with_nothing_left_on_the_page(
    stage: Stage,
) -> None:
    """Keys of the Python twin open in the browser; a draft outlives the lock, closed."""
    ready = make_ready(stage.cast)
    ready.cole.send(ready.thread, "From the twin, 4711.")
    ana = stage.open("ana")
    page = ana.page
    page.clock.install()
    recover(ana, "me/messages/", ready.code.lower().replace("-", " "))
    said = page.get_by_text("From the twin, 4711.")
    expect(said).to_be_visible()
    ana.looks_right_everywhere()
    page.set_viewport_size({"width": 390, "height": 844})
    page.get_by_label("Your message").fill("A draft, 815.")

    page.clock.fast_forward(IDLE)
    expect(page.get_by_role("heading", name="Your messages are locked")).to_be_visible()
    expect(page.get_by_text("What you were writing is kept")).to_be_visible()
    html = page.content()
    assert "4711" not in html
    assert "815" not in html
    assert "4711" not in kept_here(ana)
    assert "815" not in kept_here(ana)
    ana.looks_right()

    unlock(ana)
    expect(said).to_be_visible()
    expect(page.get_by_label("Your message")).to_have_value("A draft, 815.")
    page.get_by_role("button", name="Lock now").press("Enter")
    expect(said).to_be_hidden()
    expect(page.get_by_label("PIN or passphrase of this device")).to_be_focused()


def test_what_is_being_written_is_there_again_after_a_look_at_ones_devices(stage: Stage) -> None:
    ready = make_ready(stage.cast)
    ana = stage.open("ana")
    page = ana.page
    recover(ana, "me/messages/", ready.code)
    page.get_by_label("Your message").fill("Half a sentence, 1609.")
    page.get_by_text("Who can read these messages").press("Enter")
    page.get_by_role("link", name="Your devices").press("Enter")
    expect(page.get_by_role("heading", name="Your devices")).to_be_visible()
    assert "1609" not in page.content() + kept_here(ana)
    page.go_back()
    expect(page.get_by_label("Your message")).to_have_value("Half a sentence, 1609.")


def test_wrong_pins_are_counted_and_waited_for_in_words(stage: Stage) -> None:
    ready = make_ready(stage.cast)
    ana = stage.open("ana")
    recover(ana, "me/messages/", ready.code)
    expect(ana.page.get_by_label("Your message")).to_be_visible()
    ana.page.reload()
    unlock(ana, "111112")
    expect(ana.page.get_by_text("Tries left: 9")).to_be_visible()
    with practice_scope(stage.cast.alder.pk):
        UnlockSlot.objects.filter(kind="device", tries=1).update(tries=4)
    unlock(ana, "111113")
    expect(ana.page.get_by_text("Too many tries. You can try again at")).to_be_visible()
    assert ana.axe() == []
    ana.page.reload()
    expect(ana.page.get_by_text("Too many tries. You can try again at")).to_be_visible()
    with practice_scope(stage.cast.alder.pk):
        UnlockSlot.objects.filter(kind="device", tries=5).update(tries=9, wait_until=None)
    unlock(ana, "111114")
    expect(ana.page.get_by_text("there were ten wrong tries")).to_be_visible()
    ana.page.reload()
    expect(ana.page.get_by_label("Code on your recovery sheet")).to_be_visible()


def test_easy_pins_are_refused_and_what_was_typed_stays(stage: Stage) -> None:
    ana = stage.open("ana")
    page = ana.go("me/messages/")
    pin, again = page.get_by_label("PIN or passphrase for this device"), "The same again"
    for typed, why in (
        ("12345", "six digits or more"),
        ("112233", "easy to guess"),
        ("456789", "easy to guess"),
        ("170395", "read as a date"),
        ("19950317", "read as a date"),
        ("horse77", "twelve letters"),
    ):
        pin.fill(typed)
        page.get_by_label(again).fill(typed)
        page.keyboard.press("Enter")
        expect(page.get_by_text(why).last).to_be_visible()
        expect(pin).to_have_value(typed)
        expect(pin).to_be_focused()
    pin.fill(PIN)
    page.keyboard.press("Enter")
    expect(page.get_by_text("The two are not the same.")).to_be_visible()
    ana.looks_right_everywhere()


def test_keys_made_in_the_browser_open_for_the_twin_and_the_sheet_is_shown_once(
    stage: Stage,
) -> None:
    ana = stage.open("ana")
    code = make_keys(ana, "me/messages/")
    twin = client_of(stage.cast.ana)
    twin.open_with_sheet(code_bytes(code))
    assert twin.account is not None
    expect(ana.page.get_by_role("button", name="Lock now")).to_be_visible()
    assert code.split()[0] not in ana.page.content()
    ana.go("messages/devices/")
    unlock(ana)
    expect(ana.page.get_by_text("This device. Since")).to_be_visible()
    ana.looks_right()
    ana.page.get_by_role("button", name="Make another sheet").press("Enter")
    sheet = ana.page.locator("[data-fill=code]")
    expect(sheet).to_be_visible()
    ana.looks_right()
    twin.open_with_sheet(code_bytes(sheet.inner_text()))
    ana.page.get_by_role("button", name="I have kept it").press("Enter")
    ana.page.get_by_role("button", name="Take away").press("Enter")
    assert ana.axe() == []
    ana.page.get_by_role("button", name="Take it away").press("Enter")
    expect(ana.page.get_by_text("This device. Since")).to_be_hidden()
    ana.page.reload()
    expect(ana.page.get_by_label("Code on your recovery sheet")).to_be_visible()


def stored_everywhere(stage: Stage) -> str:
    """All rows of all tables, as text; bytes are hexadecimal there."""
    rows = []
    with practice_scope(stage.cast.alder.pk), connection.cursor() as cursor:
        for model in apps.get_models():
            table = model._meta.db_table
            cursor.execute(f'SELECT t::text FROM "{table}" t')  # noqa: S608 - names of models
            rows += [str(row[0]) for row in cursor.fetchall()]
    return "\n".join(rows)


def test_a_hundred_canaries_leave_the_browser_sealed_alone(stage: Stage) -> None:
    """Typed, sent, read by the other; then looked for in requests, tables and storage."""
    ready = make_ready(stage.cast)
    ana = stage.open("ana")
    bodies: list[str] = []

    def note(request: Request) -> None:
        bodies.append(f"{request.url} {request.post_data or ''} {request.headers}")

    ana.context.on("request", note)
    recover(ana, "me/messages/", ready.code)
    canaries = [f"canary-{secrets.token_hex(8)}" for _ in range(100)]
    for start in range(0, 100, 20):
        write(ana, "\n".join(canaries[start : start + 20]))
    expect(ana.page.get_by_text("not delivered yet")).to_have_count(5, timeout=30_000)
    read = "\n".join(message.text for message in ready.cole.read(ready.thread))
    assert all(canary in read for canary in canaries)

    places = "\n".join([*bodies, stored_everywhere(stage), kept_here(ana)])
    assert ready.cole.threads[ready.thread].messages[-1].hash.hex() in places
    spellings = [(each, each.encode().hex(), to_text(each.encode())) for each in canaries]
    assert [each[0] for each in spellings if any(one in places for one in each)] == []
    assert PIN not in "\n".join(bodies)


def test_it_locks_after_two_minutes_out_of_sight_and_five_without_a_sign(stage: Stage) -> None:
    """The timer that page and worker share, by a clock of the test's own."""
    stranger = stage.open()
    stranger.go("help/")
    left = stranger.page.evaluate(
        """async () => {
            const { LockTimer } = await import("/static/js/messages/lock_timer.js");
            let now = 0;
            Date.now = () => now;
            const timer = new LockTimer(() => {});
            const left = [];
            const at = (seconds) => { now = seconds * 1000; left.push(timer.left() / 1000); };
            timer.touch();
            at(60);
            timer.hidden(true);
            at(90);
            at(180);
            timer.hidden(false);
            at(181);
            timer.touch();
            at(481);
            return left;
        }"""
    )
    assert left == [240, 90, 0, 119, 0]
