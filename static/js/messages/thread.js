// One thread as this client has checked it; what was seen once has to stay. The twin: messaging/client/thread.py.
// A list of readers that does not fit stops the thread. A message that does not fit is not opened, and its place
// is shown; so is a gap between two messages that are good.

import { openKey, rosterSigned } from "../sealed/epochs.js";
import { CannotOpen, check, same } from "../sealed/primitives.js";
import { NONE_BEFORE, hashOf, openMessage, receiptSigned } from "../sealed/messages.js";
import { fromText, sealedFrom, toText } from "./bytes.js";
import { Hostile } from "./errors.js";

const refuse = (why, kind = "thread") => new Hostile(kind, why);
const isAt = (member, person, kid) => member.person === person && member.kid === kid;

/** Turns what opening throws into the word for it; anything else is a mistake of ours and stays one. */
async function mine(promise, error) {
  try {
    return await promise;
  } catch (caught) {
    if (caught instanceof CannotOpen || caught instanceof RangeError) throw error;
    throw caught;
  }
}

export class Thread {
  constructor({ practice, id, account, directory = null }) {
    Object.assign(this, { practice, id, account, directory });
    this.stretches = []; // {number, members, commit, signature, key}, from number 1
    this.cursor = 0;
    this.items = []; // {kind: "text" | "bad" | "gap", …} in the order of their places
    this.said = new Map(); // message: [{reader, state, at}]
    this.doubted = new Set(); // messages with a confirmation that could not be checked
  }

  get messages() {
    return this.items.filter((item) => item.kind === "text");
  }

  epoch(number) {
    return { practice: this.practice, thread: this.id, number };
  }

  /** Check all lists of readers. Throws Hostile. */
  async takeEpochs(given) {
    if (given.some((one, index) => one.number !== index + 1)) throw refuse("A list of readers is missing.", "readers");
    if (given.length < this.stretches.length) throw refuse("The newest lists of readers are held back.", "readers");
    for (const one of given) {
      const before = this.stretches[one.number - 1];
      const [commit, signature] = [fromText(one.commit), fromText(one.signature)];
      if (before) {
        if (same(before.commit, commit) && same(before.signature, signature)) continue;
        throw refuse("A list of readers is not the one that stood there.", "readers");
      }
      const members = one.members.map(({ reads_from: readsFrom, ...rest }) => ({ ...rest, readsFrom }));
      const stretch = { number: one.number, members, commit, signature };
      await this.#checkStretch(stretch, one.signer);
      this.stretches.push({ ...stretch, key: await this.#keyOf(stretch, one.sealed_key) });
    }
  }

  async #checkStretch(stretch, signer) {
    for (const one of stretch.members) this.directory.known(one.person, one.kid);
    const isIn = (members) => members.some((one) => isAt(one, signer.person, signer.kid));
    if (!isIn(stretch.members)) throw refuse("Somebody outside signed who reads.", "readers");
    const before = this.stretches.at(-1);
    const allEnded = before?.members.every((one) => this.directory.hasEnded(one.person, one.kid));
    if (before && !isIn(before.members) && !allEnded) throw refuse("Somebody new let themselves in.", "readers");
    const signed = rosterSigned(this.epoch(stretch.number), stretch.members, stretch.commit);
    const { ed25519 } = this.directory.known(signer.person, signer.kid);
    await mine(check(ed25519, stretch.signature, signed), refuse("A list of readers is not signed.", "readers"));
  }

  async #keyOf(stretch, sealed) {
    const { account } = this;
    if (!stretch.members.some((one) => isAt(one, account.person, account.kid))) return null;
    if (!sealed) throw refuse("The key to a stretch is held back.", "readers");
    const keys = { private: account.opener, public: account.x25519 };
    const place = [this.epoch(stretch.number), account.person, account.kid];
    const opening = (async () => openKey(sealedFrom(sealed), ...place, keys, stretch.commit))();
    return mine(opening, refuse("The key to a stretch is not the one that was promised.", "readers"));
  }

  /** Check a whole thread from its beginning. Throws Hostile where something is gone, and changes nothing then. */
  async takeAll(given) {
    const fresh = new Thread(this);
    fresh.stretches = this.stretches;
    await fresh.takeNew(given, new Map(this.messages.map((one) => [one.id, one])));
    const now = new Map(fresh.messages.map((one) => [one.id, one]));
    for (const one of this.messages) {
      if (!now.has(one.id) || !same(now.get(one.id).hash, one.hash)) throw refuse("A message that was here is gone.");
    }
    for (const [message, before] of this.said) {
      const still = fresh.said.get(message) ?? [];
      const isThere = (one) => still.some((each) => each.reader === one.reader && each.state === one.state);
      if (!before.every(isThere)) throw refuse("A confirmation that was here is gone.");
    }
    Object.assign(this, { items: fresh.items, said: fresh.said, doubted: fresh.doubted });
  }

  /** Check envelopes that come after those that are here. `seen` were opened before and stay as they were. */
  async takeNew(given, seen = new Map()) {
    for (const one of given) {
      try {
        const item = await this.#open(one, seen);
        if (item.gap) this.items.push({ kind: "gap", position: one.position, at: one.stored_at });
        this.items.push(item);
      } catch (error) {
        if (!(error instanceof Hostile)) throw error;
        this.items.push({ kind: "bad", position: one.position, at: one.stored_at, why: error.message });
        continue;
      }
      for (const receipt of one.receipts) await this.takeReceipt({ message_id: one.message_id, ...receipt });
    }
  }

  /** An envelope as bytes, as it was signed. */
  #sealed(one) {
    const header = {
      epoch: this.epoch(one.epoch), messageId: one.message_id, sender: one.sender, kid: one.kid,
      sequence: one.sequence, previous: fromText(one.previous), directory: fromText(one.directory), kind: one.kind,
    };
    return {
      header, nonce: fromText(one.nonce), ciphertext: sealedFrom(one.ciphertext), signature: fromText(one.signature),
    };
  }

  async #open(one, seen) {
    const stretch = this.stretches[one.epoch - 1];
    const sealed = await mine((async () => this.#sealed(one))(), refuse("A message is not written as messages are."));
    const { header } = sealed;
    const member = stretch?.members.find((each) => isAt(each, one.sender, one.kid));
    if (!member) throw refuse("A message is from somebody who does not read here.");
    if (!stretch.key) throw refuse("A message is not for this person.");
    if (header.kind !== "text") throw refuse("A message is of a kind that is not known here.");
    if (!this.directory.hasHead(header.directory)) throw refuse("The sender was shown another directory.");
    if (this.items.length && one.position <= this.items.at(-1).position) throw refuse("Messages are out of order.");
    const [hash, before] = [await hashOf(sealed), seen.get(one.message_id)];
    const { ed25519: sender } = this.directory.known(one.sender, one.kid);
    const text = before && same(before.hash, hash)
      ? before.text
      : await mine(openMessage(sealed, { threadKey: stretch.key, sender }), refuse("A message was changed."));
    const gap = this.#checkChain(header);
    return {
      kind: "text", id: one.message_id, position: one.position, at: one.stored_at, epoch: one.epoch,
      sender: one.sender, role: member.role, sequence: one.sequence, hash, text, gap,
    };
  }

  /**
   * Each message names its sender's one before. Returns whether one between is missing; throws for a repeat, and
   * for a stretch that is over: a key that has ended writes nothing behind what came after it.
   */
  #checkChain(header) {
    const last = this.lastOf(header.sender);
    if (this.messages.some((one) => one.id === header.messageId)) throw refuse("A message is here twice.");
    const newest = this.messages.at(-1);
    if (newest && header.epoch.number < newest.epoch) throw refuse("A message goes back to a stretch that is over.");
    if (!last) {
      const isFirst = header.sequence === 1 && same(header.previous, NONE_BEFORE);
      return !isFirst && !this.#beganBeforeMe(header.sender);
    }
    if (header.sequence <= last.sequence) throw refuse("A message is out of order.");
    return header.sequence !== last.sequence + 1 || !same(header.previous, last.hash);
  }

  /** Whether they could write in a stretch that this person may not read. */
  #beganBeforeMe(sender) {
    return this.stretches.some((one) => !one.key && one.members.some((member) => member.person === sender));
  }

  lastOf(sender) {
    return this.messages.findLast((one) => one.sender === sender);
  }

  /** Take a confirmation, or note that there is one which could not be checked. */
  async takeReceipt(one) {
    const message = this.messages.find((each) => each.id === one.message_id);
    if (!message) return;
    try {
      await this.#checkReceipt(message, one);
    } catch (error) {
      if (!(error instanceof Hostile)) throw error;
      this.doubted.add(message.id);
      return;
    }
    const said = this.said.get(message.id) ?? [];
    if (!said.some((each) => each.reader === one.reader && each.state === one.state)) {
      said.push({ reader: one.reader, state: one.state, at: one.at });
    }
    this.said.set(message.id, said);
  }

  async #checkReceipt(message, one) {
    const { members } = this.stretches[message.epoch - 1];
    // A reader whose keys were changed confirms with the new ones.
    if (!members.some((member) => member.person === one.reader)) throw refuse("Somebody outside confirms.");
    if (one.reader === message.sender) throw refuse("Somebody confirms their own message.");
    const receipt = {
      practice: this.practice, thread: this.id, messageId: message.id, messageHash: message.hash,
      state: one.state, reader: one.reader, kid: one.kid, at: one.at,
    };
    const { ed25519 } = this.directory.known(one.reader, one.kid);
    const checking = (async () => check(ed25519, fromText(one.signature), receiptSigned(receipt)))();
    await mine(checking, refuse("A confirmation is not by who is said to have given it."));
  }

  /** The last message of each sender, to know it again: who, its number, its hash. No word of it. */
  lastOnes() {
    return Object.fromEntries(this.messages.map((one) => [one.sender, [one.sequence, toText(one.hash)]]));
  }

  /** Whether the last messages that this browser has shown are there still. @param {object} seen of `lastOnes` */
  checkStillThere(seen) {
    for (const [sender, [sequence, hash]] of Object.entries(seen)) {
      const isIt = (one) => one.sender === sender && one.sequence === sequence && toText(one.hash) === hash;
      if (!this.messages.some(isIt)) throw refuse("A message that was here is gone.");
    }
  }

  /** Nobody is made to use a number of theirs twice. @param {{sequence: number, previous: string}} my */
  checkMyPlace(my) {
    const last = this.lastOf(this.account.person);
    if (last && (my.sequence !== last.sequence || my.previous !== toText(last.hash))) {
      throw refuse("Messages of one's own are held back.");
    }
  }
}
