// Bytes as they travel: base64url without padding, sealed ones with the suite byte in front.
// The twin: messaging/blobs.py.

import { CannotOpen, concat } from "../sealed/primitives.js";

const SUITE = 1;

export const toText = (bytes) =>
  btoa(Array.from(bytes, (byte) => String.fromCharCode(byte)).join(""))
    .replace(/\+/g, "-").replace(/\//g, "_").replace(/=+$/, "");

/** Throws CannotOpen for anything that `toText` does not make. */
export function fromText(text) {
  let bytes;
  try {
    bytes = Uint8Array.from(atob(text.replace(/-/g, "+").replace(/_/g, "/")), (each) => each.charCodeAt(0));
  } catch {
    throw new CannotOpen();
  }
  if (toText(bytes) !== text) throw new CannotOpen();
  return bytes;
}

export const withSuite = (inner) => concat(Uint8Array.of(SUITE), inner);

/** What was sealed, from a stored blob. Throws CannotOpen for another suite. */
export function inner(blob) {
  if (blob[0] !== SUITE) throw new CannotOpen();
  return blob.slice(1);
}

export const sealedText = (bytes) => toText(withSuite(bytes));
export const sealedFrom = (text) => inner(fromText(text));
