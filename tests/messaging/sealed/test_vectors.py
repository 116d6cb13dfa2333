"""The vectors of suite 1, byte for byte, and RFC 9180's own first one."""

from __future__ import annotations

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey

from messaging.sealed import epochs, messages, slots
from messaging.sealed.attachments import open_file, seal_file
from messaging.sealed.epochs import Custody, Epoch
from messaging.sealed.keys import PublicKeys
from messaging.sealed.messages import Header
from messaging.sealed.primitives import sha256, unseal
from portal.encoding import lp
from tests.messaging.sealed.deterministic import Hpke

EPOCH = Epoch("tenant-01", "thread-0001", 1)


def seq(start: int, count: int) -> bytes:
    return bytes((start + index) % 256 for index in range(count))


def x25519_public(private: bytes) -> bytes:
    return X25519PrivateKey.from_private_bytes(private).public_key().public_bytes_raw()


def header(directory: bytes | None) -> Header:
    return Header(
        epoch=EPOCH,
        message_id="msg-0001",
        sender="user-patient-7",
        kid="kid-1",
        sequence=1,
        previous=messages.NONE_BEFORE,
        directory=directory,
    )


def test_hpke_of_the_rfc_base_mode_first_message() -> None:
    """RFC 9180, appendix A.1.1: X25519, HKDF-SHA-256, AES-128-GCM."""
    sealed = Hpke(aead_id=1).seal(
        bytes.fromhex("4265617574792069732074727574682c20747275746820626561757479"),
        bytes.fromhex("3948cfe0ad1ddb695d780e59077195da6c56506b027329794ab02bca80815c4d"),
        bytes.fromhex("4f6465206f6e2061204772656369616e2055726e"),
        bytes.fromhex("52c4a758a802cd8b936eceea314432798d5baf2d7e9235dc084ab1b9cfa2f736"),
        aad=b"Count-0",
    )
    assert sealed.hex() == (
        "37fda3567bdbd628e88668c3c8d7e97d1d1253b6d4ea6d44c150f741f1bf4431"
        "f938558b5d72f1a23810b4be2ab4f84331acc02fc97babc53a52ae8218a355a9"
        "6d8770ac83d07bea87e13c512a"
    )


def test_e1_an_epochs_key() -> None:
    private, thread_key = seq(0x40, 32), seq(0x00, 32)
    public = x25519_public(private)
    assert public.hex() == "79a631eede1bf9c98f12032cdeadd0e7a079398fc786b88cc846ec89af85a51a"
    commit = epochs.commitment(thread_key)
    assert commit.hex() == "9f62baa62ad2f5fe3c1f5e93c20d59b523a1d934ead4dff948a8845fc66bd27b"
    info = epochs.info_for(EPOCH, "user-patient-7", "kid-1")
    sealed = Hpke().seal(thread_key, public, info, seq(0xC0, 32))
    assert sealed.hex() == (
        "dc2cca31e8e43bbd91dff7e475cca3347eb478107d5bd765aba4ae4a30c35d44"
        "ef402157d7c0dda9ea575dbbccb86daa3f6af8e79d03a014b702c2d29064b7c7"
        "26a39eda412a17faf11f5e3e2bd486df"
    )
    assert thread_key == epochs.open_key(sealed, EPOCH, "user-patient-7", "kid-1", private, commit)


def test_e2_two_custodians() -> None:
    outer, inner, key = seq(0x60, 32), seq(0x80, 32), seq(0xA0, 32)
    custody = Custody("tenant-01", "rk-2026", outer="A", inner="B")
    first = Hpke().seal(key, x25519_public(inner), custody.info("inner"), seq(0xD0, 32))
    box = Hpke().seal(first, x25519_public(outer), custody.info("outer"), seq(0xE0, 32))
    assert box.hex() == (
        "736845d54e87de09d6bb114aa7042c50a4a015bd9901d1a0026f5956533a1519"
        "718a3902952a4b438d93f45d37ecb2f4bce3b1883d069513f49068e10e25a3fb"
        "0ffc504c0d8105a0d700e483d774b57422ec5c52c1a750acc9661280d2ca2f46"
        "33611d90160754c2e997dd25f453ea429b46e413f76ab3833eda0d95ed82d845"
    )
    assert custody.open(box, outer, inner) == key
    assert unseal(box, outer, custody.info("outer")) != key, "one custodian alone has nothing"


def test_e3_a_message() -> None:
    """Without a directory head: what an earlier draft of the layout sealed."""
    seed = seq(0x20, 32)
    public = Ed25519PrivateKey.from_private_bytes(seed).public_key().public_bytes_raw()
    assert public.hex() == "29acbae141bccaf0b22e1a94d34d0bc7361e526d0bfe12c89794bc9322966dd7"
    sealed = messages.seal_message(
        "Can we move Thursday?",
        header(None),
        thread_key=seq(0x00, 32),
        nonce=bytes.fromhex("101112131415161718191a1b"),
        seed=seed,
    )
    assert len(sealed.ciphertext) == 272
    assert sealed.ciphertext[:32].hex() == (
        "04ea8c5af4b275be85884883316cb0ccb6da345b0f99ea7b08d554a0bfaa1c75"
    )
    assert sealed.signature.hex() == (
        "bbbc7e8b6a3564e3505ee433b2257326d45ee5102773670bed646c3ec766cb25"
        "456713d8b5114fdfb0094eb2e7bf0c565e3f441390751b2621a7b47ca2481609"
    )
    text = messages.open_message(sealed, thread_key=seq(0x00, 32), sender=public)
    assert text == "Can we move Thursday?"


def test_e3b_a_message_with_its_directory_head() -> None:
    """Ours: made by this code, and what the browser has to make as well."""
    sealed = messages.seal_message(
        "Can we move Thursday?",
        header(seq(0xB0, 32)),
        thread_key=seq(0x00, 32),
        nonce=bytes.fromhex("101112131415161718191a1b"),
        seed=seq(0x20, 32),
    )
    # The same words under the same key and nonce: only the tag knows that the header is another.
    assert sealed.ciphertext[:32].hex() == (
        "04ea8c5af4b275be85884883316cb0ccb6da345b0f99ea7b08d554a0bfaa1c75"
    )
    assert sealed.ciphertext[-16:].hex() == "2f69995498657b6a9f9bc6bcdc0b0dc9"
    assert sealed.signature.hex() == (
        "166b3a71e2d396b70b05071ec492f689f76d8e00ed865085270d3c7e5e6148a0"
        "47eb1fe72f8a3a16ed871bdf6ef4ceea87115c35df3c8c1ec49b21b60c2f8802"
    )


def test_e4_a_devices_slot() -> None:
    lock = slots.lock(
        "246810",
        salt=seq(0x30, 16),
        device_key=seq(0x50, 32),
        person="user-patient-7",
        device="dev-1",
    )
    assert lock.auth.hex() == "b88b5945b150e143e58976e7cc54ca2dbdc8f56597d6af1dccaa6ff183c6a307"
    nonce, share = bytes.fromhex("1112131415161718191a1b1c"), seq(0x70, 32)
    slot = lock.wrap(seq(0x90, 32), server_share=share, nonce=nonce)
    assert slot.hex() == (
        "12beb3c97b0e050f7de0c1aa2447f9e5d4609b8322dcf40176a029dcfdf2f3a7"
        "b9cade22f1147fee7f8acbe97d5d604c"
    )
    assert lock.unwrap(slot, server_share=share, nonce=nonce) == seq(0x90, 32)


def test_e5_a_file() -> None:
    sealed = seal_file(seq(0x20, 32), b"A" * 70_000)
    assert len(sealed) == 70_032
    assert sha256(sealed).hex() == (
        "76da720991e9c897547f809a3240bce4dc1eb0b81de4e1e321a8be7f22e6489c"
    )
    assert open_file(seq(0x20, 32), sealed) == b"A" * 70_000


def test_e6_a_fingerprint() -> None:
    keys = PublicKeys(
        x25519_public(seq(0x40, 32)),
        Ed25519PrivateKey.from_private_bytes(seq(0x20, 32)).public_key().public_bytes_raw(),
    )
    assert keys.fingerprint.hex() == (
        "851cf19eaf9f3d5a9d97501cd87e5dcd5f96e160501395b3e36c7af088606c6a"
    )
    assert keys.kid == "851cf19eaf9f3d5a"


def test_fields_cannot_run_into_each_other() -> None:
    assert lp("ab", "c") != lp("a", "bc")
    assert lp("a", 1) == b"\x00\x01a\x00\x04\x00\x00\x00\x01"
