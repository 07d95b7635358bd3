// The service worker, served as /sw.js. It keeps the code of the pages that work without a network, and answers with it
// when there is none. Facts and changes are the pages' own business (live/kept.js, live/operate.js).
// __VERSION__, __FILES__, __SHELL__ and __AWAY__ are filled in by scripts/service_worker.py.
const VERSION = "__VERSION__";
const FILES = __FILES__;
const SHELL = "__SHELL__"; // a page without content, which becomes the one at its address
const AWAY = "__AWAY__"; // the module of the page that says a page isn't here
const PATIENCE_MS = 2500; // a network that hangs, as in a cellar, counts as none
const WISH = "bulq.offline"; // see offline/switch.js
const FILES_PATIENCE_MS = 10_000;

self.addEventListener("install", (event) => event.waitUntil(install()));
self.addEventListener("activate", (event) => event.waitUntil(activate()));
self.addEventListener("fetch", (event) => {
  const { request } = event;
  const url = new URL(request.url);
  // A download is a navigation, too, and may take its time.
  if (request.method !== "GET" || url.origin !== location.origin || url.pathname.startsWith("/api/")) return;
  if (request.mode === "navigate") event.respondWith(page(event));
  else if (url.pathname.startsWith("/assets/")) event.respondWith(built(request, url));
  else if (FILES.includes(url.pathname)) event.respondWith(other(request, url));
});

async function install() {
  const cache = await caches.open(VERSION);
  await Promise.all(
    FILES.map(async (file) => {
      // Names in assets/ change with their content: what an older version has is the same.
      const known = file.startsWith("/assets/") && (await caches.match(file));
      const answer = known || (await fetch(file, { cache: file.startsWith("/assets/") ? "default" : "no-cache" }));
      if (!answer.ok) throw new Error(`${file}: ${answer.status}`);
      await cache.put(file, answer);
    }),
  );
  await self.skipWaiting();
}

/** An open page may still want files of the version before this one. */
async function activate() {
  const versions = (await caches.keys()).filter((name) => name !== WISH);
  const old = versions.filter((name) => name !== VERSION).slice(0, -1);
  await Promise.all(old.map((name) => caches.delete(name)));
  await self.registration.navigationPreload?.enable();
  await self.clients.claim();
}

const after = (ms) => new Promise((_, fail) => setTimeout(fail, ms, new Error("late")));
const wishedOffline = async () => (await caches.has(WISH)) && !!(await (await caches.open(WISH)).match("/wish"));

/** The network first, so that a new version is found. What a hotspot answers instead of the server is no page of ours. */
async function page(event) {
  if (!(await wishedOffline())) {
    try {
      const asked = event.preloadResponse.then((early) => early ?? fetch(event.request));
      asked.catch(() => {});
      const answer = await Promise.race([asked, after(PATIENCE_MS)]);
      const isOurs = answer.type === "opaqueredirect" || answer.headers.has("Cross-Origin-Opener-Policy");
      if (answer.status < 500 && isOurs) return answer;
    } catch {
      // no network
    }
  }
  const kept = await caches.match(SHELL);
  return kept ? new Response(kept.body, { status: 200, headers: kept.headers }) : fetch(event.request);
}

async function built(request, url) {
  const kept = await caches.match(url.pathname);
  if (kept) return kept;
  try {
    return await Promise.race([fetch(request), after(FILES_PATIENCE_MS)]);
  } catch (error) {
    // React Router loads a page anew, for ever, when the module of a route can't be had.
    if (!url.pathname.endsWith(".js")) throw error;
    const away = `export { default } from ${JSON.stringify(AWAY)};\nexport * from ${JSON.stringify(AWAY)};`;
    return new Response(away, { headers: { "Content-Type": "text/javascript", "Cache-Control": "no-store" } });
  }
}

async function other(request, url) {
  try {
    return await Promise.race([fetch(request), after(PATIENCE_MS)]);
  } catch (error) {
    const kept = await caches.match(url.pathname);
    if (!kept) throw error;
    return kept;
  }
}
