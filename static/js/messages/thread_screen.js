// A thread on the page: messages in the order of their places, states under each, and the box to write in.

import { dayOf, fill, onSubmit, part, press, root, say, sayingOf, show, showIf, timeOf, together, words } from "./parts.js";
import { keyOf } from "./when.js";

const NEWS_MS = 3000;
const DAY_MS = 86_400_000;
const DOUBLE_PRESS_MS = 1000;

export class ThreadScreen {
  /** @param {{port: object, side: string, me: object, hostile: (error: object) => void}} app */
  constructor(app, view) {
    this.app = app;
    this.unsent = []; // {id, text, state: "sending" | "unsent"}, in the order of pressing Send
    this.going = new Set(); // what is on its way
    this.seen = new IntersectionObserver((entries) => this.#saw(entries));
    this.screen = show("thread");
    press(this.screen, "lock", () => app.lock());
    this.form = onSubmit(this.screen, (given) => this.#look(given), (given) => this.#send(given.text));
    this.draw(view);
    this.#goToNewest();
    this.timer = setInterval(() => this.#news(), NEWS_MS);
  }

  leave() {
    clearInterval(this.timer);
    this.seen.disconnect();
  }

  /** When whatever is on its way has arrived, or could not. */
  settled() {
    return Promise.allSettled(this.going);
  }

  get draft() {
    // What was not sent is a draft again.
    const waiting = this.unsent.map((one) => one.text);
    return [...waiting, this.form.elements.text.value].filter((text) => text.trim()).join("\n\n");
  }

  set draft(text) {
    this.form.elements.text.value = text;
  }

  sayLeft(milliseconds) {
    const count = Math.floor(milliseconds / 60_000);
    fill(this.screen, { locks: count ? words("locks", { count: Math.ceil(milliseconds / 60_000) }) : words("locks_soon") });
  }

  // --- What is shown ----------------------------------------------------------------------------------

  draw(view) {
    this.view = view;
    const { side } = this.app;
    const others = view.members.filter((one) => !one.isMe).map((one) => one.name);
    fill(this.screen, {
      title: words(`title_${side}`, { name: view.patient }),
      with: others.length ? words("with", { names: together(others) }) : "",
    });
    this.screen.querySelector("[data-readers]").replaceChildren(...view.readers.map((one) => this.#reader(one)));
    this.#drawState(view);
    this.#drawList();
  }

  #reader(one) {
    const row = part("part-reader");
    fill(row, { name: one.name, note: one.isMe ? words("reader_me") : words(`role_${one.role}`), short: one.short });
    return row;
  }

  #drawState({ state, patient }) {
    const isReady = state === "ready" && this.app.me.keys === "confirmed";
    const name = state === "ready" ? "waiting_for_confirmation" : state;
    const { side, me } = this.app;
    if (!isReady) {
      fill(this.screen, {
        "waiting-title": words(`${name}_title_${side}`, { name: patient }),
        waiting: words(`${name}_${side}`),
        short: me.short ?? "",
      });
    }
    showIf(this.screen, { waiting: !isReady, "waiting-own": !isReady && me.keys === "waiting" });
    this.form.hidden = !isReady;
    this.isReady = isReady;
    this.keysDrawn = me.keys;
  }

  #drawList() {
    this.seen.disconnect();
    const rows = [];
    let day = "";
    const now = Date.now();
    const waiting = this.unsent.map((one) => ({ kind: "unsent", at: now, ...one }));
    for (const item of [...this.view.items, ...waiting]) {
      if (keyOf(item.at) !== day) {
        day = keyOf(item.at);
        rows.push(this.#day(item.at));
      }
      rows.push(this.#row(item));
    }
    this.#list.replaceChildren(...rows);
    showIf(this.screen, { empty: !rows.length && this.isReady });
  }

  /** Where somebody goes on reading: the first message that is new to them, else the last one. */
  #goToNewest() {
    const row = this.#list.querySelector("[data-message]") ?? this.#list.lastElementChild;
    if (row && row.getBoundingClientRect().bottom > innerHeight) row.scrollIntoView({ block: "center" });
  }

  get #list() {
    return this.screen.querySelector("[data-list]");
  }

  #day(at) {
    const row = part("part-day");
    const [today, yesterday] = [keyOf(Date.now()), keyOf(Date.now() - DAY_MS)];
    const name = { [today]: words("today"), [yesterday]: words("yesterday", { day: dayOf(at) }) }[keyOf(at)];
    fill(row, { day: name ?? dayOf(at) });
    row.querySelector("time").dateTime = keyOf(at);
    return row;
  }

  #row(item) {
    if (item.kind === "bad" || item.kind === "gap") {
      const row = part("part-odd");
      fill(row, { words: words(item.kind), time: timeOf(item.at) });
      return row;
    }
    const isMine = item.kind === "unsent" || item.isMine;
    const voice = item.voice ?? (this.app.side === "patient" ? "own" : "team");
    const row = part(`part-${voice}`);
    const [icon, state] = stateOf(item, isMine);
    fill(row, { by: isMine ? words("you") : item.by, time: timeOf(item.at), state });
    row.querySelector("[data-text]").replaceChildren(...paragraphs(item.text));
    const drawing = icon && document.getElementById(`icon-${icon}`);
    row.querySelector("[data-icon]").replaceChildren(...(drawing ? [drawing.content.cloneNode(true)] : []));
    if (item.isDoubted) row.append(odd(words("doubted")));
    showIf(row, { unsent: item.state === "unsent" });
    press(row, "retry", () => this.#retry(item.id));
    if (!isMine && !item.said.some((one) => one.isMine && one.state === "read")) {
      row.dataset.message = item.id;
      this.seen.observe(row.querySelector("[data-state]"));
    }
    return row;
  }

  // --- What is done -----------------------------------------------------------------------------------

  #look({ text }) {
    // The second press of two finds the box empty because the first one sent it.
    if (!text.trim()) return { text: Date.now() - this.sentAt < DOUBLE_PRESS_MS ? "" : "text_empty" };
    return { text: [...text].length > Number(root.dataset.most) ? "text_long" : "" };
  }

  /** The box is free again at once: what was written goes its own way, one after the other. */
  #send(text) {
    if (!text.trim()) return;
    this.sentAt = Date.now();
    this.unsent.push({ id: crypto.randomUUID(), text: text.trim(), state: "sending" });
    this.form.elements.text.value = "";
    this.#drawList();
    this.#list.lastElementChild.scrollIntoView({ block: "nearest" });
    this.form.elements.text.focus({ preventScroll: true });
    this.#push(this.unsent.at(-1));
  }

  #retry(id) {
    const one = this.unsent.find((each) => each.id === id);
    one.state = "sending";
    this.#drawList();
    this.#push(one);
  }

  #push(one) {
    const going = this.#deliver(one);
    this.going.add(going);
    going.finally(() => this.going.delete(going));
  }

  async #deliver(one) {
    try {
      const view = await this.app.port.ask("send", { id: this.view.id, text: one.text, messageId: one.id });
      this.unsent = this.unsent.filter((each) => each !== one);
      say(this.screen, "");
      this.draw(view);
    } catch (error) {
      if (error.code === "locked") return;
      if (error.code === "hostile") {
        this.app.hostile(error);
        return;
      }
      one.state = "unsent";
      this.#drawList();
      say(this.screen, sayingOf(error));
    }
  }

  async #news() {
    if (document.hidden || this.isAsking) return;
    this.isAsking = true;
    try {
      const view = this.isReady
        ? await this.app.port.ask("news", { id: this.view.id })
        : await this.app.whileWaiting(this.view.id, this.keysDrawn);
      if (view) this.draw(view);
    } catch (error) {
      if (error.code === "hostile") this.app.hostile(error);
      else if (error.code === "signed_out") this.app.lock();
      // Anything else: asked again in a moment.
    } finally {
      this.isAsking = false;
    }
  }

  /** Somebody has it before their eyes: signed as read. */
  async #saw(entries) {
    const rows = entries.filter((entry) => entry.isIntersecting).map((entry) => entry.target.closest("[data-message]"));
    const messages = rows.filter(Boolean).map((row) => row.dataset.message);
    if (!messages.length || document.hidden) return;
    await this.app.port.ask("read", { id: this.view.id, messages }).catch(() => {});
  }
}

function odd(text) {
  const line = part("part-paragraph");
  line.className = "tiny";
  line.textContent = text;
  return line;
}

/** Lines as they were typed; an empty line makes a new paragraph. */
function paragraphs(text) {
  return text.split(/\n{2,}/).map((each) => {
    const paragraph = part("part-paragraph");
    paragraph.textContent = each;
    return paragraph;
  });
}

/** The drawing and the words for how far a message got. */
function stateOf(item, isMine) {
  if (item.kind === "unsent") return [item.state, words(item.state)];
  if (!isMine) {
    const read = item.said.find((one) => one.isMine && one.state === "read");
    return read ? ["read", words("read_mine", { time: timeOf(read.at) })] : ["came", words("came")];
  }
  const readers = item.said.filter((one) => one.state === "read");
  if (readers.length) {
    const who = readers.map((one) => words("who_at", { name: one.by, time: timeOf(one.at) }));
    return ["read", words("read", { who: together(who) })];
  }
  const came = item.said.find((one) => one.state === "delivered");
  if (came) return ["delivered", words("delivered", { time: timeOf(came.at) })];
  return ["sent", words("sent", { time: timeOf(item.at) })];
}
