// The page's side of the worker: commands go there, answers come back, and locking ends it with all it holds.

const ADDRESS = new URL("worker.js", import.meta.url).href;
// The one program that may be started; without a browser's Trusted Types the address alone does.
const policy = globalThis.trustedTypes?.createPolicy("messages-worker", {
  createScriptURL(address) {
    if (address !== ADDRESS) throw new TypeError("Only the worker of messages is started here.");
    return address;
  },
});

/** The worker said no. `code` names the words for it; see worker.js. */
export class Refusal extends Error {
  constructor({ code, kind, body }) {
    super(code);
    Object.assign(this, { code, kind, body: body ?? {} });
  }
}

export class Port {
  /** @param {() => void} onLocked the worker locked by itself */
  constructor(onLocked) {
    this.onLocked = onLocked;
    this.start();
  }

  start() {
    this.waiting = new Map();
    this.count = 0;
    this.worker = new Worker(policy ? policy.createScriptURL(ADDRESS) : ADDRESS, { type: "module" });
    this.worker.addEventListener("message", ({ data }) => this.#take(data));
    this.worker.addEventListener("error", () => this.#end());
  }

  /** Ask for a command; throws Refusal. @returns {Promise<any>} */
  ask(name, given = {}) {
    return new Promise((resolve, reject) => {
      this.count += 1;
      this.waiting.set(this.count, { resolve, reject });
      this.worker.postMessage({ id: this.count, name, with: given });
    });
  }

  tell(name, given = {}) {
    this.worker.postMessage({ name, with: given });
  }

  /** End the worker and all it holds; whoever waits for an answer is told. */
  drop() {
    this.worker.terminate();
    this.#end("locked");
  }

  #end(code = "broken") {
    for (const { reject } of this.waiting.values()) reject(new Refusal({ code }));
    this.waiting.clear();
  }

  #take(data) {
    if (data.event === "locked") {
      this.onLocked();
      return;
    }
    const { resolve, reject } = this.waiting.get(data.id) ?? {};
    this.waiting.delete(data.id);
    if (data.error) reject?.(new Refusal(data.error));
    else resolve?.(data.value);
  }
}
