// Passkeys: make one, sign in with one, prove with one. A form with data-passkey holds an empty field called
// `credential`; the device's answer goes into it as JSON, and the form is sent. Nothing happens before a press.
//   make      the options stand in #passkey-data as creation_options
//   prove     the options stand in #passkey-data as request_options
//   sign-in   the options are fetched from the form's address, for whoever the device knows

const bytes = (text) => Uint8Array.from(atob(text.replace(/-/g, "+").replace(/_/g, "/")), (c) => c.charCodeAt(0));
const text = (buffer) => btoa(String.fromCharCode(...new Uint8Array(buffer)))
  .replace(/\+/g, "-").replace(/\//g, "_").replace(/=+$/, "");

/** Turn the server's JSON into what the browser wants: buffers where ids and challenges are. */
function opened(options) {
  const ready = structuredClone(options.publicKey);
  ready.challenge = bytes(ready.challenge);
  if (ready.user) ready.user.id = bytes(ready.user.id);
  for (const list of [ready.excludeCredentials, ready.allowCredentials]) {
    for (const each of list ?? []) each.id = bytes(each.id);
  }
  return ready;
}

/** Turn the browser's answer into JSON. @param {PublicKeyCredential} credential */
function answer(credential) {
  const response = {};
  for (const name of ["clientDataJSON", "attestationObject", "authenticatorData", "signature", "userHandle"]) {
    if (credential.response[name]) response[name] = text(credential.response[name]);
  }
  return {
    type: credential.type,
    id: credential.id,
    rawId: text(credential.rawId),
    response,
    clientExtensionResults: credential.getClientExtensionResults(),
  };
}

const given = () => JSON.parse(document.getElementById("passkey-data").textContent);

const ways = {
  async make(form) {
    const publicKey = opened(given().creation_options);
    // A passkey signs in by itself, so the device keeps it and asks who is there.
    const passkey = form.elements.passwordless?.checked ?? true;
    publicKey.authenticatorSelection = {
      ...publicKey.authenticatorSelection,
      residentKey: passkey ? "required" : "discouraged",
      requireResidentKey: passkey,
      userVerification: passkey ? "required" : "preferred",
    };
    return navigator.credentials.create({ publicKey });
  },
  prove: () => navigator.credentials.get({ publicKey: opened(given().request_options) }),
  async "sign-in"(form) {
    const reply = await fetch(form.action, { headers: { Accept: "application/json" }, cache: "no-store" });
    if (!reply.ok) throw new Error("no options");
    return navigator.credentials.get({ publicKey: opened((await reply.json()).request_options) });
  },
};

/** Say what went wrong, in the words that stand in the page. */
function complain(form, error) {
  const line = form.querySelector("[data-passkey-trouble]");
  const words = line?.querySelector("span");
  if (!words) return;
  const kind = { NotAllowedError: "stopped", AbortError: "stopped", InvalidStateError: "again" }[error.name] ?? "broken";
  words.textContent = words.dataset[kind];
  line.hidden = false;
}

async function use(form) {
  const button = form.querySelector('[type="submit"]');
  form.querySelector("[data-passkey-trouble]")?.setAttribute("hidden", "");
  button.disabled = true;
  try {
    form.elements.credential.value = JSON.stringify(answer(await ways[form.dataset.passkey](form)));
    form.submit();
  } catch (error) {
    button.disabled = false;
    complain(form, error);
  }
}

if (window.PublicKeyCredential && navigator.credentials) {
  for (const form of document.querySelectorAll("form[data-passkey]")) {
    form.hidden = false;
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      use(form);
    });
    // One main button a page: the passkey, where there can be one.
    document.querySelector("[data-after-passkey]")?.classList.add("button-second");
    document.querySelector("[data-passkey-missing]")?.remove();
  }
}
