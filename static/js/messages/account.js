// A person's keys while they are open, and the two ways to open them. The twin: messaging/client/account.py.
// Private halves become keys that script cannot read, and their bytes are wiped, as soon as they are known.

import { fingerprint, hex } from "../sealed/epochs.js";
import {
  CannotOpen, check, concat, decrypt, derive, encrypt, lp, newPair, privateKey, random, seal, same, sign, unseal,
} from "../sealed/primitives.js";
import { fromText, sealedFrom, sealedText, toText } from "./bytes.js";
import { Typed } from "./errors.js";

const PRINTED = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"; // no I, L, O or U to mistake
const CODE_BYTES = 20;
const NONCE = 12;

export const newCode = () => random(CODE_BYTES);
export const kidOf = async (x25519, ed25519) => hex(await fingerprint(x25519, ed25519)).slice(0, 16);

/** The code as it is printed: eight groups of four. */
export function codeWords(code) {
  const bits = Array.from(code, (byte) => byte.toString(2).padStart(8, "0")).join("");
  const letters = bits.match(/.{5}/g).map((five) => PRINTED[parseInt(five, 2)]);
  return letters.join("").match(/.{4}/g).join("-");
}

/** The code from what somebody typed: any case, spaces, dashes, O for 0, I and L for 1. Throws Typed. */
export function codeBytes(words) {
  const letters = words.toUpperCase().replace(/[\s\-‐-―]/g, "").replace(/O/g, "0").replace(/[IL]/g, "1");
  const fives = [...letters].map((letter) => PRINTED.indexOf(letter));
  if (fives.length !== 32 || fives.includes(-1)) throw new Typed("code_shape");
  const bits = fives.map((five) => five.toString(2).padStart(5, "0")).join("");
  return Uint8Array.from(bits.match(/.{8}/g), (eight) => parseInt(eight, 2));
}

const accountPlace = (person, kid) => lp("mhp-e2ee/1/account", person, kid);
const sheetPlace = (person) => lp("mhp-e2ee/1/recovery-slot", person);
const sheetKey = (person, code) => derive(code, lp("mhp-e2ee/1/recovery", person));
const identityPlace = (account) => lp("mhp-e2ee/1/identity", account.practice, account.person);

/** Keys that are open. `wrapping` is the account key that every slot wraps. */
export class Account {
  constructor(who, wrapping, keys) {
    Object.assign(this, who, keys); // practice, person; kid, x25519, ed25519, opener, signer
    this.wrapping = wrapping;
  }

  /** New keys, and the body in which the server is given them. */
  static async make(who) {
    const [reader, writer, wrapping] = [await newPair("X25519"), await newPair("Ed25519"), random(32)];
    const kid = await kidOf(reader.public, writer.public);
    const nonce = random(NONCE);
    const both = concat(reader.private, writer.private);
    const wrapped = concat(nonce, await encrypt(wrapping, nonce, both, accountPlace(who.person, kid)));
    const body = { kid, x25519: toText(reader.public), ed25519: toText(writer.public), wrapped: sealedText(wrapped) };
    both.fill(0);
    return { account: await Account.#of(who, wrapping, kid, reader, writer), body };
  }

  /** The keys from what the server kept. Throws CannotOpen, also for public keys of another pair. */
  static async opened(who, wrapping, kept) {
    const blob = sealedFrom(kept.wrapped);
    const place = accountPlace(who.person, kept.kid);
    const plain = await decrypt(wrapping, blob.slice(0, NONCE), blob.slice(NONCE), place);
    const [x25519, ed25519] = [fromText(kept.x25519), fromText(kept.ed25519)];
    if (plain.length !== 64 || (await kidOf(x25519, ed25519)) !== kept.kid) throw new CannotOpen();
    const reader = { private: plain.slice(0, 32), public: x25519 };
    const writer = { private: plain.slice(32), public: ed25519 };
    plain.fill(0);
    return Account.#of(who, wrapping, kept.kid, reader, writer);
  }

  static async #of(who, wrapping, kid, reader, writer) {
    const opener = await privateKey("X25519", reader.private);
    const signer = await privateKey("Ed25519", writer.private);
    reader.private.fill(0);
    writer.private.fill(0);
    const account = new Account(who, wrapping, { kid, x25519: reader.public, ed25519: writer.public, opener, signer });
    await account.#tryPairs();
    return account;
  }

  /** Both halves belong together: shown by using them. */
  async #tryPairs() {
    const words = random(32);
    await check(this.ed25519, await sign(this.signer, words), words);
    const back = await unseal(await seal(words, this.x25519, words), this.opener, this.x25519, words);
    if (!same(back, words)) throw new CannotOpen();
  }

  /** The account key wrapped for a recovery code. */
  async sheetFor(code) {
    const nonce = random(NONCE);
    const key = await sheetKey(this.person, code);
    const sealed = await encrypt(key, nonce, this.wrapping, sheetPlace(this.person));
    return { nonce: toText(nonce), wrapped: sealedText(sealed) };
  }

  /** The keys by the recovery code. Throws CannotOpen for a wrong one. */
  static async fromSheet(who, code, kept) {
    const key = await sheetKey(who.person, code);
    const sealed = sealedFrom(kept.wrapped);
    const wrapping = await decrypt(key, fromText(kept.nonce), sealed, sheetPlace(who.person));
    return Account.opened(who, wrapping, kept.keys);
  }

  /** Words that are kept for a while in the memory of the page, closed. */
  async closeDraft(text) {
    const nonce = random(NONCE);
    const key = await derive(this.wrapping, lp("mhp-e2ee/1/draft", this.person));
    return concat(nonce, await encrypt(key, nonce, new TextEncoder().encode(text), nonce));
  }

  async openDraft(blob) {
    const nonce = blob.slice(0, NONCE);
    const key = await derive(this.wrapping, lp("mhp-e2ee/1/draft", this.person));
    return new TextDecoder().decode(await decrypt(key, nonce, blob.slice(NONCE), nonce));
  }
}

/** A new identity for the practice: what signs with it, its public half, and the body for the server. */
export async function makeIdentity(account) {
  const pair = await newPair("Ed25519");
  const nonce = random(NONCE);
  const sealed = await encrypt(account.wrapping, nonce, pair.private, identityPlace(account));
  const body = { public: toText(pair.public), wrapped: sealedText(concat(nonce, sealed)) };
  const signer = await privateKey("Ed25519", pair.private);
  pair.private.fill(0);
  return { signer, public: pair.public, body };
}

/** What signs with the identity that this account made. Throws CannotOpen, also for another public half. */
export async function openIdentity(account, kept) {
  const blob = sealedFrom(kept.wrapped);
  const seed = await decrypt(account.wrapping, blob.slice(0, NONCE), blob.slice(NONCE), identityPlace(account));
  const signer = await privateKey("Ed25519", seed);
  seed.fill(0);
  const words = random(32);
  await check(fromText(kept.public), await sign(signer, words), words);
  return signer;
}
