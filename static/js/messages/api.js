// Asks below /<practice>/api/messaging/, as whoever is signed in.

import { ServerSaid } from "./errors.js";

export class Api {
  /** @param {string} root ends in a slash  @param {string} token against forged requests */
  constructor(root, token) {
    this.root = root;
    this.token = token;
  }

  get(path, { background = false } = {}) {
    // Asking by itself is nothing that a person does: it keeps no sign-in alive.
    return this.#ask(path, { headers: background ? { "X-Portal-Background": "1" } : {} });
  }

  post(path, body) {
    return this.#change("POST", path, body);
  }

  delete(path) {
    return this.#change("DELETE", path);
  }

  #change(method, path, body) {
    const headers = { "Content-Type": "application/json", "X-CSRFToken": this.token };
    return this.#ask(path, { method, headers, body: body && JSON.stringify(body) });
  }

  async #ask(path, how) {
    const headers = { Accept: "application/json", ...how.headers };
    let reply;
    try {
      reply = await fetch(this.root + path, { ...how, headers, cache: "no-store", redirect: "error" });
    } catch {
      throw new ServerSaid(0, {});
    }
    const isJson = (reply.headers.get("Content-Type") ?? "").startsWith("application/json");
    const answer = isJson && reply.status !== 204 ? await reply.json().catch(() => ({})) : {};
    if (!reply.ok) throw new ServerSaid(reply.status, answer);
    return answer;
  }
}
