// Epoch keys, fingerprints and custody. The twins: messaging/sealed/epochs.py and keys.py.

import { CannotOpen, lp, same, seal, sha256, unseal } from "./primitives.js";

const utf8 = new TextEncoder();

export const commitment = (threadKey) => sha256(utf8.encode("mhp-e2ee/1/commit"), threadKey);

export const infoFor = (epoch, person, kid) =>
  lp("mhp-e2ee/1/epoch", epoch.practice, epoch.thread, epoch.number, person, kid);

/** The bytes that an existing member signs: who reads, in the order of their names. */
export function rosterSigned(epoch, members, commit) {
  const before = (one, other) => (one < other ? -1 : Number(one > other));
  const readers = [...members].sort((a, b) => before(a.person, b.person) || before(a.kid, b.kid));
  return lp(
    "mhp-e2ee/1/roster",
    epoch.practice,
    epoch.thread,
    epoch.number,
    ...readers.map((one) => lp(one.person, one.kid, one.role, one.readsFrom)),
    commit,
  );
}

/** The roster of a key that one has just made. */
export const roster = async (epoch, members, threadKey) =>
  rosterSigned(epoch, members, await commitment(threadKey));

export const sealKey = (threadKey, epoch, person, kid, publicBytes) =>
  seal(threadKey, publicBytes, infoFor(epoch, person, kid));

/** The epoch's key, checked against the signed commitment. */
export async function openKey(sealed, epoch, person, kid, keys, commit) {
  const threadKey = await unseal(sealed, keys.private, keys.public, infoFor(epoch, person, kid));
  if (!same(await commitment(threadKey), commit)) throw new CannotOpen();
  return threadKey;
}

const custodyInfo = (custody, layer) =>
  lp("mhp-e2ee/1/custody", custody.practice, custody.recordsKey, layer, custody.outer, custody.inner);

/** A box that two custodians open together: `outer` first, then `inner`. */
export async function sealForTwo(key, custody, outerPublic, innerPublic) {
  const first = await seal(key, innerPublic, custodyInfo(custody, "inner"));
  return seal(first, outerPublic, custodyInfo(custody, "outer"));
}

export async function openByTwo(box, custody, outer, inner) {
  const first = await unseal(box, outer.private, outer.public, custodyInfo(custody, "outer"));
  return unseal(first, inner.private, inner.public, custodyInfo(custody, "inner"));
}

/** 32 bytes that two people can compare. */
export const fingerprint = (x25519, ed25519) => sha256(utf8.encode("mhp-fp/1"), x25519, ed25519);

/** What the practice's identity key signs for one line of its directory. */
export const entrySigned = (entry) =>
  lp(
    "mhp-e2ee/1/dir",
    entry.practice,
    entry.n,
    entry.previous,
    entry.person,
    entry.kid,
    entry.x25519,
    entry.ed25519,
    entry.revokedAt ?? "",
  );

export const hex = (bytes) => Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");

export const fromHex = (text) => Uint8Array.from(text.match(/../g) ?? [], (pair) => parseInt(pair, 16));
