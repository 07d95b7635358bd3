// Keeps the facts of this page up to date: editions by HTTP, patches by the namespace /live of the page's own socket.
// Whatever is lost on the way ends in catching up: a patch that doesn't fit makes the page fetch the whole edition.
import { withManager } from "./socket_io.js";
import { factsOf, forgetAll, keepEqual, known, lookBy, merge, put, reorder, thing, whenRestored } from "./store.js";
import { keepEdition, readEdition, readOwner, wipe } from "./kept.js";
import { forgetBy, isLeaving, tellServer } from "./leaving.js";
import { learn } from "../offline/moment.js";
import { onSwitch, worksOffline } from "../offline/switch.js";

const PULSE_MS = 2500; // while the page is seen, the server is asked this often whether it is there
const AGAIN_MS = [1000, 2000, 5000, 15000];

// Views that anybody may read: by HTTP alone, whoever is here, and never kept on the device. Their addresses hold secrets.
const isPublic = (at) => at.startsWith("public/");

// Views that no device keeps, and no page longer than it shows them.
const isPrivate = (at) => at.startsWith("private/");

let socket;
const looks = new Map(); // address → how many parts of the page look at it
const lookedAt = () => [...looks.keys()].filter((at) => !isPublic(at));
let greeted = []; // the addresses that the request to connect told the server of
const asked = (at) => ({ at, tag: thing(at).tag });

// The socket

let heardAt = 0;
const connectionWatchers = new Set();
const tellConnection = () => connectionWatchers.forEach((watch) => watch(isConnected()));
export const isConnected = () => !!socket?.connected;
export const onConnection = (watch) => (connectionWatchers.add(watch), () => connectionWatchers.delete(watch));

withManager((manager) => {
  socket?.off();
  const auth = (tell) => {
    greeted = lookedAt();
    tell({ looks: greeted.map(asked) });
  };
  socket = manager.socket("/live", { auth });
  socket.onAny(() => (heardAt = Date.now()));
  socket.on("connect", () => {
    heardAt = Date.now();
    // What the page has begun to look at since the request was sent.
    for (const at of lookedAt()) if (!greeted.includes(at)) look(at);
    tellConnection();
  });
  socket.on("disconnect", () => {
    for (const it of known()) if (it.state === "live") put(it, it.base, it.tag, "kept");
    tellConnection();
  });
  socket.on("connect_error", (error) => {
    if (error.message === "signed_out") signedOut();
    else setTimeout(connect, AGAIN_MS[1]); // a server that can't answer now; Socket.IO itself asks only once
  });
  socket.on("state", takeState);
  socket.on("patch", (patch) => apply(thing(patch.at), [patch]));
  socket.on("signed_out", signedOut);
  connect();
});

const look = (at) => socket.emit("look", asked(at), (answer) => takeState({ at, ...answer }));

/** Socket.IO takes a second request to connect for a mistake. */
function connect() {
  if (lookedAt().length && socket && !socket.active && !isLeaving() && !worksOffline()) socket.connect();
}

onSwitch((offline) => {
  if (offline) socket?.disconnect();
  else {
    connect();
    catchUpAll();
  }
});

if (typeof window !== "undefined") {
  // Reflex lets go of the connection when the page is left; ours must not hold it open.
  window.addEventListener("pagehide", () => socket?.disconnect());
  window.addEventListener("pageshow", (event) => event.persisted && connect());
  window.addEventListener("online", () => (isLeaving() ? tellServer() : catchUpAll()));
  document.addEventListener("visibilitychange", () => document.visibilityState === "visible" && pulse());
  setInterval(() => document.visibilityState === "visible" && pulse(), PULSE_MS);
}

// A connection that carries nothing looks open for minutes: a question without an answer tells.
async function pulse() {
  if (isLeaving()) return tellServer();
  if (!socket?.connected || Date.now() - heardAt < PULSE_MS) return;
  try {
    await socket.timeout(PULSE_MS).emitWithAck("here");
    heardAt = Date.now();
  } catch {
    if (Date.now() - heardAt > PULSE_MS) socket.io.engine?.close();
  }
}

/** Asks the server to do an operation; resolves with {result} or {error, …}, rejects when no answer comes. */
export const ask = (operation, patience) => socket.timeout(patience).emitWithAck("do", operation);

// Editions and patches

function takeState(answer) {
  if (!looks.has(answer.at)) return; // the page has gone on meanwhile
  const it = thing(answer.at);
  if (answer.gone) {
    keepEdition(it.at);
    put(it, undefined, undefined, "gone");
  } else if (answer.patches) apply(it, answer.patches);
  else if (it.tag && [answer.same, answer.tag].includes(it.tag)) put(it, it.base, it.tag, "live"); // fetched meanwhile, perhaps
  else {
    it.newest = answer.tag;
    catchUp(it);
  }
}

function apply(it, patches) {
  if (it.catching) return void (it.early ??= []).push(...patches);
  let { base, tag } = it;
  for (const patch of patches) {
    if (patch.to === tag) continue; // known already
    if (patch.from !== tag) return catchUp(it);
    base = merge(base, patch.patch);
    if (patch.order) base = reorder(base, patch.order);
    tag = patch.to;
  }
  take(it, base, tag);
}

function take(it, base, tag) {
  put(it, base, tag, isConnected() ? "live" : "kept", Date.now());
  if (it.at === "me") claim(base.id);
  keepSoon(it);
}

function catchUp(it) {
  if (isLeaving() && !isPublic(it.at)) return void put(it, undefined, undefined, "gone");
  return (it.catching ??= fetchEdition(it));
}

/** What the head of the document has asked for, once. */
function askedEarly(at) {
  const early = typeof window === "undefined" ? undefined : window.early;
  if (early?.at !== at) return undefined;
  window.early = undefined;
  return early.answer;
}

async function fetchEdition(it) {
  let answer;
  try {
    if (worksOffline() && !isPublic(it.at)) throw new Error("works offline");
    const headers = it.tag ? { "If-None-Match": `W/"${it.tag}"` } : {};
    answer = await (askedEarly(it.at) ?? fetch(`/api/v1/${it.at}`, { headers, credentials: "same-origin" }));
    learn(answer.headers.get("Date"));
    await whenRestored();
    if (answer.status === 200) {
      const base = keepEqual(it.base, await answer.json());
      it.failures = 0;
      take(it, base, answer.headers.get("ETag").replace(/^W\/|"/g, ""));
    } else if (answer.status === 304) put(it, it.base, it.tag, isConnected() ? "live" : "kept", Date.now());
    else if (answer.status === 401 || answer.status === 204) signedOut();
    else if (answer.status === 404 || answer.status === 422) {
      keepEdition(it.at);
      put(it, undefined, undefined, "gone");
    } else throw new Error(String(answer.status));
  } catch {
    // No network, or a server that can't answer: what is known stays, and it is asked again.
    it.failures = (it.failures ?? 0) + 1;
    setTimeout(() => looks.has(it.at) && catchUp(it), AGAIN_MS[Math.min(it.failures, AGAIN_MS.length) - 1]);
  } finally {
    it.catching = undefined;
  }
  // The answer may be older than what the socket has told meanwhile.
  const early = it.early?.splice(0) ?? [];
  const newest = early.at(-1)?.to ?? it.newest;
  it.newest = undefined;
  const next = early.findIndex((patch) => patch.from === it.tag);
  if (next >= 0) apply(it, early.slice(next));
  else if (it.tag && newest && newest !== it.tag && it.state !== "gone") catchUp(it);
}

const catchUpAll = () => [...looks.keys()].forEach((at) => catchUp(thing(at)));

const saving = new Map();
function keepSoon(it) {
  if (isPublic(it.at) || isPrivate(it.at) || /[?&]q=/.test(it.at)) return; // what somebody searched for
  clearTimeout(saving.get(it.at));
  saving.set(it.at, setTimeout(() => keepEdition(it.at, it.base, it.tag), 300));
}

/** Resolves to whether the facts of this address are on the device. What the page doesn't look at is asked for once. */
export async function keepFacts(at) {
  const it = thing(at);
  try {
    if (looks.has(at) && it.base) return await keepEdition(at, it.base, it.tag);
    const kept = await readEdition(at);
    const headers = kept?.tag ? { "If-None-Match": `W/"${kept.tag}"` } : {};
    const answer = await fetch(`/api/v1/${at}`, { headers, credentials: "same-origin" });
    if (answer.status === 304) return await keepEdition(at, kept.base, kept.tag);
    if (answer.status === 404) return true; // such as the pick-up before anything is bought
    if (!answer.ok) return false;
    return await keepEdition(at, await answer.json(), answer.headers.get("ETag").replace(/^W\/|"/g, ""));
  } catch {
    return false;
  }
}

// Who looks at what

lookBy(
  async (at) => {
    looks.set(at, (looks.get(at) ?? 0) + 1);
    if (looks.get(at) > 1) return;
    const it = thing(at);
    if (isPublic(at)) return void catchUp(it);
    if (isLeaving()) return void put(it, undefined, undefined, "gone");
    if (it.state === "gone") put(it, undefined, undefined, "loading");
    if (!it.base) {
      const [kept] = await Promise.all([readEdition(at), whenRestored()]);
      if (!looks.has(at)) return; // left meanwhile
      if (kept && !it.base && it.state === "loading") put(it, kept.base, kept.tag, "kept", kept.kept);
    }
    if (isConnected()) look(at);
    else {
      connect();
      catchUp(it);
    }
  },
  (at) => {
    const left = (looks.get(at) ?? 1) - 1;
    if (left > 0) return void looks.set(at, left);
    looks.delete(at);
    const it = thing(at);
    if (isPrivate(at)) put(it, undefined, undefined, "loading");
    else if (it.state === "live") put(it, it.base, it.tag, "kept"); // nobody keeps it up to date from now on
    if (isConnected() && !isPublic(at)) socket.emit("leave", at);
  },
);

// Whose page it is

let owner; // whose facts this page holds

async function claim(person) {
  if (owner && owner !== person) return startAnew(person);
  owner = person;
  if ((await readOwner()) === person) return;
  for (const timer of saving.values()) clearTimeout(timer);
  await wipe(person);
  for (const it of known()) if (it.base) keepSoon(it);
}

/** Somebody else has signed in, in another tab: nothing of the last person stays here. */
async function startAnew(person) {
  forgetAll();
  await wipe(person);
  location.reload();
}

function signedOut() {
  for (const it of known()) if (!isPublic(it.at)) put(it, undefined, undefined, "gone");
  wipe();
}

forgetBy(() => {
  signedOut();
  socket?.disconnect();
});

/** The id of who is signed in here, as far as it is known. */
export const person = () => factsOf("me")?.id;
