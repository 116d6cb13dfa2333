// One message: padded, encrypted under its own key, bound to its header, signed; its receipts; and files.
// The twins: messaging/sealed/messages.py and attachments.py.

import { CannotOpen, check, concat, decrypt, derive, encrypt, lp, random, same, sha256, sign } from "./primitives.js";

const STEP = 256;
const CHUNK = 64 * 1024;
const TAG = 16;
const NO_AAD = new Uint8Array(0);
export const NONE_BEFORE = new Uint8Array(32);

/** The additional data of the encryption: what everybody may see, and nobody may change. */
export function aadOf(header) {
  const { epoch } = header;
  return lp(
    "mhp-e2ee/1/hdr",
    epoch.practice,
    epoch.thread,
    epoch.number,
    header.messageId,
    header.sender,
    header.kid,
    header.sequence,
    header.previous,
    ...(header.directory ? [header.directory] : []),
    header.kind ?? "text",
  );
}

export function pad(plain) {
  const padded = new Uint8Array(Math.ceil((plain.length + 1) / STEP) * STEP);
  padded.set(plain);
  padded[plain.length] = 0x80;
  return padded;
}

export function unpad(padded) {
  let end = padded.length - 1;
  while (end >= 0 && padded[end] === 0) end -= 1;
  const plain = padded.slice(0, Math.max(end, 0));
  if (end < 0 || padded[end] !== 0x80 || !same(pad(plain), padded)) throw new CannotOpen();
  return plain;
}

const messageKey = (threadKey, messageId) => derive(threadKey, lp("mhp-e2ee/1/msg", messageId));

/** What is signed, what receipts name and what the sender's next message carries. */
export const hashOf = (sealed) => sha256(aadOf(sealed.header), sealed.nonce, sealed.ciphertext);

/** `signer` is the sender's private key; a test may bring its own nonce. */
export async function sealMessage(text, header, { threadKey, signer, nonce = random(12) }) {
  const key = await messageKey(threadKey, header.messageId);
  const ciphertext = await encrypt(key, nonce, pad(new TextEncoder().encode(text)), aadOf(header));
  const sealed = { header, nonce, ciphertext };
  return { ...sealed, signature: await sign(signer, await hashOf(sealed)) };
}

/** The text, if the sender's key signed it as it stands. */
export async function openMessage(sealed, { threadKey, sender }) {
  await check(sender, sealed.signature, await hashOf(sealed));
  const key = await messageKey(threadKey, sealed.header.messageId);
  const plain = unpad(await decrypt(key, sealed.nonce, sealed.ciphertext, aadOf(sealed.header)));
  try {
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(plain);
  } catch {
    throw new CannotOpen();
  }
}

/** What a reader's key signs: that a message came (`delivered`) or was seen (`read`). */
export function receiptSigned(receipt) {
  if (!["delivered", "read"].includes(receipt.state)) throw new RangeError("A receipt says delivered or read.");
  return lp(
    "mhp-e2ee/1/receipt",
    receipt.practice,
    receipt.thread,
    receipt.messageId,
    receipt.messageHash,
    receipt.state,
    receipt.reader,
    receipt.kid,
    receipt.at,
  );
}

function chunkNonce(index, isLast) {
  const nonce = new Uint8Array(12);
  new DataView(nonce.buffer).setUint32(7, index);
  nonce[11] = Number(isLast);
  return nonce;
}

/** A file in chunks, each at its place and the last one marked; `key` is used for one file alone. */
export async function sealFile(key, plain) {
  const count = Math.max(Math.ceil(plain.length / CHUNK), 1);
  const parts = [];
  for (let index = 0; index < count; index += 1) {
    const part = plain.slice(index * CHUNK, (index + 1) * CHUNK);
    parts.push(await encrypt(key, chunkNonce(index, index === count - 1), part, NO_AAD));
  }
  return concat(...parts);
}

export async function openFile(key, sealed) {
  const count = Math.ceil(sealed.length / (CHUNK + TAG));
  if (!count) throw new CannotOpen();
  const parts = [];
  for (let index = 0; index < count; index += 1) {
    const part = sealed.slice(index * (CHUNK + TAG), (index + 1) * (CHUNK + TAG));
    parts.push(await decrypt(key, chunkNonce(index, index === count - 1), part, NO_AAD));
  }
  return concat(...parts);
}
