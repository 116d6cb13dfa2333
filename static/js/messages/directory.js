// The practice's directory as this client has checked it, line by line. The twin: messaging/client/directory.py.

import { entrySigned } from "../sealed/epochs.js";
import { CannotOpen, check, same, sha256 } from "../sealed/primitives.js";
import { fromText, toText } from "./bytes.js";
import { kidOf } from "./account.js";
import { Hostile } from "./errors.js";

const NOTHING = new Uint8Array(32);
const placeOf = (person, kid) => `${person} ${kid}`;
const refuse = (why) => new Hostile("directory", why);

export class Directory {
  /** `identity` is pinned: what another key signed is not in the directory. */
  constructor(practice, identity) {
    this.practice = practice;
    this.identity = identity;
    this.heads = [NOTHING]; // by number of the line
    this.names = new Map(); // person: the server's word, not signed
    this.keys = new Map();
    this.ended = new Set();
  }

  get n() {
    return this.heads.length - 1;
  }

  get head() {
    return this.heads[this.n];
  }

  /** Follow what the server says came after. Throws Hostile, and takes nothing then. */
  async take(answer) {
    const lines = [];
    let [head, n] = [this.head, this.n];
    for (const one of answer.entries) {
      const line = await this.#line(one);
      n += 1;
      if (one.n !== n || !same(line.entry.previous, head)) throw refuse("The directory does not go on where it stood.");
      head = line.head;
      lines.push(line);
    }
    if (!answer.more && (answer.n !== n || !same(fromText(answer.head), head))) {
      throw refuse("The directory is said to be another than it is.");
    }
    for (const line of lines) this.#add(line);
  }

  async #line(one) {
    const [x25519, ed25519] = [fromText(one.x25519), fromText(one.ed25519)];
    if ((await kidOf(x25519, ed25519)) !== one.kid) throw refuse("A line names other keys than it has.");
    const entry = {
      practice: this.practice, n: one.n, previous: fromText(one.previous), person: one.person, kid: one.kid,
      x25519, ed25519, revokedAt: one.revoked_at,
    };
    const signed = entrySigned(entry);
    try {
      await check(this.identity, fromText(one.signature), signed);
    } catch (error) {
      if (error instanceof CannotOpen) throw refuse("A line is not signed by the practice.");
      throw error;
    }
    return { entry, head: await sha256(signed), name: one.display_name };
  }

  #add({ entry, head, name }) {
    const place = placeOf(entry.person, entry.kid);
    if (entry.revokedAt) this.ended.add(place);
    else this.keys.set(place, { x25519: entry.x25519, ed25519: entry.ed25519 });
    this.names.set(entry.person, name);
    this.heads.push(head);
  }

  /** Whether one of its lines ends in this head; what stands before the first line is none. */
  hasHead(head) {
    return this.heads.some((one, n) => n > 0 && same(one, head));
  }

  /** Whether this is what was seen before, or goes on from it. @param {{n: number, head: string}} seen */
  goesOnFrom(seen) {
    return seen.n <= this.n && toText(this.heads[seen.n]) === seen.head;
  }

  hasEnded(person, kid) {
    return this.ended.has(placeOf(person, kid));
  }

  /** Somebody's keys, also ended ones. Throws Hostile for keys that nobody vouched for. */
  known(person, kid) {
    const keys = this.keys.get(placeOf(person, kid));
    if (!keys) throw refuse("Nobody has vouched for these keys.");
    return keys;
  }

  /** Somebody's keys that can be sealed to now. Throws Hostile. */
  standing(person, kid) {
    if (this.hasEnded(person, kid)) throw refuse("These keys have ended.");
    return this.known(person, kid);
  }
}
