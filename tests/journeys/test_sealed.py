"""The browser's half of sealed messages: the vectors in real Chromium, and each side opening what
the other sealed.
"""

from __future__ import annotations

import secrets
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey

from messaging.sealed import epochs, messages
from messaging.sealed.attachments import CHUNK, open_file, seal_file
from messaging.sealed.epochs import Epoch
from messaging.sealed.messages import Header, Sealed
from messaging.sealed.primitives import CannotOpen, sha256
from tests.journeys.stage import Journey, Stage
from tests.messaging.sealed.test_tampering import Reader

# What a test's script needs; `b` and `h` turn hex into bytes and back.
LOAD = """async (given) => {
  const from = (name) => import(`/static/js/sealed/${name}.js`);
  const [p, e, m, s] = await Promise.all(["primitives", "epochs", "messages", "slots"].map(from));
  const b = e.fromHex, h = e.hex;
  const seq = (start, count) => Uint8Array.from({ length: count }, (_, i) => (start + i) % 256);
  const refused = async (promise) => {
    try { await promise; return "opened"; } catch (error) { return error.message; }
  };
  SCRIPT
}"""
EPOCH = Epoch("alder", "thread-1", 3)
JS_EPOCH = '{ practice: "alder", thread: "thread-1", number: 3 }'


@pytest.fixture
def browser_page(stage: Stage) -> Journey:
    journey = stage.open("ana")
    journey.go("help/")
    return journey


def run(journey: Journey, script: str, given: object = None) -> Any:
    return journey.page.evaluate(LOAD.replace("SCRIPT", script), given)


def test_the_browser_gives_the_vectors_byte_for_byte(browser_page: Journey) -> None:
    """E1 and E2 are opened (WebCrypto makes its own ephemeral keys), E3 to E6 are made."""
    found = run(
        browser_page,
        """
        const keys = async (start) => {
          const bytes = seq(start, 32);
          const jwk = given.publics[start];
          return { private: await p.privateKey("X25519", bytes), public: b(jwk) };
        };
        const epoch = { practice: "tenant-01", thread: "thread-0001", number: 1 };
        const commit = await e.commitment(seq(0, 32));
        const header = {
          epoch, messageId: "msg-0001", sender: "user-patient-7", kid: "kid-1",
          sequence: 1, previous: m.NONE_BEFORE,
        };
        const first = await keys(0x40);
        const how = {
          threadKey: seq(0, 32), nonce: b("101112131415161718191a1b"),
          signer: await p.privateKey("Ed25519", seq(0x20, 32)),
        };
        const plain = await m.sealMessage("Can we move Thursday?", header, how);
        const headed = { ...header, directory: seq(0xb0, 32) };
        const e3b = await m.sealMessage("Can we move Thursday?", headed, how);
        const custody = { practice: "tenant-01", recordsKey: "rk-2026", outer: "A", inner: "B" };
        const lock = await s.lock("246810", {
          salt: seq(0x30, 16), deviceKey: seq(0x50, 32), person: "user-patient-7", device: "dev-1",
        });
        const nonce = b("1112131415161718191a1b1c");
        const file = await m.sealFile(seq(0x20, 32), new Uint8Array(70000).fill(65));
        return {
          commit: h(commit),
          e1: h(await e.openKey(b(given.e1), epoch, header.sender, "kid-1", first, commit)),
          e2: h(await e.openByTwo(b(given.e2), custody, await keys(0x60), await keys(0x80))),
          e3: h(plain.signature), e3b: h(e3b.signature), tag: h(e3b.ciphertext.slice(-16)),
          auth: h(lock.auth),
          e4: h(await lock.wrap(seq(0x90, 32), { serverShare: seq(0x70, 32), nonce })),
          e5: h(await p.sha256(file)),
          e6: h(await e.fingerprint(b(given.publics[0x40]), b(given.ed25519))),
        };
        """,
        {
            "e1": E1,
            "e2": E2,
            "ed25519": "29acbae141bccaf0b22e1a94d34d0bc7361e526d0bfe12c89794bc9322966dd7",
            "publics": {str(start): public_of(start) for start in (0x40, 0x60, 0x80)},
        },
    )
    assert found == {
        "commit": "9f62baa62ad2f5fe3c1f5e93c20d59b523a1d934ead4dff948a8845fc66bd27b",
        "e1": bytes(range(32)).hex(),
        "e2": bytes(range(0xA0, 0xC0)).hex(),
        "e3": (
            "bbbc7e8b6a3564e3505ee433b2257326d45ee5102773670bed646c3ec766cb25"
            "456713d8b5114fdfb0094eb2e7bf0c565e3f441390751b2621a7b47ca2481609"
        ),
        "e3b": (
            "166b3a71e2d396b70b05071ec492f689f76d8e00ed865085270d3c7e5e6148a0"
            "47eb1fe72f8a3a16ed871bdf6ef4ceea87115c35df3c8c1ec49b21b60c2f8802"
        ),
        "tag": "2f69995498657b6a9f9bc6bcdc0b0dc9",
        "auth": "b88b5945b150e143e58976e7cc54ca2dbdc8f56597d6af1dccaa6ff183c6a307",
        "e4": (
            "12beb3c97b0e050f7de0c1aa2447f9e5d4609b8322dcf40176a029dcfdf2f3a7"
            "b9cade22f1147fee7f8acbe97d5d604c"
        ),
        "e5": "76da720991e9c897547f809a3240bce4dc1eb0b81de4e1e321a8be7f22e6489c",
        "e6": "851cf19eaf9f3d5a9d97501cd87e5dcd5f96e160501395b3e36c7af088606c6a",
    }


E1 = (
    "dc2cca31e8e43bbd91dff7e475cca3347eb478107d5bd765aba4ae4a30c35d44"
    "ef402157d7c0dda9ea575dbbccb86daa3f6af8e79d03a014b702c2d29064b7c7"
    "26a39eda412a17faf11f5e3e2bd486df"
)
E2 = (
    "736845d54e87de09d6bb114aa7042c50a4a015bd9901d1a0026f5956533a1519"
    "718a3902952a4b438d93f45d37ecb2f4bce3b1883d069513f49068e10e25a3fb"
    "0ffc504c0d8105a0d700e483d774b57422ec5c52c1a750acc9661280d2ca2f46"
    "33611d90160754c2e997dd25f453ea429b46e413f76ab3833eda0d95ed82d845"
)


def public_of(start: int) -> str:
    private = bytes((start + index) % 256 for index in range(32))
    return X25519PrivateKey.from_private_bytes(private).public_key().public_bytes_raw().hex()


WORDS = ("", "Can we talk?", "Ünïcödé 🙂 سلام", "a" * 255, "long " * 400, "\x80\x00", "\ufeffx")


def test_each_side_opens_what_the_other_sealed(browser_page: Journey) -> None:
    """Seventy messages each way, with a new key, epoch seal and file for every one."""
    theirs = [sealed_here(index) for index in range(70)]
    back = run(
        browser_page,
        f"""
        const epoch = {JS_EPOCH};
        const out = [];
        for (const one of given) {{
          const reader = await p.newPair("X25519"), writer = await p.newPair("Ed25519");
          const opener = await p.privateKey("X25519", b(one.private));
          const keys = {{ private: opener, public: b(one.public) }};
          const threadKey = await e.openKey(b(one.key), epoch, "ana", "k", keys, b(one.commit));
          const header = {{
            epoch, messageId: one.id, sender: "cole", kid: "k2", sequence: one.n,
            previous: m.NONE_BEFORE, directory: b(one.directory),
          }};
          const sealed = {{
            header, nonce: b(one.nonce), ciphertext: b(one.ciphertext), signature: b(one.signature),
          }};
          const text = await m.openMessage(sealed, {{ threadKey, sender: b(one.sender) }});
          const file = await m.openFile(threadKey, b(one.file));
          const signer = await p.privateKey("Ed25519", writer.private);
          const mine = await m.sealMessage(text, header, {{ threadKey, signer }});
          out.push({{
            text, nonce: h(mine.nonce), ciphertext: h(mine.ciphertext),
            signature: h(mine.signature),
            sender: h(writer.public), reader: h(reader.private),
            key: h(await e.sealKey(threadKey, epoch, "ana", "k", reader.public)),
            file: h(await m.sealFile(threadKey, file)),
          }});
        }}
        return out;
        """,
        [{name: value for name, value in one.items() if name != "header"} for one in theirs],
    )
    assert len(back) == len(theirs)
    for sent, came in zip(theirs, back, strict=True):
        words = WORDS[sent["n"] % len(WORDS)]
        assert came["text"] == words
        thread_key = epochs.open_key(
            bytes.fromhex(came["key"]),
            EPOCH,
            "ana",
            "k",
            bytes.fromhex(came["reader"]),
            bytes.fromhex(sent["commit"]),
        )
        opened = messages.open_message(
            Sealed(
                sent["header"],
                *(bytes.fromhex(came[name]) for name in ("nonce", "ciphertext", "signature")),
            ),
            thread_key=thread_key,
            sender=bytes.fromhex(came["sender"]),
        )
        assert opened == words
        assert len(open_file(thread_key, bytes.fromhex(came["file"]))) == sent["n"]


def sealed_here(index: int) -> dict[str, Any]:
    """A message, its epoch's key and a file of `index` bytes, sealed by the twin; bytes as hex."""
    reader = Reader(secrets.token_bytes(32), secrets.token_bytes(32))
    thread_key, nonce, directory = (secrets.token_bytes(size) for size in (32, 12, 32))
    message_id = f"m-{index}"
    header = Header(
        EPOCH, message_id, "cole", "k2", index, messages.NONE_BEFORE, directory=directory
    )
    sealed = messages.seal_message(
        WORDS[index % len(WORDS)], header, thread_key=thread_key, nonce=nonce, seed=reader.seed
    )
    as_bytes = {
        "private": reader.private,
        "public": reader.keys.x25519,
        "sender": reader.keys.ed25519,
        "key": epochs.seal_key(thread_key, EPOCH, "ana", "k", reader.keys.x25519),
        "commit": epochs.commitment(thread_key),
        "directory": directory,
        "nonce": nonce,
        "ciphertext": sealed.ciphertext,
        "signature": sealed.signature,
        "file": seal_file(thread_key, bytes(index)),
    }
    return {
        **{name: value.hex() for name, value in as_bytes.items()},
        "id": message_id,
        "n": index,
        "header": header,
    }


def test_the_browser_opens_nothing_that_was_changed(browser_page: Journey) -> None:
    sent = sealed_here(8)
    said = run(
        browser_page,
        f"""
        const epoch = {JS_EPOCH};
        const opener = await p.privateKey("X25519", b(given.private));
        const keys = {{ private: opener, public: b(given.public) }};
        const open = (box, place = epoch, person = "ana") =>
          e.openKey(box, place, person, "k", keys, b(given.commit));
        const threadKey = await open(b(given.key));
        const header = {{
          epoch, messageId: given.id, sender: "cole", kid: "k2", sequence: given.n,
          previous: m.NONE_BEFORE, directory: b(given.directory),
        }};
        const sealed = {{
          header, nonce: b(given.nonce), ciphertext: b(given.ciphertext),
          signature: b(given.signature),
        }};
        const read = (other) => m.openMessage(other, {{ threadKey, sender: b(given.sender) }});
        const flips = (bytes) => Array.from(bytes, (_, index) => {{
          const other = bytes.slice();
          other[index] ^= 1 << (index % 8);
          return other;
        }});
        const tries = [
          ...flips(sealed.ciphertext).map((ciphertext) => read({{ ...sealed, ciphertext }})),
          ...flips(sealed.signature).map((signature) => read({{ ...sealed, signature }})),
          ...flips(sealed.nonce).map((nonce) => read({{ ...sealed, nonce }})),
          ...[
            {{ sequence: 9 }}, {{ sender: "ana" }}, {{ kind: "urgent" }},
            {{ directory: undefined }},
          ].map((change) => read({{ ...sealed, header: {{ ...header, ...change }} }})),
          ...flips(b(given.key)).map((box) => open(box)),
          open(b(given.key), {{ ...epoch, number: 4 }}), open(b(given.key), epoch, "ben"),
          ...given.bad.map((point) => p.seal(threadKey, b(point), threadKey)),
          m.openFile(threadKey, b(given.file).slice(1)), m.openFile(threadKey, b("")),
          m.openFile(threadKey, b(given.file + given.file)),
        ];
        const said = [...new Set(await Promise.all(tries.map(refused)))];
        return [tries.length, said, await read(sealed)];
        """,
        {
            **{name: value for name, value in sent.items() if name != "header"},
            "bad": ["00" * 32, "01" + "00" * 31, "ff" * 31, "", "ec" + "ff" * 30 + "7f"],
        },
    )
    assert said[0] > 400
    assert said[1:] == [[str(CannotOpen())], WORDS[1]]


def test_a_large_file_and_what_a_browser_can_do(browser_page: Journey) -> None:
    key, plain = secrets.token_bytes(32), secrets.token_bytes(2 * CHUNK + 1)
    sizes = run(
        browser_page,
        """
        const file = await m.openFile(b(given.key), b(given.sealed));
        const empty = await m.openFile(b(given.key), await m.sealFile(b(given.key), b("")));
        return [file.length, h(await p.sha256(file)), empty.length, await p.canSeal()];
        """,
        {"key": key.hex(), "sealed": seal_file(key, plain).hex()},
    )
    assert sizes == [len(plain), sha256(plain).hex(), 0, True]
