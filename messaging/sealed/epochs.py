"""The key of a stretch of a thread, sealed to each reader, and the custody of the records key."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from messaging.sealed.primitives import CannotOpen, seal, sha256, unseal
from portal.encoding import lp


@dataclass(frozen=True)
class Epoch:
    """Which stretch of which thread: `number` counts from 1."""

    practice: str
    thread: str
    number: int


@dataclass(frozen=True)
class Member:
    """One reader: `reads_from` is the first epoch that they may open."""

    person: str
    kid: str
    role: str
    reads_from: int


def commitment(thread_key: bytes) -> bytes:
    """The signed promise that every reader got this key and no other."""
    return sha256(b"mhp-e2ee/1/commit", thread_key)


def roster(epoch: Epoch, members: Iterable[Member], thread_key: bytes) -> bytes:
    """The roster of a key that one has just made."""
    return signed_roster(epoch, members, commitment(thread_key))


def signed_roster(epoch: Epoch, members: Iterable[Member], commit: bytes) -> bytes:
    """The bytes that an existing member signs: who reads, in the order of their names."""
    readers = sorted(members, key=lambda member: (member.person, member.kid))
    return lp(
        "mhp-e2ee/1/roster",
        epoch.practice,
        epoch.thread,
        epoch.number,
        *(lp(one.person, one.kid, one.role, one.reads_from) for one in readers),
        commit,
    )


def info_for(epoch: Epoch, person: str, kid: str) -> bytes:
    """What binds a sealed key to its thread, epoch and reader."""
    return lp("mhp-e2ee/1/epoch", epoch.practice, epoch.thread, epoch.number, person, kid)


def seal_key(thread_key: bytes, epoch: Epoch, person: str, kid: str, public: bytes) -> bytes:
    """The epoch's key for one reader. Raises CannotOpen for a bad public key."""
    return seal(thread_key, public, info_for(epoch, person, kid))


def open_key(
    sealed: bytes, epoch: Epoch, person: str, kid: str, private: bytes, commit: bytes
) -> bytes:
    """The epoch's key, checked against the signed commitment. Raises CannotOpen."""
    thread_key = unseal(sealed, private, info_for(epoch, person, kid))
    if commitment(thread_key) != commit:
        raise CannotOpen
    return thread_key


@dataclass(frozen=True)
class Custody:
    """A records key that two custodians open together: `outer` first, then `inner`."""

    practice: str
    records_key: str
    outer: str
    inner: str

    def info(self, layer: str) -> bytes:
        """What binds one of the two seals; `layer` is "inner" or "outer"."""
        return lp(
            "mhp-e2ee/1/custody", self.practice, self.records_key, layer, self.outer, self.inner
        )

    def seal(self, key: bytes, outer_public: bytes, inner_public: bytes) -> bytes:
        """A box for these two."""
        return seal(seal(key, inner_public, self.info("inner")), outer_public, self.info("outer"))

    def open(self, box: bytes, outer_private: bytes, inner_private: bytes) -> bytes:
        """The key; each custodian opens their own layer. Raises CannotOpen."""
        return unseal(
            unseal(box, outer_private, self.info("outer")), inner_private, self.info("inner")
        )
