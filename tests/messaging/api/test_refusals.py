"""Who finds nothing, who is refused, and what is not stored although its sender wants it to be."""

from __future__ import annotations

import datetime as dt
import json
import secrets
from typing import Any
from unittest import mock

import pytest

from messaging.blobs import from_text, to_text, with_suite
from messaging.client import ServerSaid, bodies
from messaging.models import DirectoryEntry, Envelope, Thread
from portal import clock
from portal.access.roles import Role
from portal.audit.models import AuditEvent
from portal.people import services as people
from portal.people.models import CareRole
from portal.practices import services as practices
from portal.tenancy.context import practice_scope
from tests.attack.test_step_up import left_alone
from tests.cast import SET_UP, Cast
from tests.messaging.client.hostile import Between, Json
from tests.messaging.people import Writers, client_of, with_keys

pytestmark = pytest.mark.django_db

TWO = "00000000-0000-4000-8000-00000000000a"
KEYS = [
    ("get", "state/"),
    ("post", "keys/"),
    ("post", "devices/begin/"),
    ("post", "devices/"),
    ("get", "recovery/"),
    ("post", "recovery/"),
    ("get", "directory/"),
    ("post", "directory/"),
]
CONFIRMING = [("get", "identity/"), ("post", "identity/"), ("get", "directory/pending/")]
THREADS = [("get", "threads/"), ("post", "threads/")]
ONE_THREAD = [
    ("get", "threads/{}/"),
    ("get", "threads/{}/news/"),
    ("post", "threads/{}/epochs/"),
    ("post", "threads/{}/envelopes/"),
    ("post", "threads/{}/receipts/"),
]


def ask(cast: Cast, name: str, method: str, path: str, body: Any = None) -> Any:
    client, url = cast.people[name].client(), f"/alder/api/messaging/{path}"
    if method == "get":
        return client.get(url)
    return client.post(url, json.dumps(body or {}), content_type="application/json")


def test_other_practices_find_nothing_at_any_address(writers: Writers) -> None:
    for name in ("yan", "xia", "zoe"):
        for method, path in [*KEYS, *CONFIRMING, *THREADS, *ONE_THREAD]:
            answer = ask(writers.cast, name, method, path.format(writers.thread))
            assert answer.status_code == 404, (name, method, path)


def test_carers_front_desk_and_navigator_have_no_messages(writers: Writers) -> None:
    for name in ("fay", "dee", "nat"):
        for method, path in [*KEYS, *CONFIRMING, *THREADS, *ONE_THREAD]:
            answer = ask(writers.cast, name, method, path.format(writers.thread))
            assert answer.status_code == 403, (name, method, path)


def test_a_manager_confirms_keys_and_sees_no_thread(writers: Writers) -> None:
    writers.ana.send(writers.thread, "One.")
    for method, path in [*THREADS, *ONE_THREAD]:
        answer = ask(writers.cast, "eve", method, path.format(writers.thread))
        assert answer.status_code == 403, (method, path)
    assert ask(writers.cast, "eve", "get", "identity/").status_code == 200
    for name in ("ana", "cole"):
        for method, path in CONFIRMING:
            assert ask(writers.cast, name, method, path).status_code == 403, (name, path)


def test_people_outside_the_thread_find_nothing_of_it(writers: Writers) -> None:
    """Another patient, and a clinician who is not on the care team, covering or not."""
    with_keys(writers.cast.ben)
    with_keys(writers.cast.cleo)
    writers.eve.confirm_waiting()
    patient = {"patient": str(writers.cast.patient("ana").pk)}
    for name in ("ben", "cleo"):
        for method, path in ONE_THREAD:
            answer = ask(writers.cast, name, method, path.format(writers.thread))
            assert answer.status_code == 404, (name, method, path)
        assert ask(writers.cast, name, "get", "threads/").json()["threads"] == []
        assert ask(writers.cast, name, "post", "threads/", patient).status_code == 404


def test_opening_a_thread_is_recorded_and_asking_in_vain_is_not(writers: Writers) -> None:
    writers.ana.send(writers.thread, "One.")
    before = _openings(writers)
    writers.cole.read(writers.thread)
    assert _openings(writers) == before + 1
    writers.cole.news(writers.thread)
    writers.cole.transport.get(f"threads/{writers.thread}/?before=1")
    assert _openings(writers) == before + 1


def test_looking_whether_a_thread_still_waits_for_keys_is_not_recorded(cast: Cast) -> None:
    ana, _cole = client_of(cast.ana), with_keys(cast.cole)
    ana.make_keys()
    thread = ana.begin()
    before = _all_openings(cast)
    asked = f"threads/{thread}/news/?state=1&after="
    for after in (0, 1_000):
        assert ana.transport.get(f"{asked}{after}").good["state"] == "waiting_for_confirmation"
    assert "state" not in ana.transport.get(f"threads/{thread}/news/").good
    assert _all_openings(cast) == before


@pytest.mark.parametrize("end", ["news/?after=0", "?before=999"])
def test_nobody_is_given_messages_without_an_opening_of_that_day(
    writers: Writers, end: str
) -> None:
    """Not by asking for news or for an earlier page alone; once in a while, not each time."""
    writers.ana.send(writers.thread, "One.")
    before, path = _openings(writers), f"threads/{writers.thread}/{end}"
    for _time in range(2):
        assert len(writers.cole.transport.get(path).good["envelopes"]) == 1
        assert _openings(writers) == before + 1
    with practice_scope(writers.cast.alder.pk):
        clock.move_to(clock.now() + dt.timedelta(hours=13))
    again = client_of(writers.cast.cole)
    assert len(again.transport.get(path).good["envelopes"]) == 1
    assert _openings(writers) == before + 2


def _openings(writers: Writers) -> int:
    return _all_openings(writers.cast)


def _all_openings(cast: Cast) -> int:
    with practice_scope(cast.alder.pk):
        return AuditEvent.objects.filter(action="thread.open").count()


def test_who_left_the_practice_gets_no_byte_more(writers: Writers) -> None:
    """T-E2E-07, small: what follows is closed to the old keys, and nothing is served."""
    cast, thread = writers.cast, writers.thread
    writers.ana.send(thread, "While Cole was here.")
    writers.cole.read(thread)
    cleo = with_keys(cast.cleo)
    with practice_scope(cast.alder.pk):
        people.join_care_team(
            patient=cast.patient("ana"),
            membership=cast.cleo.membership,
            role=CareRole.MEMBER,
            by=SET_UP,
        )
        people.leave_practice(
            membership=cast.cole.membership, new_lead=cast.cleo.membership, by=SET_UP
        )
    assert ask(cast, "cole", "get", f"threads/{thread}/").status_code == 404
    assert ask(cast, "cole", "get", "recovery/").status_code == 404
    with pytest.raises(ServerSaid) as said:
        writers.ana.send(thread, "Too soon.")
    assert said.value.code == "not_ready"  # Cleo's keys wait to be confirmed
    assert writers.eve.confirm_waiting() == 2  # Cleo's begin, Cole's end
    for number in range(30):
        writers.ana.send(thread, f"After Cole, {number}.")
    assert len(cleo.read(thread)) == 30
    gone = writers.cole.threads[thread]
    answer = writers.ana.transport.get(f"threads/{thread}/").good
    assert writers.cole.account is not None
    kids = {member["kid"] for member in answer["epochs"][-1]["members"]}
    assert writers.cole.account.kid not in kids
    opened = 0
    for one in answer["envelopes"]:
        for stretch in gone.stretches:
            opened += one["epoch"] > stretch.number and _opens(one, stretch.key, gone)
    assert opened == 0
    with practice_scope(cast.alder.pk):
        assert DirectoryEntry.objects.exclude(revoked_at="").count() == 1


def _opens(envelope: dict[str, Any], key: bytes | None, thread: Any) -> bool:
    from messaging.blobs import inner
    from messaging.sealed.messages import message_key
    from messaging.sealed.primitives import CannotOpen, decrypt

    assert key is not None
    try:
        decrypt(
            message_key(key, envelope["message_id"]),
            from_text(envelope["nonce"]),
            inner(from_text(envelope["ciphertext"])),
            b"",
        )
    except CannotOpen:
        return False
    return True


def test_who_left_the_care_team_finds_the_thread_closed_and_the_next_message_rotates(
    writers: Writers,
) -> None:
    cast, thread = writers.cast, writers.thread
    with_keys(cast.cleo)
    writers.eve.confirm_waiting()
    writers.ana.send(thread, "One.")
    with practice_scope(cast.alder.pk):
        people.join_care_team(
            patient=cast.patient("ana"),
            membership=cast.cleo.membership,
            role=CareRole.LEAD,
            by=SET_UP,
        )
        for member in people_on_team(cast):
            people.leave_care_team(member=member, by=SET_UP)
    assert ask(cast, "cole", "get", f"threads/{thread}/").status_code == 404
    assert ask(cast, "cole", "get", f"threads/{thread}/news/").status_code == 404
    writers.ana.send(thread, "Two.")
    assert writers.ana.threads[thread].stretches[-1].number == 2


def test_nobody_begins_anew_before_the_practice_has_signed_that_all_who_read_ended(
    writers: Writers,
) -> None:
    """Clients go by the directory: what the server took earlier, every one would refuse."""
    cast, thread = writers.cast, writers.thread
    writers.ana.send(thread, "One.")
    with practice_scope(cast.alder.pk):
        people.join_care_team(
            patient=cast.patient("ana"),
            membership=cast.cleo.membership,
            role=CareRole.MEMBER,
            by=SET_UP,
        )
        people.leave_practice(
            membership=cast.cole.membership, new_lead=cast.cleo.membership, by=SET_UP
        )
    cleo = with_keys(cast.cleo)
    writers.ana.make_keys(replace=True)

    real = writers.eve.transport
    wire = writers.eve.transport = Between(real, change=only_new_keys)
    assert writers.eve.confirm_waiting() == 2
    assert wire.touched
    with pytest.raises(ServerSaid) as said:
        cleo.send(thread, "Too early.")
    assert (said.value.status, said.value.code) == (422, "roster")

    writers.eve.transport = real
    assert writers.eve.confirm_waiting() == 2
    cleo.send(thread, "Anew.")
    assert [one.text for one in cleo.read(thread)] == ["Anew."]


def only_new_keys(path: str, body: Json) -> None:
    """As if the manager had chosen the new keys and left the ends for later."""
    if path == "directory/pending/":
        body["pending"] = [one for one in body["pending"] if not one["revoked_at"]]


def people_on_team(cast: Cast) -> list[Any]:
    from portal.people.selectors import care_team_of

    team = care_team_of(cast.patient("ana"))
    return [one for one in team if one.membership_id == cast.cole.membership.pk]


def test_a_session_left_open_adds_no_device_no_sheet_and_no_other_keys(writers: Writers) -> None:
    client, ana = left_alone(writers.cast.ana), writers.ana
    assert ana.account is not None
    device, sheet = ana._device(ana.account, "730512"), ana.account.sheet_for(bytes(20))
    keys = {**ana.account.as_body(), "recovery": sheet, "replace": True}
    for path, body in (("devices/", device), ("recovery/", sheet), ("keys/", keys)):
        answer = client.post(
            f"/alder/api/messaging/{path}", json.dumps(body), content_type="application/json"
        )
        assert (answer.status_code, answer.json()["code"]) == (403, "fresh_proof"), path
        assert answer.json()["at"].startswith("/alder/accounts/")
    assert ana.state()["devices"] == []


def test_what_is_not_right_about_a_message_is_refused_with_its_reason(writers: Writers) -> None:
    writers.ana.send(writers.thread, "One.")
    ana = writers.ana
    body = bodies.envelope(ana.threads[writers.thread], "Two.", TWO)
    assert post(writers, body).body["code"] == "sequence"  # its own first is not in its memory yet
    ana.news(writers.thread)
    body = bodies.envelope(ana.threads[writers.thread], "Two.", TWO)
    wrong: list[tuple[int, str, dict[str, Any]]] = [
        (422, "signature", {"signature": to_text(bytes(64))}),
        (422, "signature", {"nonce": to_text(bytes(12))}),
        (422, "signature", {"message_id": "00000000-0000-4000-8000-00000000000b"}),
        (422, "directory", {"directory": to_text(bytes(32))}),
        (422, "kind", {"kind": "urgent"}),
        (422, "size", {"ciphertext": to_text(with_suite(bytes(100)))}),
        (409, "stale_epoch", {"epoch": 2}),
        (409, "sequence", {"sequence": 1}),
        (409, "sequence", {"previous": to_text(bytes(32))}),
    ]
    for status, code, change in wrong:
        answer = post(writers, {**body, **change})
        assert (answer.status, answer.body.get("code")) == (status, code), change
    assert post(writers, {**body, "ciphertext": "AQ=="}).status == 400
    assert post(writers, {**body, "ciphertext": to_text(b"\x02" + bytes(272))}).status == 400
    assert post(writers, {**body, "ciphertext": to_text(with_suite(bytes(17_000)))}).status == 400
    assert post(writers, body).status == 201
    assert post(writers, body).status == 200  # the same again: it is there
    assert post(writers, {**body, "nonce": to_text(bytes(12))}).body["code"] == "message_id"
    with practice_scope(writers.cast.alder.pk):
        assert Envelope.objects.count() == 2


def post(writers: Writers, body: dict[str, Any]) -> Any:
    return writers.ana.transport.post(f"threads/{writers.thread}/envelopes/", body)


def test_only_what_waits_can_be_signed_and_only_by_the_identity(writers: Writers) -> None:
    cleo = with_keys(writers.cast.cleo)
    assert cleo.account is not None
    eve = writers.eve
    assert eve.identity is not None
    sent: list[dict[str, Any]] = []
    real = eve.transport.post

    def keep(path: str, body: dict[str, Any]) -> Any:
        sent.append(body)
        return real(path, {"entries": []})

    with mock.patch.object(eve.transport, "post", keep), pytest.raises(ServerSaid):
        eve.confirm_waiting()
    [line] = sent[0]["entries"]
    for change, status, code in (
        ({"signature": to_text(secrets.token_bytes(64))}, 422, "signature"),
        ({"n": line["n"] + 1}, 409, "directory_moved"),
        ({"previous": to_text(bytes(32))}, 409, "directory_moved"),
        ({"person": str(writers.cast.ben.membership.pk)}, 422, "directory"),
        ({"x25519": to_text(secrets.token_bytes(32))}, 422, "directory"),
        ({"revoked_at": "2026-01-01T00:00:00Z"}, 422, "directory"),
    ):
        answer = eve.transport.post("directory/", {"entries": [{**line, **change}]})
        assert (answer.status, answer.body["code"]) == (status, code), change
    ana = writers.ana.transport.post("directory/", {"entries": [line]})
    assert ana.status == 403
    assert eve.transport.post("directory/", {"entries": [line]}).status == 201


def test_keys_that_are_none_and_keys_of_others_are_refused(writers: Writers) -> None:
    ben = client_of(writers.cast.ben)
    ana = writers.ana.account
    assert ana is not None
    sheet = ana.sheet_for(bytes(20))
    taken = {**ana.as_body(), "recovery": sheet}
    answer = ben.transport.post("keys/", taken)
    assert (answer.status, answer.body["code"]) == (409, "keys_exist")
    for low in (bytes(32), (1).to_bytes(32, "little")):
        answer = ben.transport.post("keys/", {**taken, "x25519": to_text(low)})
        assert (answer.status, answer.body["code"]) == (422, "keys")
    ben.make_keys()
    with pytest.raises(ServerSaid) as said:
        ben.make_keys()
    assert said.value.code == "keys_exist"


def test_a_manager_who_is_a_clinician_too_has_their_own_patients_threads_alone(
    writers: Writers,
) -> None:
    with practice_scope(writers.cast.alder.pk):
        practices.change_roles(
            membership=writers.cast.eve.membership,
            roles={Role.MANAGER, Role.CLINICIAN},
            by=SET_UP,
        )
    assert ask(writers.cast, "eve", "get", f"threads/{writers.thread}/").status_code == 404
    assert ask(writers.cast, "eve", "get", "threads/").json()["threads"] == []


def test_a_thread_says_whom_it_waits_for(cast: Cast) -> None:
    eve, states = with_keys(cast.eve), []
    eve.make_identity()
    ana = client_of(cast.ana)

    def state() -> str:
        [listed] = ana.transport.get("threads/").good["threads"]
        return str(listed["state"])

    ana.begin()
    states.append(state())
    ana.make_keys()
    states.append(state())
    with_keys(cast.cole)
    states.append(state())
    eve.confirm_waiting()
    states.append(state())
    assert states == [
        "waiting_for_patient_keys",
        "waiting_for_clinician_keys",
        "waiting_for_confirmation",
        "ready",
    ]
    with practice_scope(cast.alder.pk):
        assert Thread.objects.count() == 1
