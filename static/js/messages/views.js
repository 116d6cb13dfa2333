// What the page is given to show: words, names and times. No key, no wrapped key, no sealed bytes.

import { fingerprint, hex } from "../sealed/epochs.js";
import { fromText } from "./bytes.js";
import { ownSlot } from "./devices.js";

const short = (bytes) => hex(bytes).slice(0, 16).match(/.{4}/g).join(" ");

function stateOf(keys) {
  if (!keys) return "none";
  if (keys.revoked) return "revoked";
  return keys.confirmed ? "confirmed" : "waiting";
}

export async function viewOfMe(client, state) {
  const slot = await ownSlot(client.me);
  const live = state.devices.filter((one) => !one.destroyed);
  return {
    role: state.role,
    mayConfirm: Boolean(state.may_confirm),
    identity: state.identity && short(fromText(state.identity.fingerprint)),
    keys: stateOf(state.keys),
    short: state.keys && short(await fingerprint(fromText(state.keys.x25519), fromText(state.keys.ed25519))),
    isOpen: Boolean(client.account),
    hasSlot: live.some((one) => one.id === slot?.device),
    devices: live.map((one) => ({ id: one.id, label: one.label, at: one.created_at, isHere: one.id === slot?.device })),
  };
}

export const viewOfPending = (pending) =>
  pending.map((one) => ({
    line: one.line,
    name: one.display_name,
    role: one.role,
    short: one.short.match(/.{4}/g).join(" "),
    isEnd: Boolean(one.revoked_at),
    at: one.asked_at,
  }));

function viewOfItem(client, thread, item) {
  if (item.kind !== "text") return { kind: item.kind, id: `place-${item.position}`, at: item.at };
  const { person } = client.me;
  const said = thread.said.get(item.id) ?? [];
  return {
    kind: "text",
    id: item.id,
    at: item.at,
    text: item.text,
    isMine: item.sender === person,
    voice: item.role === "patient" ? "own" : "team",
    by: thread.directory.names.get(item.sender) ?? "",
    said: said.map((one) => ({
      state: one.state, at: one.at, isMine: one.reader === person, by: thread.directory.names.get(one.reader) ?? "",
    })),
    isDoubted: thread.doubted.has(item.id),
  };
}

export async function viewOfThread(client, thread) {
  const { about, stretches, directory } = thread;
  const readers = (stretches.at(-1)?.members ?? []).map(async (one) => {
    const keys = directory.known(one.person, one.kid);
    return {
      name: directory.names.get(one.person) ?? "", role: one.role, isMe: one.person === client.me.person,
      short: short(await fingerprint(keys.x25519, keys.ed25519)),
    };
  });
  return {
    id: thread.id,
    state: about.state,
    patient: about.patient.display_name,
    members: about.members.map((one) => ({
      name: one.display_name, role: one.role, isConfirmed: one.confirmed, isMe: one.person === client.me.person,
    })),
    readers: await Promise.all(readers),
    items: thread.items.map((item) => viewOfItem(client, thread, item)),
  };
}
