// "Saved 10:42": while an answer is on its way the line says so; if it does not arrive, the line says that too
// and we try again. The reply of the server brings the new line. Listens to htmx; sends nothing by itself.

const AGAIN_MS = 8000;
/** @type {Set<HTMLElement>} */
const waiting = new Set();

const lineOf = (element) =>
  element.closest("form")?.querySelector("[data-saved]") ?? document.querySelector("main [data-saved]");

function say(element, word) {
  const line = lineOf(element);
  if (!line) return;
  line.textContent = line.dataset[word];
  line.classList.toggle("is-waiting", word === "offline");
}

document.addEventListener("htmx:beforeRequest", (event) => say(event.detail.elt, "saving"));
document.addEventListener("htmx:afterRequest", (event) => {
  if (event.detail.successful) waiting.delete(event.detail.elt);
});
for (const name of ["htmx:sendError", "htmx:timeout", "htmx:responseError"]) {
  document.addEventListener(name, (event) => {
    // A refusal (4xx) would be refused again; the network and a resting server are worth another try.
    const status = event.detail.xhr?.status ?? 0;
    if (status >= 400 && status < 500) return;
    say(event.detail.elt, "offline");
    waiting.add(event.detail.elt);
  });
}

/** Elements that save list `save-again` in their hx-trigger. */
function again() {
  for (const element of waiting) {
    if (element.isConnected) window.htmx?.trigger(element, "save-again");
    else waiting.delete(element);
  }
}
addEventListener("online", again);
setInterval(again, AGAIN_MS);
