// One person's client, inside the worker: makes keys, confirms, sends, reads, and believes only what is signed.
// The twin: messaging/client/client.py.

import { commitment, entrySigned, hex, fingerprint, roster, sealKey } from "../sealed/epochs.js";
import { NONE_BEFORE, receiptSigned, sealMessage } from "../sealed/messages.js";
import { random, same, sha256, sign } from "../sealed/primitives.js";
import { Account, makeIdentity, openIdentity } from "./account.js";
import { fromText, sealedText, toText } from "./bytes.js";
import { Directory } from "./directory.js";
import { Hostile, ServerSaid } from "./errors.js";
import { keep, kept } from "./store.js";
import { Thread } from "./thread.js";

const AGAIN = ["stale_epoch", "rotation_needed", "epoch_exists", "sequence"];
const TIMES = 4;
const MOST_RECEIPTS = 200;
const now = () => new Date().toISOString().replace(/\.\d+Z$/, "Z");
const short = async (keys) => hex(await fingerprint(keys.x25519, keys.ed25519)).slice(0, 16);

export class Client {
  constructor(api) {
    this.api = api;
    this.account = null;
    this.directory = null;
    this.threads = new Map();
  }

  get mine() {
    if (!this.account) throw new ServerSaid(0, { code: "locked" });
    return this.account;
  }

  /** Who one is here. The practice's identity is pinned by this browser when it is first seen. Throws Hostile. */
  async state() {
    const state = await this.api.get("state/");
    this.me = { practice: state.practice, person: state.person };
    const pinned = await kept("identity", state.practice);
    const given = state.identity?.public;
    if (pinned && pinned !== given) throw new Hostile("identity", "The practice's identity is another than it was.");
    if (given && !pinned) await keep(given, "identity", state.practice);
    this.identity = given ? fromText(given) : null;
    return state;
  }

  async openAccount(wrapping, keys) {
    this.account = await Account.opened(this.me, wrapping, keys);
  }

  /** The directory as it stands now. Throws Hostile, also for one that is behind what this browser has seen. */
  async lookUp() {
    const { practice } = this.me;
    if (!this.identity) throw new ServerSaid(409, { code: "not_ready" });
    this.directory ??= new Directory(practice, this.identity);
    for (let more = true; more; ) {
      const answer = await this.api.get(`directory/?after=${this.directory.n}`);
      await this.directory.take(answer);
      more = answer.more;
    }
    const seen = await kept("directory", practice);
    if (seen && !this.directory.goesOnFrom(seen)) {
      throw new Hostile("directory", "The directory is behind what it was, or another.");
    }
    await keep({ n: this.directory.n, head: toText(this.directory.head) }, "directory", practice);
    return this.directory;
  }

  // --- The practice's identity ----------------------------------------------------------------------

  /** Make it, and pin what was made here, whatever the server says that it is. Throws Hostile. */
  async makeIdentity() {
    const made = await makeIdentity(this.mine);
    await this.api.post("identity/", made.body);
    await keep(toText(made.public), "identity", this.me.practice);
    await this.state();
  }

  /** What waits for a signature, with the short fingerprints of the keys as this client counts them. */
  async pending() {
    const { pending } = await this.api.get("directory/pending/");
    return Promise.all(pending.map(async (one) => {
      const keys = { x25519: fromText(one.x25519), ed25519: fromText(one.ed25519) };
      const name = await short(keys);
      // What is signed is what was shown: these keys, for this person, to begin or to end.
      return { ...one, keys, short: name, line: `${one.person} ${name} ${one.revoked_at}` };
    }));
  }

  /** Sign the lines that were chosen, as the holder of the identity; returns how many. */
  async confirm(chosen) {
    const account = this.mine;
    const own = await this.api.get("identity/").catch((error) => {
      throw error.status === 404 ? new ServerSaid(404, { code: "not_holder" }) : error;
    });
    if (!same(fromText(own.public), this.identity)) throw new Hostile("identity", "Another identity.");
    const signer = await openIdentity(account, own);
    const directory = await this.lookUp();
    let head = directory.head;
    const entries = [];
    for (const one of await this.pending()) {
      if (!chosen.includes(one.line)) continue;
      const entry = {
        practice: this.me.practice, n: directory.n + entries.length + 1, previous: head, person: one.person,
        kid: one.short, ...one.keys, revokedAt: one.revoked_at,
      };
      const signed = entrySigned(entry);
      entries.push({
        n: entry.n, previous: toText(head), person: one.person, kid: one.short, x25519: one.x25519,
        ed25519: one.ed25519, revoked_at: one.revoked_at, signature: toText(await sign(signer, signed)),
      });
      head = await sha256(signed);
    }
    if (!entries.length) return 0;
    await this.api.post("directory/", { entries });
    await this.lookUp();
    return entries.length;
  }

  // --- Threads ----------------------------------------------------------------------------------------

  /** The whole thread: every page first, then the directory, then the checks. Throws Hostile. */
  async load(id) {
    const answer = await this.api.get(`threads/${id}/`);
    let [envelopes, page] = [answer.envelopes, answer];
    while (page.more && page.envelopes.length) {
      page = await this.api.get(`threads/${id}/?before=${envelopes[0].position}`);
      envelopes = [...page.envelopes, ...envelopes];
    }
    const thread = this.threads.get(id) ?? new Thread({ practice: this.me.practice, id, account: this.mine });
    thread.about = answer.thread;
    if (this.identity) await this.#check(thread, answer, envelopes); // without one nothing can have been written
    this.threads.set(id, thread);
    return thread;
  }

  async #check(thread, answer, envelopes) {
    thread.directory = await this.lookUp();
    await thread.takeEpochs(answer.epochs);
    await thread.takeAll(envelopes);
    const seen = (await kept(...this.#noteOf(thread))) ?? { cursor: 0, stretches: 0, last: {} };
    if (answer.cursor < Math.max(thread.cursor, seen.cursor) || thread.stretches.length < seen.stretches) {
      throw new Hostile("thread", "The thread is shorter than it was.");
    }
    thread.checkStillThere(seen.last);
    thread.checkMyPlace(answer.my);
    thread.readers = answer.readers;
    thread.due = answer.rotation_needed;
    await this.#note(thread, answer.cursor);
  }

  /** The name of the note about a thread: of these keys, because others may read from later on. */
  #noteOf(thread) {
    return ["thread", this.me.practice, this.mine.kid, thread.id];
  }

  async #note(thread, cursor) {
    thread.cursor = cursor;
    await keep({ cursor, stretches: thread.stretches.length, last: thread.lastOnes() }, ...this.#noteOf(thread));
  }

  /** Take what came since this client last looked; returns whether anything did. Throws Hostile. */
  async news(id, { background = false } = {}) {
    const thread = this.threads.get(id);
    for (let changed = false; ; changed = true) {
      const answer = await this.api.get(`threads/${id}/news/?after=${thread.cursor}`, { background });
      if (answer.cursor < thread.cursor) throw new Hostile("thread", "The thread is shorter than it was.");
      if (answer.cursor === thread.cursor) return changed;
      if ((answer.epoch ?? 0) > thread.stretches.length) {
        await this.load(id);
        return true;
      }
      if (answer.envelopes.length) await this.lookUp();
      await thread.takeNew(answer.envelopes);
      for (const receipt of answer.receipts) await thread.takeReceipt(receipt);
      await this.#note(thread, answer.cursor);
      if (!answer.more) return true;
    }
  }

  /** Sign that messages of others came ("delivered") or were seen ("read"); what was said is not said again. */
  async receipt(thread, state, wanted) {
    const { person, kid, signer } = this.mine;
    const isSaid = (one) => thread.said.get(one.id)?.some((each) => each.reader === person && each.state === state);
    const isTheirs = (one) => one.sender !== person && !isSaid(one) && (!wanted || wanted.includes(one.id));
    const receipts = [];
    for (const one of thread.messages.filter(isTheirs).slice(0, MOST_RECEIPTS)) {
      const receipt = {
        practice: thread.practice, thread: thread.id, messageId: one.id, messageHash: one.hash,
        state, reader: person, kid, at: now(),
      };
      receipts.push({
        message_id: one.id, message_hash: toText(one.hash), state, at: receipt.at,
        signature: toText(await sign(signer, receiptSigned(receipt))),
      });
    }
    if (receipts.length) await this.api.post(`threads/${thread.id}/receipts/`, { receipts });
    return receipts.length;
  }

  /** Seal a message and send it; a new stretch is begun first where one is due. The same number is sent once. */
  async send(id, text, messageId) {
    for (let turn = 1; ; turn += 1) {
      try {
        const thread = this.threads.get(id);
        if (turn > 1 || !thread?.stretches.length || thread.due) await this.load(id);
        else await this.news(id);
        if (await this.#sendOnce(this.threads.get(id), text, messageId)) await this.news(id);
        return;
      } catch (error) {
        if (!AGAIN.includes(error.code) || turn === TIMES) throw error;
      }
    }
  }

  async #sendOnce(thread, text, messageId) {
    const arrived = thread.messages.find((one) => one.id === messageId);
    if (arrived?.sender === this.mine.person) return false; // its answer was lost
    const hasEnded = (one) => thread.directory.hasEnded(one.person, one.kid);
    if (thread.due || !thread.stretches.length || thread.stretches.at(-1).members.some(hasEnded)) {
      await this.#beginStretch(thread);
    }
    const body = await this.#seal(thread, text, messageId);
    await this.api.post(`threads/${thread.id}/envelopes/`, body);
    return true;
  }

  async #beginStretch(thread) {
    const { members, publics } = this.#nextRoster(thread);
    const epoch = thread.epoch(thread.stretches.length + 1);
    const threadKey = random(32);
    const sealed = [];
    for (const [index, one] of members.entries()) {
      const blob = await sealKey(threadKey, epoch, one.person, one.kid, publics[index].x25519);
      sealed.push({ person: one.person, kid: one.kid, blob: sealedText(blob) });
    }
    const signature = await sign(this.mine.signer, await roster(epoch, members, threadKey));
    await this.api.post(`threads/${thread.id}/epochs/`, {
      number: epoch.number,
      members: members.map(({ readsFrom, ...rest }) => ({ ...rest, reads_from: readsFrom })),
      commit: toText(await commitment(threadKey)),
      signature: toText(signature),
      sealed,
    });
    threadKey.fill(0);
    await this.load(thread.id);
  }

  /** Whom the server names, if the practice vouches for each of them with these very keys. Throws Hostile. */
  #nextRoster(thread) {
    const stood = thread.stretches.at(-1)?.members ?? [];
    const publics = [];
    const members = thread.readers.map((one) => {
      const keys = thread.directory.standing(one.person, one.kid);
      if (toText(keys.x25519) !== one.x25519 || toText(keys.ed25519) !== one.ed25519) {
        throw new Hostile("readers", "A reader is given with keys that are not theirs.");
      }
      publics.push(keys);
      const before = stood.find((each) => each.person === one.person && each.kid === one.kid);
      const readsFrom = before?.readsFrom ?? thread.stretches.length + 1;
      return { person: one.person, kid: one.kid, role: one.role, readsFrom };
    });
    const { person, kid } = this.mine;
    if (!members.some((one) => one.person === person && one.kid === kid)) {
      throw new Hostile("readers", "One's own keys are not among the readers.");
    }
    return { members, publics };
  }

  async #seal(thread, text, messageId) {
    const [stretch, { person, kid, signer }] = [thread.stretches.at(-1), this.mine];
    if (!stretch.key) throw new Hostile("readers", "The newest stretch is not for this person.");
    const last = thread.lastOf(person);
    const header = {
      epoch: thread.epoch(stretch.number), messageId, sender: person, kid, kind: "text",
      sequence: last ? last.sequence + 1 : 1, previous: last ? last.hash : NONE_BEFORE,
      directory: thread.directory.head,
    };
    const sealed = await sealMessage(text, header, { threadKey: stretch.key, signer });
    return {
      message_id: messageId, epoch: stretch.number, sequence: header.sequence, previous: toText(header.previous),
      directory: toText(header.directory), kind: "text", nonce: toText(sealed.nonce),
      ciphertext: sealedText(sealed.ciphertext), signature: toText(sealed.signature),
    };
  }
}
