// The worker behind /<practice>/sw.js, which sets SETTINGS and imports this file.
// Keeps the help page and the files it is made of, so that help lines can be read without a network.
// Nothing a person sees after signing in is ever stored: only the addresses in SETTINGS.

/* global SETTINGS */

self.addEventListener("install", (event) => {
  event.waitUntil((async () => {
    const cache = await caches.open(SETTINGS.cache);
    await cache.addAll([...SETTINGS.files, SETTINGS.brand]);
    await keepHelp(cache);
    await self.skipWaiting();
  })());
});

self.addEventListener("activate", (event) => {
  event.waitUntil((async () => {
    for (const name of await caches.keys()) {
      if (name.startsWith(SETTINGS.family) && name !== SETTINGS.cache) await caches.delete(name);
    }
    await self.clients.claim();
  })());
});

// Without cookies: the page as anybody sees it, with nobody's name on it. The kept one says of itself that it was
// kept, in the one header that a page can read: a device with a dead network often believes that it is online.
async function keepHelp(cache) {
  const reply = await fetch(SETTINGS.help, { credentials: "omit", cache: "no-store" });
  if (!reply.ok || reply.redirected) return;
  const headers = new Headers(reply.headers);
  headers.set("Server-Timing", "kept");
  await cache.put(SETTINGS.help, new Response(reply.body, { status: reply.status, headers }));
}

// Any page of the practice that the network does not bring: the help page stands in, and says so.
async function page(request, isHelp) {
  const cache = await caches.open(SETTINGS.cache);
  try {
    const reply = await fetch(request);
    if (isHelp && reply.ok) keepHelp(cache).catch(() => {});
    return reply;
  } catch (error) {
    const kept = await cache.match(SETTINGS.help);
    if (kept) return kept;
    throw error;
  }
}

async function file(request) {
  const cache = await caches.open(SETTINGS.cache);
  return (await cache.match(request)) ?? fetch(request);
}

// A practice may change its colours any day: the network first.
async function brand(request) {
  const cache = await caches.open(SETTINGS.cache);
  try {
    const reply = await fetch(request);
    if (reply.ok) await cache.put(request, reply.clone());
    return reply;
  } catch (error) {
    return (await cache.match(request)) ?? Promise.reject(error);
  }
}

self.addEventListener("fetch", (event) => {
  const { request } = event;
  const url = new URL(request.url);
  if (request.method !== "GET" || url.origin !== self.location.origin) return;
  if (request.mode === "navigate") event.respondWith(page(request, url.pathname === SETTINGS.help));
  else if (url.pathname === SETTINGS.brand) event.respondWith(brand(request));
  else if (SETTINGS.files.includes(url.pathname)) event.respondWith(file(request));
});
