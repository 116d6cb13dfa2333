// Messages on a page: which screen stands there, and when it locks. Keys and sealed bytes are the worker's.

import { devices } from "./devices_screen.js";
import { make, recover, unlock } from "./keys_screens.js";
import { LockTimer } from "./lock_timer.js";
import { root, sayingOf, show, words } from "./parts.js";
import { Port } from "./port.js";
import { inbox, practice } from "./staff_screens.js";
import { ThreadScreen } from "./thread_screen.js";

const TOUCH_MS = 5000;
const DRAFT_MS = 1500;

class App {
  side = root.dataset.side;
  wanted = root.dataset.wanted;
  thread = root.dataset.thread;
  shown = null; // the thread's screen
  drafts = new Map(); // thread: what was being written there, sealed by the worker

  async begin() {
    this.timer = new LockTimer(() => this.lock());
    this.port = new Port(() => this.lock());
    await this.#connect();
    this.#watch();
    await this.decide();
  }

  async #connect() {
    const api = new URL("../", new URL(root.dataset.root, location.href)).pathname;
    this.canSeal = await this.port.ask("begin", { root: api, token: this.#token() });
  }

  #token() {
    return document.querySelector('input[name="csrfmiddlewaretoken"]')?.value ?? root.dataset.token;
  }

  async refresh() {
    this.me = await this.port.ask("me");
  }

  /** Show what is due: keys to make, a PIN to type, or what the address asks for. */
  async decide(why) {
    if (!this.canSeal) {
      show("too-old");
      return;
    }
    await this.attempt(async () => {
      await this.refresh();
      if (["none", "revoked"].includes(this.me.keys)) make(this, { replace: this.me.keys === "revoked" });
      else if (this.me.isOpen) await this.arrive();
      else if (this.me.hasSlot) await unlock(this, why);
      else recover(this);
    });
  }

  /** Keys are open: go on to what was wanted. */
  async opened() {
    this.timer.start();
    await this.attempt(async () => {
      await this.refresh();
      if (this.me.isOpen) await this.arrive();
      else await this.decide("locked"); // it locked while a sheet was being printed
    });
  }

  async arrive() {
    await this.#leaveThread();
    if (this.wanted === "devices") devices(this);
    else if (this.wanted === "practice") await practice(this);
    else if (this.wanted === "inbox") await inbox(this);
    else await this.#openThread();
  }

  async #openThread() {
    this.thread ||= (await this.port.ask("beginThread")).id;
    this.shown = new ThreadScreen(this, await this.port.ask("open", { id: this.thread }));
    this.shown.sayLeft(this.timer.left());
    const blob = this.drafts.get(this.thread);
    if (!blob) return;
    this.shown.draft = await this.port.ask("openDraft", { blob });
    this.drafts.delete(this.thread);
  }

  /** To another screen: what is on its way arrives first, and what was being written is kept, closed. */
  async #leaveThread() {
    const left = this.shown;
    if (!left) return;
    left.leave();
    await left.settled();
    await this.#closeDraft(left.draft, left.view.id);
    if (this.shown === left) this.shown = null;
  }

  /** Keys that wait for the practice: look again whether they still do. Opening is recorded, so it is done once. */
  async whileWaiting(id, keysThen) {
    await this.refresh();
    const hasMoved = this.me.keys !== keysThen || (await this.port.ask("hasMoved", { id }));
    return hasMoved ? this.port.ask("open", { id }) : null;
  }

  async attempt(act) {
    try {
      await act();
    } catch (error) {
      if (error.code === "hostile") this.hostile(error);
      else if (error.code !== "locked") this.broken(error);
    }
  }

  hostile(error) {
    this.timer.stop();
    this.shown?.leave();
    this.shown = null;
    this.port.drop();
    show("hostile", { why: words(`hostile_${error.kind}`) });
  }

  broken(error) {
    this.shown?.leave();
    this.shown = null;
    const screen = show("broken", { why: sayingOf(error) });
    screen.querySelector("[data-do]").addEventListener("click", () => this.decide());
  }

  // --- Locking ------------------------------------------------------------------------------------------

  /** Drop every key and every word: the page is emptied first, then the worker ends. */
  async lock() {
    if (this.isLocking || !this.me?.isOpen) return;
    this.isLocking = true;
    this.timer.stop();
    const [draft, of] = [this.shown?.draft, this.shown?.view.id];
    this.shown?.leave();
    this.shown = null;
    root.replaceChildren();
    await this.#closeDraft(draft, of);
    this.port.drop();
    this.me = null;
    this.port.start();
    await this.attempt(() => this.#connect());
    this.isLocking = false;
    await this.decide(this.drafts.size ? "locked_draft" : "locked");
  }

  async #closeDraft(text, of) {
    if (!text) return;
    const late = new Promise((resolve) => { setTimeout(resolve, DRAFT_MS); });
    const blob = await Promise.race([this.port.ask("closeDraft", { text }), late]).catch(() => null);
    if (blob) this.drafts.set(of, blob);
  }

  #watch() {
    let last = 0;
    const touch = () => {
      this.timer.touch();
      if (Date.now() - last < TOUCH_MS) return;
      last = Date.now();
      this.port.tell("touch");
    };
    for (const name of ["pointerdown", "keydown", "wheel", "touchmove"]) {
      addEventListener(name, touch, { passive: true, capture: true });
    }
    document.addEventListener("visibilitychange", () => {
      this.timer.hidden(document.hidden);
      this.port.tell("hidden", { isHidden: document.hidden });
    });
    // Gone from the screen for good, or into the browser's memory of pages: nothing stays behind.
    addEventListener("pagehide", () => {
      this.port.drop();
      root.replaceChildren();
    });
    setInterval(() => this.shown?.sayLeft(this.timer.left()), 1000);
    document.addEventListener("click", (event) => this.#follow(event));
    addEventListener("unhandledrejection", (event) => {
      if (event.reason?.code !== "hostile") return;
      event.preventDefault(); // said on the page, and no mistake of ours
      this.hostile(event.reason);
    });
    // Signed in again in another tab: what is sent carries the new session's token.
    document.getElementById("signed-out")?.addEventListener("close", () => {
      this.port.tell("token", { token: this.#token() });
    });
    addEventListener("popstate", () => this.#at(location.href));
  }

  // --- Going from one screen to another without losing what is open ---------------------------------------

  addressOf(thread) {
    const inbox = document.getElementById("address-inbox").content.firstElementChild;
    return `${inbox.getAttribute("href")}${thread}/`;
  }

  go(address) {
    history.pushState(null, "", address);
    this.#at(address);
  }

  #follow(event) {
    const link = event.target.closest?.("a[data-go]");
    if (!link || event.ctrlKey || event.metaKey || event.shiftKey || event.button !== 0) return;
    if (!this.me?.isOpen || !this.#wantedAt(link.href)) return;
    event.preventDefault();
    this.go(link.href);
  }

  /** Which screen of this page an address names: `[screen, thread]`, or null for another page. */
  #wantedAt(address) {
    const path = new URL(address, location.href).pathname;
    if (path.endsWith("/messages/devices/")) return ["devices", this.thread];
    if (path.endsWith("/me/messages/")) return ["thread", this.thread];
    const found = path.match(/\/staff\/messages\/(?:([0-9a-f-]{36})\/)?$/);
    if (!found || !document.getElementById("address-inbox")) return null;
    return found[1] ? ["thread", found[1]] : ["inbox", ""];
  }

  #at(address) {
    [this.wanted, this.thread] = this.#wantedAt(address) ?? [this.wanted, this.thread];
    if (this.me?.isOpen) this.attempt(() => this.arrive());
  }
}

root.querySelector("[data-waiting]").hidden = false;
if (!globalThis.crypto?.subtle || !globalThis.indexedDB || !globalThis.Worker) show("too-old");
else {
  new App().begin().catch(() => show("broken", { why: words("broken") }));
}
