// The lock of one device. The twin: messaging/sealed/slots.py.

import { decrypt, derive, encrypt, hmac, lp, stretch, concat } from "./primitives.js";

export const ROUNDS = 600_000;
const utf8 = new TextEncoder();

/** Stretch a PIN or passphrase; takes a third of a second on purpose. `deviceKey`: HMAC CryptoKey or bytes. */
export async function lock(pin, { salt, deviceKey, person, device }) {
  const bound = await hmac(deviceKey, await stretch(pin, salt, ROUNDS));
  const root = await derive(bound, lp("mhp-e2ee/1/pin", person, device));
  const aad = lp("mhp-e2ee/1/slot", person, device);
  const kek = (serverShare) => derive(concat(root, serverShare), utf8.encode("kek"));
  return {
    /** What shows the server that the PIN was right; it keeps only the hash. */
    auth: await derive(root, utf8.encode("auth")),
    wrap: async (accountKey, { serverShare, nonce }) => encrypt(await kek(serverShare), nonce, accountKey, aad),
    unwrap: async (slot, { serverShare, nonce }) => decrypt(await kek(serverShare), nonce, slot, aad),
  };
}
