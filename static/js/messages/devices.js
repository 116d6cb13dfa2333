// This device and its PIN, the recovery sheet, and one's other devices: everything that opens keys.

import { CannotOpen, random } from "../sealed/primitives.js";
import { lock } from "../sealed/slots.js";
import { Account, codeBytes, codeWords, newCode } from "./account.js";
import { fromText, sealedFrom, sealedText, toText } from "./bytes.js";
import { ServerSaid, Typed } from "./errors.js";
import { forget, keep, kept } from "./store.js";

const SALT = 16;
const NONCE = 12;

/** What this browser keeps of its own slot: `{device, key}`, or undefined. */
export const ownSlot = ({ practice, person }) => kept("device", practice, person);

/** Begin a slot for this browser; `finish` after the server took it, so that a refusal leaves the old one. */
async function newSlot(client, account, { pin, label }) {
  const begun = await client.api.post("devices/begin/", {});
  const how = { name: "HMAC", hash: "SHA-256", length: 256 };
  const key = await crypto.subtle.generateKey(how, false, ["sign"]);
  const [salt, nonce] = [random(SALT), random(NONCE)];
  const { person, practice } = account;
  const closed = await lock(pin, { salt, deviceKey: key, person, device: begun.device });
  const slot = await closed.wrap(account.wrapping, { serverShare: fromText(begun.server_share), nonce });
  const body = {
    device: begun.device, label, salt: toText(salt), auth: toText(closed.auth), nonce: toText(nonce),
    wrapped: sealedText(slot),
  };
  return { body, finish: () => keep({ device: begun.device, key }, "device", practice, person) };
}

/** New keys with a slot here and a recovery sheet; returns the sheet's code in words. */
export async function makeKeys(client, { pin, label, replace }) {
  const { account, body } = await Account.make(client.me);
  const code = newCode();
  const slot = await newSlot(client, account, { pin, label });
  await client.api.post("keys/", { ...body, recovery: await account.sheetFor(code), device: slot.body, replace });
  await slot.finish();
  client.account = account;
  return codeWords(code);
}

/** Open one's keys with the recovery sheet, and give this browser a slot. Throws Typed for a wrong code. */
export async function addDevice(client, { code, pin, label }) {
  const bytes = codeBytes(code);
  let account;
  try {
    account = await Account.fromSheet(client.me, bytes, await client.api.get("recovery/"));
  } catch (error) {
    if (error instanceof CannotOpen) throw new Typed("code_wrong");
    if (error instanceof ServerSaid && error.status === 404) throw new Typed("no_sheet");
    throw error;
  }
  const slot = await newSlot(client, account, { pin, label });
  await client.api.post("devices/", slot.body);
  await slot.finish();
  client.account = account;
}

/** How many tries there are, and until when to wait. */
export async function tries(client) {
  const { device } = await ownSlot(client.me);
  return client.api.get(`devices/${device}/`);
}

/** Open one's keys with the PIN of this device. Throws ServerSaid: wrong, wait, destroyed. */
export async function unlock(client, { pin }) {
  const { device, key } = await ownSlot(client.me);
  const { salt } = await client.api.get(`devices/${device}/`);
  const closed = await lock(pin, { salt: fromText(salt), deviceKey: key, person: client.me.person, device });
  const given = await client.api.post(`devices/${device}/open/`, { auth: toText(closed.auth) });
  const how = { serverShare: fromText(given.server_share), nonce: fromText(given.nonce) };
  await client.openAccount(await closed.unwrap(sealedFrom(given.wrapped), how), given.keys);
}

/** Take a device away; this browser forgets its own key when it is the one. */
export async function removeDevice(client, { id }) {
  await client.api.delete(`devices/${id}/`);
  const { practice, person } = client.me;
  if ((await ownSlot(client.me))?.device === id) await forget("device", practice, person);
}

/** Another recovery sheet; the one before opens nothing any more. */
export async function newSheet(client) {
  const code = newCode();
  await client.api.post("recovery/", await client.mine.sheetFor(code));
  return codeWords(code);
}
