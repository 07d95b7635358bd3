// The one door of this page: a change is named, gets an id of its own, and is sent until the server has answered. It
// names everything it concerns, so that it is the same change whatever page is shown when it arrives.
import { useSyncExternalStore } from "react";
import { ask, isConnected, onConnection, person } from "./live.js";
import { isShown, onChange, setWaiting } from "./store.js";
import { say, tell } from "../say.js";

const PATIENCE_MS = 8000;
const AGAIN_MS = 2000;
const SHOWN_MS = 1500; // after the answer, for as long an edition that shows the change may take

let operations = []; // oldest first; `done` once answered
const watchers = new Set();
let counts = { unsent: 0 };

const changed = () => {
  setWaiting(operations);
  counts = { unsent: operations.filter((each) => !each.done).length };
  watchers.forEach((watch) => watch());
};
const drop = (operation) => {
  operations = operations.filter((each) => each !== operation);
  changed();
};

// Another change may be shown before this one: what is done stays on top until an edition shows it.
onChange(() => {
  const shows = operations.filter((each) => each.done && isShown(each));
  if (shows.length) {
    operations = operations.filter((each) => !shows.includes(each));
    changed();
  }
});

/** How many changes the server has not answered yet. */
export const useUnsent = () => useSyncExternalStore((watch) => (watchers.add(watch), () => watchers.delete(watch)), () => counts.unsent, () => 0);

// UUIDv7: sorts by when it was made. Plain http in a home network has no randomUUID.
function newId() {
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
const subjectOf = ({ arguments: { run_id, product_id, item_id, purchase_id, user_id } }) =>
  JSON.stringify([run_id, product_id, item_id, purchase_id, user_id]);
const lanes = new Map();

/**
 * Does an operation. Resolves with its result once the server has answered; rejects with {error, values, field} when it is
 * refused. What refuses is said in a message unless `quiet` is given.
 */
export function operate(name, args, { quiet = false } = {}) {
  const operation = { id: newId(), name, arguments: clean(args), user: person() };
  operations = [...operations, operation];
  changed();
  const lane = laneOf(operation.arguments);
  const turn = (lanes.get(lane) ?? Promise.resolve()).then(() => deliver(operation));
  const settled = turn.catch(() => {});
  lanes.set(lane, settled);
  settled.then(() => lanes.get(lane) === settled && lanes.delete(lane));
  const answered = turn.then(
    (result) => {
      operation.done = true;
      // No edition shows what was changed again since.
      operations = operations.filter((each) => each === operation || !each.done || subjectOf(each) !== subjectOf(operation));
      if (isShown(operation)) drop(operation);
      else {
        setTimeout(() => operations.includes(operation) && drop(operation), SHOWN_MS);
        changed();
      }
      return result;
    },
    (refusal) => {
      drop(operation);
      if (!quiet) say(refusal);
      throw refusal;
    },
  );
  answered.catch(() => {});
  return answered;
}

/** Sends an operation that nobody misses if it is lost, such as that something was read. */
export function mention(name, args) {
  const body = { id: newId(), name, arguments: args, user: person() };
  return isConnected() ? bySocket(body) : byHttp(body);
}

/** Like operate, with a message once it is done. */
export const operateSaying = (name, args, text) => operate(name, args).then(() => tell(text), () => {});

const clean = (args) => Object.fromEntries(Object.entries(args).filter(([, value]) => value !== undefined));

async function deliver(operation) {
  const { id, name, arguments: args, user } = operation;
  const body = user ? { id, name, arguments: args, user } : { id, name, arguments: args };
  for (;;) {
    const answer = await (isConnected() ? bySocket(body) : byHttp(body));
    if (answer && !answer.error) return answer.result;
    if (answer && answer.status !== 503) throw answer;
    await next();
  }
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

/** A while from now, or as soon as there is a connection again. */
const next = () =>
  new Promise((done) => {
    const off = onConnection((up) => up && go());
    const timer = setTimeout(() => go(), AGAIN_MS);
    const go = () => {
      off();
      clearTimeout(timer);
      done();
    };
  });

if (typeof window !== "undefined") {
  // What the server has not answered would be lost with the page.
  window.addEventListener("beforeunload", (event) => counts.unsent > 0 && event.preventDefault());
}
