// Keeps the help page at hand without a network. The worker caches static files and that page, nothing else.

const address = document.querySelector('meta[name="service-worker"]')?.content;
if (address && "serviceWorker" in navigator) {
  navigator.serviceWorker.register(address, { scope: new URL(".", new URL(address, location.href)).pathname })
    .catch(() => {});
}

// The help page says when it does not come from the practice (help_worker.js marks the kept one).
const [arrival] = performance.getEntriesByType("navigation");
let kept = Boolean(arrival?.serverTiming?.some(({ name }) => name === "kept"));

function say() {
  for (const element of document.querySelectorAll("[data-when-offline]")) element.hidden = navigator.onLine && !kept;
}
say();
addEventListener("offline", say);
addEventListener("online", () => {
  kept = false;
  say();
});
