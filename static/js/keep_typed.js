// Signed out while writing: the words stay on this page, in memory only, hidden until the same person is back.
// Nothing typed is ever put into the browser's storage.
// Works where the page carries _components/session_dialog.html. Forms worth keeping carry data-keep.

const dialog = document.getElementById("signed-out");
const typed = new Set();

document.addEventListener("input", (event) => {
  if (event.target.form) typed.add(event.target.form);
});

// A page with words on it that are not sent yet, or with something that is shown once, asks before it goes.
// Help and the quick exit never wait.
let isGoing = false;
document.addEventListener("click", (event) => {
  isGoing = Boolean(event.target.closest?.(".strip a"));
  if (isGoing) typed.clear();
});
addEventListener("beforeunload", (event) => {
  if (document.documentElement.hidden || isGoing) return;
  const isUnsent = [...typed].some((form) => form.isConnected && form.matches("[data-keep]"));
  if (isUnsent || document.querySelector("[data-unkept]")) event.preventDefault();
});
document.addEventListener("submit", (event) => typed.delete(event.target), { capture: true });
// A form that saves as it is filled in has nothing unsent once the server has it.
document.addEventListener("htmx:afterRequest", (event) => {
  if (event.detail.successful) typed.delete(event.detail.elt);
});

/** @returns {Promise<{signed_in: boolean, person: string, token: string} | null>} null: no answer. */
async function ask() {
  try {
    const reply = await fetch(dialog.dataset.check, { cache: "no-store", headers: { Accept: "application/json" } });
    return reply.ok ? await reply.json() : null;
  } catch {
    return null;
  }
}

function hide() {
  document.body.classList.add("is-locked");
  if (!dialog.open) dialog.showModal();
}

function show(token) {
  for (const field of document.querySelectorAll('input[name="csrfmiddlewaretoken"]')) field.value = token;
  if (document.body.hasAttribute("hx-headers")) {
    document.body.setAttribute("hx-headers", JSON.stringify({ "X-CSRFToken": token }));
  }
  document.body.classList.remove("is-locked");
  dialog.close();
}

async function check() {
  const state = await ask();
  if (!state) return;
  if (!state.signed_in) hide();
  else if (!dialog.open) return;
  else if (state.person === dialog.dataset.person) show(state.token);
  else location.reload(); // somebody else: nothing of the first person stays
}

if (dialog) {
  let timer;
  const wait = () => {
    clearTimeout(timer);
    timer = setTimeout(check, (Number(dialog.dataset.idle) + 5) * 1000);
  };
  wait();
  for (const name of ["htmx:afterRequest", "submit"]) document.addEventListener(name, wait);
  document.addEventListener("visibilitychange", () => { if (!document.hidden) check(); });
  addEventListener("focus", () => { if (dialog.open) check(); });
  dialog.addEventListener("cancel", (event) => event.preventDefault());
  dialog.querySelector("[data-check-again]")?.addEventListener("click", check);

  // A form that would go into a signed-out session waits here instead of being lost.
  document.addEventListener("submit", async (event) => {
    const form = event.target;
    if (event.defaultPrevented || form.method !== "post" || form.dataset.sure || !form.matches("[data-keep]")) return;
    event.preventDefault();
    const submitter = event.submitter;
    const state = await ask();
    if (state && !state.signed_in) {
      typed.add(form);
      hide();
      return;
    }
    form.dataset.sure = "yes";
    form.requestSubmit(submitter);
    delete form.dataset.sure;
  });
}
