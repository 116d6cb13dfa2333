// What can come of asking a server.

/**
 * What the server gave is not what was signed, or not what it gave before.
 * `kind` says where: "identity", "directory", "readers" or "thread".
 */
export class Hostile extends Error {
  constructor(kind, why) {
    super(why);
    this.code = "hostile";
    this.kind = kind;
  }
}

/** The server refused, or did not answer (status 0). `code` is its word for programs. */
export class ServerSaid extends Error {
  constructor(status, body) {
    super(`${status} ${body.code ?? ""}`);
    this.status = status;
    this.code = body.code ?? (status === 0 ? "offline" : status === 401 ? "signed_out" : "refused");
    this.body = body;
  }
}

/** Something that was typed does not fit; `code` names the words that say so. */
export class Typed extends Error {
  constructor(code) {
    super(code);
    this.code = code;
  }
}
