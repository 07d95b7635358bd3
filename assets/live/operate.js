// The one door of this page: a change is named, gets an id of its own, and is sent until the server has answered. It
// names everything it concerns, so that it is the same change whatever page is shown when it arrives. What is done in the
// shop and at the pick-up is kept on the device until then, and outlives the page.
import { useSyncExternalStore } from "react";
import i18next from "i18next";
import { ask, isConnected, onConnection, person } from "./live.js";
import { isShown, onChange, restoredFirst, setWaiting } from "./store.js";
import { dropOperation, keepOperation, keptOperations, readOwner } from "./kept.js";
import { isKept, replaces, whenLate } from "../offline/rules.js";
import { worksOffline } from "../offline/switch.js";
import { say, tell } from "../say.js";
import "$/texts/frame.js";

const PATIENCE_MS = 8000;
const AGAIN_MS = 2000;
const BACK_MS = 15_000;
const SHOWN_MS = 1500; // after the answer, for as long an edition that shows the change may take
const LATE_MS = 10_000; // whoever made a change so long ago is not waiting for the answer any more
const LATER = [429, 503]; // too many changes at once, or a server that is busy: the same change again, a little later
const ELSEWHERE = ["not_signed_in", "operation_of_another"]; // what is kept waits until its maker is back

// Oldest first: {id, name, arguments, user, lane, told, made, state, done, refusal, kept, safe, restored}. `state` is "phone"
// until it is being sent, then "sent"; `done` once it is saved; `refusal` if it was not taken in when nobody was waiting any
// more. `kept` is the promise that it is on the device, and `safe` says that it is; `restored` comes from an earlier page.
let operations = [];
const watchers = new Set();
let counts = { unsent: 0, refused: [] };

const waits = (each) => !each.done && !each.refusal;
const changed = () => {
  setWaiting(operations.filter((each) => !each.refusal));
  const refused = operations.filter((each) => each.refusal);
  const same = refused.length === counts.refused.length && refused.every((each, place) => each === counts.refused[place]);
  counts = { unsent: operations.filter(waits).length, refused: same ? counts.refused : refused };
  watchers.forEach((watch) => watch());
};
let soon;
/** What was sent needs not be painted before the next frame, however many changes go out at once. */
const changedSoon = () => {
  soon ??= setTimeout(() => {
    soon = undefined;
    changed();
  }, 16);
};
const drop = (operation) => {
  operations = operations.filter((each) => each !== operation);
  // The edition that shows the change is kept a moment after it is shown.
  if (operation.kept) setTimeout(() => operation.kept.then(() => dropOperation(operation.id)), operation.done ? 1000 : 0);
  changed();
};

// Another change may be shown before this one: what is done stays on top until an edition shows it.
onChange(() => {
  const shows = operations.filter((each) => each.done && isShown(each));
  shows.forEach(drop);
});

const watchThem = (watch) => (watchers.add(watch), () => watchers.delete(watch));
/** How many changes the server has not answered yet. */
export const useUnsent = () => useSyncExternalStore(watchThem, () => counts.unsent, () => 0);
const NONE = [];
/** Changes that were refused after their maker had gone on. They stay until somebody has looked. */
export const useRefused = () => useSyncExternalStore(watchThem, () => counts.refused, () => NONE);

// UUIDv7: sorts by when it was made. Plain http in a home network has no randomUUID.
export function newId() {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  let now = Date.now();
  for (let place = 5; place >= 0; place -= 1) {
    bytes[place] = now % 256;
    now = Math.floor(now / 256);
  }
  bytes[6] = (bytes[6] & 0x0f) | 0x70;
  bytes[8] = (bytes[8] & 0x3f) | 0x80;
  const hex = [...bytes].map((byte) => byte.toString(16).padStart(2, "0")).join("");
  return hex.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, "$1-$2-$3-$4-$5");
}

// Changes of one thing are sent one after the other, those of different things at the same time.
const laneOf = ({ product_id, item_id, purchase_id, user_id, run_id, group_id }) =>
  `${run_id ?? group_id}/${product_id ?? item_id ?? purchase_id ?? user_id ?? ""}`;
const lanes = new Map();

/**
 * Does an operation. Resolves with its result once the server has answered; rejects with {error, values, field} when it is
 * refused, with `late` if its maker has gone on meanwhile. What refuses is said in a message unless `quiet` is given.
 * `about` names the item in whose lane it is sent, where the arguments don't. `told` is what tells a person later what
 * this was about, {name, content, unit, currency}: they may not see that any more.
 */
export function operate(name, args, { quiet = false, about, told } = {}) {
  const sent = clean(args);
  const lane = about ? laneOf({ ...sent, item_id: about, purchase_id: undefined }) : laneOf(sent);
  const operation = { id: newId(), name, arguments: sent, user: person(), lane, told, made: Date.now(), state: "phone" };
  if (isKept(name)) operation.kept = keep(operation);
  operations = [...operations, operation];
  changed();
  const answered = queue(operation);
  answered.catch((refusal) => quiet || refusal.late || say(refusal));
  return answered;
}

/** Resolves with the result once the server has answered, and rejects with what it refused. */
function queue(operation) {
  const { lane } = operation;
  const turn = (lanes.get(lane) ?? restored).then(() => deliver(operation));
  const settled = turn.catch(() => {});
  lanes.set(lane, settled);
  settled.then(() => lanes.get(lane) === settled && lanes.delete(lane));
  return turn.then(
    (result) => {
      operation.done = true;
      // No edition shows what was changed again since.
      operations.filter((each) => each !== operation && each.done && replaces(operation, each)).forEach(drop);
      if (isShown(operation)) drop(operation);
      else {
        setTimeout(() => operations.includes(operation) && drop(operation), SHOWN_MS);
        changedSoon();
      }
      return result;
    },
    (refusal) => {
      const late = isLate(operation);
      if (late) setAside(operation, refusal);
      else drop(operation);
      throw { ...refusal, late };
    },
  );
}

// The outbox

const TAB = typeof crypto === "undefined" ? "" : newId();
const tabLock = (tab) => `bulq.tab.${tab}`;
/** Whether changes outlive the page here. Plain http has no locks, so two tabs would send for each other. */
const mayKeep = () => typeof navigator !== "undefined" && !!navigator.locks && typeof indexedDB !== "undefined";

let warned = false;
/** Resolves once the operation is on the device, or to nothing if that can't be. */
async function keep(operation) {
  try {
    if (!mayKeep()) throw new Error("no locks");
    const { id, name, arguments: args, lane, told, made, refusal } = operation;
    const user = operation.user ?? (await readOwner());
    await keepOperation({ id, name, arguments: args, user, lane, told, made, refusal, tab: TAB });
    operation.safe = true;
  } catch {
    if (mayKeep() && !warned) tell(i18next.t("frame.cannot_keep"), { kind: "error" });
    warned = true;
  }
}

/** Takes on what tabs that are gone have left in the outbox, oldest first. */
function adopt() {
  return navigator.locks.request("bulq.adopt", async () => {
    const owner = person() ?? (await readOwner());
    const rows = (await keptOperations()).filter((row) => row.user === owner && row.tab !== TAB);
    if (!owner || !rows.length) return;
    const { held } = await navigator.locks.query();
    const alive = new Set(held.map(({ name }) => name));
    const orphans = rows.filter((row) => !alive.has(tabLock(row.tab)) && !operations.some(({ id }) => id === row.id));
    for (const row of orphans.sort((a, b) => (a.id < b.id ? -1 : 1))) {
      const operation = { ...row, state: "phone", restored: true };
      operation.kept = keep(operation);
      await operation.kept;
      operations = [...operations, operation];
      if (!operation.refusal) queue(operation).catch(() => {});
    }
    changed();
  });
}

const quietly = (promise) => promise.catch(() => {});
let begun = () => {};
/** What an earlier page has left goes first, and no edition is shown without it. */
const restored = new Promise((done) => (begun = done));
if (typeof window !== "undefined" && mayKeep()) {
  // Held for as long as the page lives: its end is the sign for others to take on what it leaves.
  quietly(navigator.locks.request(tabLock(TAB), () => new Promise(() => {})));
  quietly(adopt()).then(begun);
  const again = () => document.visibilityState === "visible" && quietly(adopt());
  document.addEventListener("visibilitychange", again);
  setInterval(again, 15_000);
  onChange((it) => it.at === "me" && again()); // somebody is back whose changes wait here
} else begun();
restoredFirst(restored);

const isLate = (operation) => operation.restored || Date.now() - operation.made > LATE_MS;

/** Nobody waits for the answer any more: what can be done otherwise is, and the rest stays to be looked at. */
function setAside(operation, refusal) {
  const instead = whenLate(operation, refusal);
  if (instead === null) return drop(operation);
  if (instead) {
    drop(operation);
    return void operate(operation.name, instead, { quiet: true, told: operation.told }).catch(() => {});
  }
  operation.refusal = refusal;
  if (operation.kept) operation.kept = keep(operation);
  changed();
}

/** Somebody has looked at what was not taken in: it goes, or is done all the same with these arguments. */
export function settle(operation, instead) {
  drop(operation);
  if (instead) operate(operation.name, instead, { told: operation.told }).catch(() => {});
}

/** Sends an operation that nobody misses if it is lost, such as that something was read. */
export function mention(name, args) {
  const body = { id: newId(), name, arguments: args, user: person() };
  return isConnected() ? bySocket(body) : byHttp(body);
}

/** Like operate, with a message once it is done. */
export const operateSaying = (name, args, text) => operate(name, args).then(() => tell(text), () => {});

/** Like operate; once it is done, `done` gets the result. */
export const operateThen = (name, args, done) => operate(name, args).then(done, () => {});

const clean = (args) => Object.fromEntries(Object.entries(args).filter(([, value]) => value !== undefined));

async function deliver(operation) {
  const { id, name, arguments: args, user } = operation;
  const body = user ? { id, name, arguments: args, user } : { id, name, arguments: args };
  for (;;) {
    const answer = worksOffline() ? undefined : await send(operation, body);
    if (answer && !answer.error) return answer.result;
    const isAway = answer && operation.kept && ELSEWHERE.includes(answer.error);
    if (answer && !isAway && !LATER.includes(answer.status)) throw answer;
    await next(isAway ? BACK_MS : AGAIN_MS);
  }
}

async function send(operation, body) {
  operation.state = "sent";
  changedSoon();
  const answer = await (isConnected() ? bySocket(body) : byHttp(body));
  if (answer) return answer;
  operation.state = "phone";
  changedSoon();
}

const bySocket = (body) => ask(body, PATIENCE_MS).catch(() => undefined);

async function byHttp(body) {
  try {
    const answer = await fetch("/api/v1/operations", {
      method: "POST",
      headers: { "Content-Type": "application/json" },
      body: JSON.stringify(body),
      credentials: "same-origin",
      signal: AbortSignal.timeout?.(PATIENCE_MS),
    });
    if (answer.ok) return { result: await answer.json() };
    const problem = await answer.json();
    return { error: problem.type.split(":").pop(), status: answer.status, values: problem.values, field: problem.errors?.[0]?.field };
  } catch {
    return undefined;
  }
}

/** So many milliseconds from now, or as soon as there is a connection again. */
const next = (ms) =>
  new Promise((done) => {
    const off = onConnection((up) => up && go());
    const timer = setTimeout(() => go(), ms);
    const go = () => {
      off();
      clearTimeout(timer);
      done();
    };
  });

if (typeof window !== "undefined") {
  // What the server has not answered and the device doesn't keep would be lost with the page.
  window.addEventListener("beforeunload", (event) => operations.some((each) => waits(each) && !each.safe) && event.preventDefault());
}
