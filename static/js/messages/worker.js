// The only place where opened keys are. The page sends commands and gets what it has to show, and nothing else.
// Dropped with everything in it when the page locks; locks by itself should the page not.

import { CannotOpen, canSeal } from "../sealed/primitives.js";
import { Api } from "./api.js";
import { Client } from "./client.js";
import * as devices from "./devices.js";
import { LockTimer } from "./lock_timer.js";
import { viewOfMe, viewOfPending, viewOfThread } from "./views.js";

/**
 * A command as the page sends it, and its answer.
 * @typedef {{id: number, name: string, with: object}} Command
 * @typedef {{id: number, value?: any, error?: {code: string, kind?: string, body?: object}}} Answer
 */

let client;
const timer = new LockTimer(() => {
  lock();
  postMessage({ event: "locked" });
});

function lock() {
  timer.stop();
  client = client && new Client(client.api);
}

async function opened(act) {
  const value = await act();
  timer.start();
  return value;
}

async function thread(id) {
  const shown = client.threads.get(id);
  await client.receipt(shown, "delivered");
  return viewOfThread(client, shown);
}

/** @type {Record<string, (given: any) => Promise<any>>} */
const commands = {
  async begin({ root, token }) {
    client = new Client(new Api(root, token));
    return canSeal();
  },
  me: async () => viewOfMe(client, await client.state()),
  makeKeys: (given) => opened(() => devices.makeKeys(client, given)),
  addDevice: (given) => opened(() => devices.addDevice(client, given)),
  unlock: (given) => opened(() => devices.unlock(client, given)),
  tries: () => devices.tries(client),
  removeDevice: (given) => devices.removeDevice(client, given),
  newSheet: () => devices.newSheet(client),
  makeIdentity: () => client.makeIdentity(),
  pending: async () => viewOfPending(await client.pending()),
  confirm: ({ lines }) => client.confirm(lines),
  threads: ({ page }) => client.api.get(`threads/?page=${page}`),
  beginThread: ({ patient }) => client.api.post("threads/", patient ? { patient } : {}),
  async open({ id }) {
    await client.load(id);
    return thread(id);
  },
  /** Whether a thread that waits for keys stands otherwise than when it was opened. */
  async hasMoved({ id }) {
    const { about, cursor } = client.threads.get(id);
    const now = await client.api.get(`threads/${id}/news/?state=1&after=${cursor}`, { background: true });
    return now.state !== about.state || now.cursor !== cursor;
  },
  async news({ id }) {
    return (await client.news(id, { background: true })) ? thread(id) : null;
  },
  async send({ id, text, messageId }) {
    await client.send(id, text, messageId);
    return viewOfThread(client, client.threads.get(id));
  },
  read: async ({ id, messages }) => client.receipt(client.threads.get(id), "read", messages),
  closeDraft: ({ text }) => client.mine.closeDraft(text),
  openDraft: ({ blob }) => client.mine.openDraft(blob),
};

/** @param {Command} command */
async function answer({ id, name, with: given }) {
  try {
    postMessage({ id, value: await commands[name](given ?? {}) });
  } catch (error) {
    const { code = error instanceof CannotOpen ? "cannot_open" : "broken", kind, body } = error;
    if (code === "broken") console.error(error); // a mistake of ours
    postMessage({ id, error: { code, kind, body } });
  }
}

let turn = Promise.resolve();
addEventListener("message", ({ data }) => {
  if (data.name === "touch") timer.touch();
  else if (data.name === "token") client.api.token = data.with.token;
  else if (data.name === "hidden") timer.hidden(data.with.isHidden);
  else if (data.name === "closeDraft") answer(data); // the page is about to lock and does not wait for a slow answer
  else turn = turn.then(() => answer(data)); // one after the other: each finds what the one before left
});
