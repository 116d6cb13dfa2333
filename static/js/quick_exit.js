// Leave quickly: hide the page at once, sign out in the background, put a neutral page in this one's place.
// Pressing Escape three times does the same. Without script the link goes through our own address.

const PRESSES = 3;
const WITHIN_MS = 1500;
let presses = [];

/** Hide everything that can be seen of this page: words, title, tab icon. */
function hidePage() {
  document.documentElement.hidden = true;
  document.title = "";
  document.querySelector('link[rel="icon"]')?.remove();
  sessionStorage.clear(); // htmx notes the last path there
}

/** @param {HTMLAnchorElement} link */
function leave(link) {
  hidePage();
  const address = new URL(link.href, location.href);
  if (address.origin === location.origin) {
    // `keepalive` lets the request end after the page is gone; offline it fails and we leave all the same.
    fetch(address, { keepalive: true, redirect: "manual", cache: "no-store" }).catch(() => {});
  }
  location.replace(link.dataset.quickExit);
}

document.addEventListener("click", (event) => {
  const link = event.target.closest?.("[data-quick-exit]");
  if (!link || event.ctrlKey || event.metaKey || event.shiftKey || event.button !== 0) return;
  event.preventDefault();
  leave(link);
});

document.addEventListener("keydown", (event) => {
  const link = document.querySelector("[data-quick-exit]");
  if (event.key !== "Escape" || event.repeat || !link) return;
  presses = [...presses.filter((at) => event.timeStamp - at < WITHIN_MS), event.timeStamp];
  if (presses.length >= PRESSES) leave(link);
}, { capture: true });

// A page brought back from the browser's memory was left before: ask the server again.
addEventListener("pageshow", (event) => {
  if (event.persisted) location.reload();
});
