// Suite 1 of sealed messages over WebCrypto: the few functions that everything else is made of.
// The twin is messaging/sealed/primitives.py; both give the same bytes (docs/decisions/0090).
// Private keys go in as CryptoKey, so that they can be made unreadable to script once they are open.

const subtle = globalThis.crypto?.subtle;
const utf8 = new TextEncoder();
const KEM = concat(utf8.encode("KEM"), Uint8Array.of(0, 0x20));
const HPKE = concat(utf8.encode("HPKE"), Uint8Array.of(0, 0x20, 0, 1, 0, 2));
const VERSION = utf8.encode("HPKE-v1");
// What PKCS #8 puts before the 32 bytes of a private key.
const BEFORE = {
  X25519: Uint8Array.of(0x30, 0x2e, 2, 1, 0, 0x30, 5, 6, 3, 0x2b, 0x65, 0x6e, 4, 0x22, 4, 0x20),
  Ed25519: Uint8Array.of(0x30, 0x2e, 2, 1, 0, 0x30, 5, 6, 3, 0x2b, 0x65, 0x70, 4, 0x22, 4, 0x20),
};

/** Wrong key, wrong place, or changed on the way: nobody is told which. */
export class CannotOpen extends Error {
  constructor() {
    super("This cannot be opened.");
  }
}

/** Turns whatever WebCrypto throws into the one error. */
async function opened(promise) {
  try {
    return await promise;
  } catch {
    throw new CannotOpen();
  }
}

export function concat(...parts) {
  const whole = new Uint8Array(parts.reduce((length, part) => length + part.length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}

export function same(one, other) {
  if (one.length !== other.length) return false;
  let differs = 0;
  for (let index = 0; index < one.length; index += 1) differs |= one[index] ^ other[index];
  return differs === 0;
}

/** Join fields so that no two lists give the same bytes. Text, whole numbers (4 bytes) or bytes. */
export function lp(...fields) {
  return concat(...fields.flatMap((field) => withLength(bytesOf(field))));
}

function bytesOf(field) {
  if (typeof field === "string") return utf8.encode(field);
  if (typeof field !== "number") return field;
  if (!Number.isInteger(field) || field < 0 || field > 0xffffffff) {
    throw new RangeError("A number in a header has four bytes.");
  }
  return Uint8Array.of(field >>> 24, field >>> 16, field >>> 8, field);
}

function withLength(part) {
  if (part.length > 0xffff) throw new RangeError("A field in a header has at most 65,535 bytes.");
  return [Uint8Array.of(part.length >>> 8, part.length), part];
}

export async function sha256(...parts) {
  return new Uint8Array(await subtle.digest("SHA-256", concat(...parts)));
}

export function random(count) {
  return crypto.getRandomValues(new Uint8Array(count));
}

export async function hmac(key, data) {
  const usable =
    key instanceof CryptoKey
      ? key
      : await subtle.importKey("raw", key, { name: "HMAC", hash: "SHA-256" }, false, ["sign"]);
  return new Uint8Array(await subtle.sign("HMAC", usable, data));
}

/** 32 bytes by HKDF-SHA-256 with an empty salt. */
export async function derive(secret, info) {
  const key = await subtle.importKey("raw", secret, "HKDF", false, ["deriveBits"]);
  const how = { name: "HKDF", hash: "SHA-256", salt: new Uint8Array(0), info };
  return new Uint8Array(await subtle.deriveBits(how, key, 256));
}

export async function stretch(pin, salt, iterations) {
  const key = await subtle.importKey("raw", utf8.encode(pin), "PBKDF2", false, ["deriveBits"]);
  const how = { name: "PBKDF2", hash: "SHA-256", salt, iterations };
  return new Uint8Array(await subtle.deriveBits(how, key, 256));
}

async function gcm(key, usage) {
  return subtle.importKey("raw", key, "AES-GCM", false, [usage]);
}

/** AES-256-GCM; the tag stands at the end. A nonce is used once for a key. */
export async function encrypt(key, nonce, plain, aad) {
  const how = { name: "AES-GCM", iv: nonce, additionalData: aad };
  return new Uint8Array(await subtle.encrypt(how, await gcm(key, "encrypt"), plain));
}

export async function decrypt(key, nonce, sealed, aad) {
  const how = { name: "AES-GCM", iv: nonce, additionalData: aad };
  return new Uint8Array(await opened(subtle.decrypt(how, await gcm(key, "decrypt"), sealed)));
}

// --- Keys -----------------------------------------------------------------------------------------

/** A private key of 32 bytes, for use and not for reading. */
export async function privateKey(kind, bytes) {
  const usage = kind === "X25519" ? "deriveBits" : "sign";
  return opened(subtle.importKey("pkcs8", concat(BEFORE[kind], bytes), kind, false, [usage]));
}

/** A new pair: both halves as bytes. The caller wraps the private one and forgets it. */
export async function newPair(kind) {
  const usages = kind === "X25519" ? ["deriveBits"] : ["sign", "verify"];
  const pair = await subtle.generateKey(kind, true, usages);
  const wrapped = new Uint8Array(await subtle.exportKey("pkcs8", pair.privateKey));
  return {
    private: wrapped.slice(BEFORE[kind].length),
    public: new Uint8Array(await subtle.exportKey("raw", pair.publicKey)),
  };
}

export async function sign(key, message) {
  return new Uint8Array(await subtle.sign("Ed25519", key, message));
}

/** Throws CannotOpen unless the signature is by this key over this message. */
export async function check(publicBytes, signature, message) {
  const key = await opened(subtle.importKey("raw", publicBytes, "Ed25519", false, ["verify"]));
  if (!(await opened(subtle.verify("Ed25519", key, signature, message)))) throw new CannotOpen();
}

// --- HPKE (RFC 9180): base mode, X25519, HKDF-SHA-256, AES-256-GCM, one message, `info` only ------

async function extract(salt, label, key, suite) {
  return hmac(salt.length ? salt : new Uint8Array(32), concat(VERSION, suite, utf8.encode(label), key));
}

async function expand(prk, label, info, length, suite) {
  const said = concat(Uint8Array.of(length >>> 8, length), VERSION, suite, utf8.encode(label), info);
  const block = await hmac(prk, concat(said, Uint8Array.of(1))); // 32 bytes are enough for all we ask
  return block.slice(0, length);
}

async function agree(privateCryptoKey, publicBytes) {
  const other = await opened(subtle.importKey("raw", publicBytes, "X25519", false, []));
  const bits = await opened(subtle.deriveBits({ name: "X25519", public: other }, privateCryptoKey, 256));
  const shared = new Uint8Array(bits);
  // A low-order point gives everybody the same secret.
  if (shared.every((byte) => byte === 0)) throw new CannotOpen();
  return shared;
}

async function schedule(shared, enc, publicBytes, info) {
  const nothing = new Uint8Array(0);
  const agreed = await extract(nothing, "eae_prk", shared, KEM);
  const secret = await expand(agreed, "shared_secret", concat(enc, publicBytes), 32, KEM);
  const context = concat(
    Uint8Array.of(0),
    await extract(nothing, "psk_id_hash", nothing, HPKE),
    await extract(nothing, "info_hash", info, HPKE),
  );
  const prk = await extract(secret, "secret", nothing, HPKE);
  return {
    key: await expand(prk, "key", context, 32, HPKE),
    nonce: await expand(prk, "base_nonce", context, 12, HPKE),
  };
}

/** To one reader: 32 bytes of ephemeral key, then the ciphertext. */
export async function seal(plain, publicBytes, info) {
  const ephemeral = await subtle.generateKey("X25519", false, ["deriveBits"]);
  const enc = new Uint8Array(await subtle.exportKey("raw", ephemeral.publicKey));
  const shared = await agree(ephemeral.privateKey, publicBytes);
  const { key, nonce } = await schedule(shared, enc, publicBytes, info);
  return concat(enc, await encrypt(key, nonce, plain, new Uint8Array(0)));
}

/** What `seal` sealed to this reader, whose both halves are needed. */
export async function unseal(sealed, privateCryptoKey, publicBytes, info) {
  const enc = sealed.slice(0, 32);
  const shared = await agree(privateCryptoKey, enc);
  const { key, nonce } = await schedule(shared, enc, publicBytes, info);
  return decrypt(key, nonce, sealed.slice(32), new Uint8Array(0));
}

/** Whether this browser can do all of this; tries, because having a name is not having a function. */
export async function canSeal() {
  try {
    const [reader, writer] = [await newPair("X25519"), await newPair("Ed25519")];
    const info = utf8.encode("try");
    const key = await privateKey("X25519", reader.private);
    await unseal(await seal(info, reader.public, info), key, reader.public, info);
    await check(writer.public, await sign(await privateKey("Ed25519", writer.private), info), info);
    return true;
  } catch {
    return false;
  }
}
