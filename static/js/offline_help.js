// Keeps the help page at hand without a network. The worker caches static files and that page, nothing else.

const address = document.querySelector('meta[name="service-worker"]')?.content;
if (address && "serviceWorker" in navigator) {
  navigator.serviceWorker.register(address, { scope: new URL(".", new URL(address, location.href)).pathname })
    .catch(() => {});
}

// The help page says when the network is gone.
function say() {
  for (const element of document.querySelectorAll("[data-when-offline]")) element.hidden = navigator.onLine;
}
say();
addEventListener("online", say);
addEventListener("offline", say);
