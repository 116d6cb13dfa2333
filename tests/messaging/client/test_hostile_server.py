"""T-E2E-05, for what there is: a server that cheats is found out, whatever the seed.

Each script builds a true thread, cheats one way, and asks a client to read or send. The client
either raises Hostile or never saw the cheat; a message that is shown is always one that was sent.
"""

from __future__ import annotations

import copy
import random
import secrets
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import pytest

from messaging.blobs import from_text, to_text, with_suite
from messaging.client import Client, Hostile, bodies
from messaging.client.account import Account, Identity
from messaging.sealed import epochs
from messaging.sealed.keys import Entry
from messaging.sealed.messages import Header, seal_message
from messaging.sealed.primitives import check, sign
from tests.cast import Cast
from tests.messaging.client.hostile import Between, Json, flipped, is_thread
from tests.messaging.people import AT, Writers, make_writers, with_keys

pytestmark = pytest.mark.django_db
SEEDS = 50
TEXTS = ["One.", "Two.", "Three.", "Four."]


@dataclass
class Scene:
    """Ana and Cole have written to each other; Cole's client is behind the cheat."""

    writers: Writers
    wire: Between
    generator: random.Random = field(default_factory=random.Random)
    done: dict[str, Any] = field(default_factory=dict)
    seen: bool = False

    @property
    def cole(self) -> Client:
        return self.writers.cole

    @property
    def thread(self) -> str:
        return self.writers.thread

    @property
    def ana(self) -> Account:
        account = self.writers.ana.account
        assert account is not None
        return account

    def once(self, what: Callable[[Scene], Any]) -> Any:
        """What happens on the true server, for all seeds of a script."""
        if what.__name__ not in self.done:
            self.done[what.__name__] = what(self)
            self.wire.kept.clear()
        return self.done[what.__name__]

    def begin(self, seed: int, known: tuple[Any, Any]) -> None:
        """Cole's device as it was: with what it has seen, or (odd seeds) new but for the pin."""
        self.generator, self.seen = random.Random(seed), seed % 2 == 0
        threads, directory = copy.deepcopy(known) if self.seen else ({}, None)
        self.cole.threads, self.cole.directory = threads, directory
        self.wire.change, self.wire.touched = None, 0
        self.wire.sent.clear()

    def cheat(self, change: Callable[[Json], None]) -> None:
        """Change every answer that shows the thread, and have the client look at all of it."""

        def changed(path: str, body: Json) -> None:
            if is_thread(path):
                change(body)
            elif "/news/" in path:
                body["epoch"] = 999

        self.wire.change = changed

    def place(self, envelopes: list[Json], sender: str) -> int:
        """The place in the list of some envelope of a sender."""
        places = [n for n, one in enumerate(envelopes) if one["sender"] == sender]
        return self.generator.choice(places)


def scene_for(cast: Cast) -> Scene:
    writers = make_writers(cast)
    for text in TEXTS:
        writers.ana.send(writers.thread, f"Ana: {text}")
        writers.cole.send(writers.thread, f"Cole: {text}")
    wire = Between(writers.cole.transport)
    writers.cole.transport = wire
    return Scene(writers, wire)


# --- the scripts: each sets the cheat up and says what the client is asked to do -----------------

Script = Callable[[Scene], Callable[[], Any]]


def swapped_key(scene: Scene) -> Callable[[], Any]:
    """Ana's public keys are the server's own, in the directory or among the readers."""
    mine = Account.make(scene.ana.practice, scene.ana.person)
    swap = {
        "kid": mine.kid,
        "x25519": to_text(mine.public.x25519),
        "ed25519": to_text(mine.public.ed25519),
    }
    if scene.generator.random() < 0.5:
        scene.cole.threads.clear()
        scene.cole.directory = None

        def in_directory(path: str, body: Json) -> None:
            for entry in body.get("entries", []):
                if entry["person"] == mine.person:
                    entry.update(swap)

        scene.wire.change = in_directory
        return lambda: scene.cole.read(scene.thread)

    def among_readers(body: Json) -> None:
        body["rotation_needed"] = True
        keep_kid = scene.generator.random() < 0.5
        for reader in body["readers"]:
            if reader["person"] == mine.person:
                reader.update({k: v for k, v in swap.items() if k != "kid" or not keep_kid})

    scene.cheat(among_readers)
    return lambda: scene.cole.send(scene.thread, "Sealed to whom?")


def ghost_member(scene: Scene) -> Callable[[], Any]:
    """Somebody whom nobody vouched for is to be sealed to, or stands in a roster already."""
    ghost = Account.make(scene.ana.practice, "00000000-0000-4000-8000-000000000001")
    reader = {
        "person": ghost.person,
        "kid": ghost.kid,
        "role": scene.generator.choice(["clinician", "records", "duty"]),
        "display_name": "Nobody",
        "x25519": to_text(ghost.public.x25519),
        "ed25519": to_text(ghost.public.ed25519),
    }
    if scene.generator.random() < 0.5:

        def to_come(body: Json) -> None:
            body["rotation_needed"] = True
            body["readers"].append(reader)

        scene.cheat(to_come)
        return lambda: scene.cole.send(scene.thread, "For how many?")

    def there_already(body: Json) -> None:
        body["epochs"][-1]["members"].append(
            {"person": ghost.person, "kid": ghost.kid, "role": "clinician", "reads_from": 1}
        )

    scene.cole.threads.clear()
    scene.cheat(there_already)
    return lambda: scene.cole.read(scene.thread)


def ghosts_own_epoch(scene: Scene) -> Callable[[], Any]:
    """The server makes the next stretch itself, with a key that it knows."""
    thread_key, ghost = secrets.token_bytes(32), Account.make(scene.ana.practice, scene.ana.person)
    seed = scene.generator.choice([ghost.ed25519, secrets.token_bytes(32)])

    def add(body: Json) -> None:
        last = body["epochs"][-1]
        number = last["number"] + 1
        stretch = epochs.Epoch(scene.ana.practice, scene.thread, number)
        members = [epochs.Member(**one) for one in last["members"]]
        cole = scene.cole.account
        assert cole is not None
        blob = epochs.seal_key(thread_key, stretch, cole.person, cole.kid, cole.public.x25519)
        body["epochs"].append(
            {
                **last,
                "number": number,
                "commit": to_text(epochs.commitment(thread_key)),
                "signature": to_text(sign(seed, epochs.roster(stretch, members, thread_key))),
                "sealed_key": to_text(with_suite(blob)),
            }
        )

    scene.cheat(add)
    return lambda: scene.cole.send(scene.thread, "Under whose key?")


def old_roster(scene: Scene) -> Callable[[], Any]:
    """The first roster is shown again as a later one, or in place of the one that followed."""
    scene.once(rotate)
    if scene.seen:
        scene.cole.read(scene.thread)

    def replay(body: Json) -> None:
        first, last = body["epochs"][0], body["epochs"][-1]
        if scene.generator.random() < 0.5:
            body["epochs"].append({**first, "number": last["number"] + 1})
        else:
            body["epochs"][-1] = {**first, "number": last["number"]}

    scene.cheat(replay)
    return lambda: scene.cole.read(scene.thread)


def old_epoch(scene: Scene) -> Callable[[], Any]:
    """The newest stretch is held back so that writing goes on under the old key."""
    scene.once(rotate)
    scene.cole.read(scene.thread)

    def hold_back(body: Json) -> None:
        body["epochs"] = body["epochs"][:-1]
        body["rotation_needed"] = False
        body["envelopes"] = [one for one in body["envelopes"] if one["epoch"] == 1]

    scene.cheat(hold_back)
    return lambda: scene.cole.send(scene.thread, "Under the old key?")


def dropped_rotation(scene: Scene) -> Callable[[], Any]:
    """Ana's keys have ended; the server says that nothing needs to change, and names them still."""
    before = scene.once(new_keys_of_ana)

    def say_nothing(body: Json) -> None:
        body["rotation_needed"] = False
        for reader in body["readers"]:
            if reader["person"] == before.person:
                reader.update(
                    kid=before.kid,
                    x25519=to_text(before.public.x25519),
                    ed25519=to_text(before.public.ed25519),
                )

    scene.cheat(say_nothing)
    return lambda: scene.cole.send(scene.thread, "To keys that are over?")


def reorder(scene: Scene) -> Callable[[], Any]:
    """Two messages of one sender change places, with or without their numbers."""

    def swap(body: Json) -> None:
        given = body["envelopes"]
        places = [n for n, one in enumerate(given) if one["sender"] == scene.ana.person]
        a, b = scene.generator.sample(places, 2)
        given[a], given[b] = given[b], given[a]
        numbered = scene.generator.choice(["position", "sequence", ""])
        if numbered:
            given[a][numbered], given[b][numbered] = given[b][numbered], given[a][numbered]

    scene.cheat(swap)
    return lambda: scene.cole.read(scene.thread)


def drop(scene: Scene) -> Callable[[], Any]:
    """A message is left out, not the last one; the numbers may be closed up."""

    def leave_out(body: Json) -> None:
        given = body["envelopes"]
        theirs = [n for n, one in enumerate(given) if one["sender"] == scene.ana.person]
        gone = scene.generator.choice(theirs[:-1])
        close_up = scene.generator.random() < 0.5
        for one in given[gone + 1 :]:
            if close_up and one["sender"] == scene.ana.person:
                one["sequence"] -= 1
        del given[gone]

    scene.cheat(leave_out)
    return lambda: scene.cole.read(scene.thread)


def duplicate(scene: Scene) -> Callable[[], Any]:
    """A message comes twice, as it was or under another number."""

    def twice(body: Json) -> None:
        given = body["envelopes"]
        again = dict(given[scene.place(given, scene.ana.person)])
        if scene.generator.random() < 0.5:
            again["position"] = given[-1]["position"] + 1
        if scene.generator.random() < 0.5:
            again["message_id"] = "00000000-0000-4000-8000-000000000002"
        if scene.generator.random() < 0.5:
            again["sequence"] = len(TEXTS) + 1
        given.append(again)

    scene.cheat(twice)
    return lambda: scene.cole.read(scene.thread)


def cut_tail(scene: Scene) -> Callable[[], Any]:
    """The last messages vanish that this device has already shown."""
    scene.wire.change = None
    scene.cole.read(scene.thread)

    def cut(body: Json) -> None:
        gone = scene.generator.randrange(1, len(body["envelopes"]))
        body["envelopes"] = body["envelopes"][:-gone]
        body["cursor"] = scene.generator.choice([body["cursor"], body["cursor"] - gone])

    scene.cheat(cut)
    return lambda: scene.cole.read(scene.thread)


def split_directory(scene: Scene) -> Callable[[], Any]:
    """Eve's device was led to sign two directories; Ana writes under one that Cole never sees."""
    fake = scene.once(under_another_directory)
    scene.cheat(lambda body: body["envelopes"].append(fake))
    return lambda: scene.cole.read(scene.thread)


def forged_receipt(scene: Scene) -> Callable[[], Any]:
    """The server says that Ana has read what she has not."""

    def forge(body: Json) -> None:
        given = body["envelopes"]
        cole = scene.cole.account
        assert cole is not None
        target = given[scene.place(given, cole.person)]
        true = [one["receipts"][0] for one in given if one["receipts"]]
        invented = {
            "reader": scene.ana.person,
            "kid": scene.ana.kid,
            "state": "read",
            "at": AT,
            "signature": to_text(secrets.token_bytes(64)),
        }
        moved = scene.generator.random()
        if true and moved < 0.3:
            invented = {**true[0], "state": "read"}  # delivered is made into read
        elif true and moved < 0.6:
            target = next(
                one for one in given if one["sender"] == cole.person and not one["receipts"]
            )
            invented = dict(true[0])  # a true one, for another message
        target["receipts"] = [*target["receipts"], invented]

    scene.once(one_true_receipt)
    scene.cheat(forge)
    return lambda: scene.cole.read(scene.thread)


def cross_thread_splice(scene: Scene) -> Callable[[], Any]:
    """A message or a whole stretch of another thread is shown in this one."""
    other = scene.once(other_thread)
    answer = scene.wire.real.get(f"threads/{other}/").good
    kind = scene.generator.choice(["envelope", "epochs", "all"])

    def splice(body: Json) -> None:
        if kind != "envelope":
            body["epochs"] = answer["epochs"]
        if kind == "all":
            body["envelopes"] = answer["envelopes"]
        else:
            foreign = dict(answer["envelopes"][-1])
            foreign["position"] = body["envelopes"][-1]["position"] + 1
            body["envelopes"].append(foreign)

    scene.cheat(splice)
    return lambda: scene.cole.read(scene.thread)


def one_bit(scene: Scene) -> Callable[[], Any]:
    """Any one bit of what is stored changes."""

    def flip(body: Json) -> None:
        one = body["envelopes"][scene.place(body["envelopes"], scene.ana.person)]
        name = scene.generator.choice(["previous", "directory", "nonce", "ciphertext", "signature"])
        one[name] = flipped(one[name], scene.generator)

    scene.cheat(flip)
    return lambda: scene.cole.read(scene.thread)


# --- what scripts need -------------------------------------------------------------------------


def rotate(scene: Scene) -> None:
    """Cleo joins the care team with keys, so the next message begins a new stretch."""
    from portal.people import services as people
    from portal.people.models import CareRole
    from portal.tenancy.context import practice_scope
    from tests.cast import SET_UP

    cast = scene.writers.cast
    with practice_scope(cast.alder.pk):
        people.join_care_team(
            patient=cast.patient("ana"),
            membership=cast.cleo.membership,
            role=CareRole.MEMBER,
            by=SET_UP,
        )
    with_keys(cast.cleo)
    scene.writers.eve.confirm_waiting()
    scene.writers.ana.send(scene.thread, "Ana: in the new stretch.")


def other_thread(scene: Scene) -> str:
    """Cole joins Ben's care team and gets a message of his."""
    from portal.people import services as people
    from portal.people.models import CareRole
    from portal.tenancy.context import practice_scope
    from tests.cast import SET_UP

    cast = scene.writers.cast
    with practice_scope(cast.alder.pk):
        people.join_care_team(
            patient=cast.patient("ben"),
            membership=cast.cole.membership,
            role=CareRole.MEMBER,
            by=SET_UP,
        )
    ben = with_keys(cast.ben)
    scene.writers.eve.confirm_waiting()
    thread = ben.begin()
    ben.send(thread, "From Ben.")
    return thread


def new_keys_of_ana(scene: Scene) -> Account:
    """Ana loses her keys and makes others; the practice says that the old ones have ended."""
    before = scene.ana
    scene.writers.ana.make_keys(replace=True)
    scene.writers.eve.confirm_waiting()
    return before


def one_true_receipt(scene: Scene) -> None:
    """Ana has received the first of Cole's messages, and confirmed that one alone."""
    ana = scene.writers.ana
    thread, _answer = ana._load(scene.thread)
    first = next(one for one in thread.messages if one.header.sender != scene.ana.person)
    receipt = bodies.receipt(thread, first, "delivered", AT)
    ana.transport.post(f"threads/{scene.thread}/receipts/", {"receipts": [receipt]})


def under_another_directory(scene: Scene) -> Json:
    """A message of Ana that carries the head of a directory with a line that nobody else has."""
    identity = scene.writers.eve.identity
    assert isinstance(identity, Identity)
    directory = scene.writers.ana.look_up()
    other = Account.make(scene.ana.practice, "00000000-0000-4000-8000-000000000003")
    fork = Entry(scene.ana.practice, directory.n + 1, directory.head, other.person, other.public)
    check(identity.public, fork.sign(identity.seed), fork.signed)  # the signature is not what fails
    return envelope_of_ana(scene, directory=fork.head)


def envelope_of_ana(scene: Scene, *, directory: bytes, kind: str = "text") -> Json:
    """Ana's next message as her own device would sign it under that head."""
    thread, answer = scene.writers.ana._load(scene.thread)
    last, stretch = thread.last_of(scene.ana.person), thread.stretches[-1]
    assert last is not None
    assert stretch.key is not None
    header = Header(
        epoch=epochs.Epoch(scene.ana.practice, scene.thread, stretch.number),
        message_id="00000000-0000-4000-8000-000000000004",
        sender=scene.ana.person,
        kid=scene.ana.kid,
        sequence=last.header.sequence + 1,
        previous=last.hash,
        directory=directory,
        kind=kind,
    )
    sealed = seal_message(
        "Under another head.",
        header,
        thread_key=stretch.key,
        nonce=secrets.token_bytes(12),
        seed=scene.ana.ed25519,
    )
    return {
        "position": answer["envelopes"][-1]["position"] + 1,
        "message_id": header.message_id,
        "epoch": stretch.number,
        "sender": header.sender,
        "kid": header.kid,
        "sequence": header.sequence,
        "previous": to_text(header.previous),
        "directory": to_text(directory),
        "kind": kind,
        "nonce": to_text(sealed.nonce),
        "ciphertext": to_text(with_suite(sealed.ciphertext)),
        "signature": to_text(sealed.signature),
        "hash": to_text(sealed.hash),
        "stored_at": AT,
        "receipts": [],
    }


SCRIPTS: list[Script] = [
    swapped_key,
    ghost_member,
    ghosts_own_epoch,
    old_roster,
    old_epoch,
    dropped_rotation,
    reorder,
    drop,
    duplicate,
    cut_tail,
    split_directory,
    forged_receipt,
    cross_thread_splice,
    one_bit,
]


@pytest.mark.parametrize("script", SCRIPTS, ids=lambda script: script.__name__)
def test_a_server_that_cheats_is_found_out(cast: Cast, script: Script) -> None:
    scene = scene_for(cast)
    scene.cole.read(scene.thread)
    known = copy.deepcopy((scene.cole.threads, scene.cole.directory))
    for seed in range(SEEDS):
        scene.begin(seed, known)
        act = script(scene)
        with pytest.raises(Hostile):
            act()
        assert scene.wire.touched, f"seed {seed}: the script did not change anything"
        sealed = [path for path, _ in scene.wire.sent if path.endswith(("envelopes/", "epochs/"))]
        assert not sealed, f"seed {seed}: sealed on the word of a server that cheats"


def test_a_client_that_refused_a_cheat_reads_on_once_the_server_is_true(cast: Cast) -> None:
    """A refusal changes nothing in what the client knows: no cheat locks a person out."""
    scene = scene_for(cast)
    for seed in range(4):
        scene.begin(seed, ({}, None))
        with pytest.raises(Hostile):
            one_bit(scene)()
        scene.wire.change = None
        said = [one.text for one in scene.cole.read(scene.thread)]
        assert said == [f"{who}: {text}" for text in TEXTS for who in ("Ana", "Cole")]


def test_the_identity_that_was_pinned_elsewhere_is_not_the_servers_to_change(cast: Cast) -> None:
    writers = make_writers(cast)
    wire = Between(writers.cole.transport)
    other = Identity(secrets.token_bytes(32))

    def swap(path: str, body: Json) -> None:
        if path == "state/":
            body["identity"]["public"] = to_text(other.public)

    wire.change = swap
    state = writers.cole.state()
    invited = Client(wire, pinned=from_text(state["identity"]["public"]))
    with pytest.raises(Hostile):
        invited.state()


def test_the_identity_that_was_made_here_is_the_one_that_is_pinned(cast: Cast) -> None:
    eve = with_keys(cast.eve)
    wire = eve.transport = Between(eve.transport)
    other = Identity(secrets.token_bytes(32))

    def swap(path: str, body: Json) -> None:
        if path == "state/" and body["identity"]:
            body["identity"]["public"] = to_text(other.public)

    wire.change = swap
    with pytest.raises(Hostile):
        eve.make_identity()
    assert wire.touched


def test_a_message_of_a_kind_that_is_not_known_is_not_shown_as_text(cast: Cast) -> None:
    """Signed by its sender as it stands: the kind is what a client has to know."""
    scene = scene_for(cast)
    odd = envelope_of_ana(scene, directory=scene.writers.ana.look_up().head, kind="form")
    scene.cheat(lambda body: body["envelopes"].append(odd))
    with pytest.raises(Hostile, match="kind"):
        scene.cole.read(scene.thread)
