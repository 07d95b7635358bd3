// The facts that this page shows, by their address: the newest edition that is known, and on top of it what was done here
// and is not confirmed yet. Components read single fields, so that a change draws only what shows it.
import { useCallback, useEffect, useSyncExternalStore } from "react";
import { useParams } from "react-router";

/** One address: `base` is what the server said, `facts` the same with what waits on top. */
const things = new Map();
const shown = new Map(); // view → the address this page shows of it
const shownWatchers = new Set();
let starts = () => {};
let ends = () => {};

export const thing = (at) => {
  if (!things.has(at)) things.set(at, { at, base: undefined, facts: undefined, tag: undefined, state: "loading", watchers: new Set() });
  return things.get(at);
};
export const known = () => [...things.values()];

/** Says what has to happen when a page begins or ends to look at an address. */
export const lookBy = (begin, end) => ([starts, ends] = [begin, end]);

// Merging

/** RFC 7396; what stays as it was keeps its identity. */
export function merge(old, patch) {
  if (patch === null || typeof patch !== "object" || Array.isArray(patch)) return patch;
  const merged = old && typeof old === "object" && !Array.isArray(old) ? { ...old } : {};
  for (const key in patch) {
    if (patch[key] === null) delete merged[key];
    else merged[key] = merge(merged[key], patch[key]);
  }
  return merged;
}

/** Puts the rows of maps in the order that came with a patch: {items: {"": [ids in order]}}. */
export function reorder(facts, moved) {
  const rows = {};
  for (const name of moved[""] ?? Object.keys(facts)) if (name in facts) rows[name] = facts[name];
  for (const name in moved) if (name && name in rows) rows[name] = reorder(rows[name], moved[name]);
  return rows;
}

/** A new edition in which everything that is equal in the old one keeps the old one's identity. */
export function keepEqual(old, fresh) {
  if (Object.is(old, fresh) || !fresh || !old || typeof fresh !== "object" || typeof old !== "object") return fresh;
  if (Array.isArray(fresh) !== Array.isArray(old)) return fresh;
  const keys = Object.keys(fresh);
  const before = Object.keys(old);
  let same = keys.length === before.length;
  keys.forEach((key, place) => {
    fresh[key] = keepEqual(old[key], fresh[key]);
    same = same && key === before[place] && Object.is(fresh[key], old[key]); // rows in another order are another map
  });
  return same ? old : fresh;
}

// What was done here and is not in an edition yet

const rules = {}; // operation → view → (facts, arguments, operation) → facts, the same object where nothing differs
let waiting = [];
let restored = Promise.resolve();

/** Nothing is shown before this: an edition without what waits on top would look as if that were lost. */
export const restoredFirst = (promise) => (restored = promise);
export const whenRestored = () => restored;

/** How the facts of a view look once an operation is done. */
export const expect = (operation, view, rule) => ((rules[operation] ??= {})[view] = rule);

const viewOf = (at) => [...shown].find(([, address]) => address === at)?.[0];
const applied = (view, facts, operation) => {
  const rule = facts && rules[operation.name]?.[view];
  return rule ? rule(facts, operation.arguments, operation) : facts;
};

/** Whether the newest edition shows what this operation did. */
export const isShown = (operation) =>
  [...shown].every(([view, at]) => {
    const base = things.get(at)?.base;
    return applied(view, base, operation) === base;
  });

export function setWaiting(operations) {
  waiting = operations;
  for (const it of things.values()) if (it.base) publish(it);
}

const publish = (it) => {
  const view = viewOf(it.at);
  it.facts = waiting.reduce((facts, operation) => applied(view, facts, operation), it.base);
  it.watchers.forEach((watch) => watch());
};

const changeWatchers = new Set();
/** Calls back after each change of what the server said. */
export const onChange = (watch) => (changeWatchers.add(watch), () => changeWatchers.delete(watch));

/**
 * `state`: "loading", "kept" (on this device), "live" (kept up to date), or "gone". `at` is when the server last said so,
 * in milliseconds.
 */
export function put(it, base, tag, state, at = it.state === "live" || state === "live" ? Date.now() : it.asOf) {
  const news = it.base !== base;
  Object.assign(it, { base, tag, state, asOf: at });
  publish(it);
  if (news) changeWatchers.forEach((watch) => watch(it));
}

/** Somebody else is here, or nobody: nothing of the last person stays on the page. */
export function forgetAll() {
  for (const it of things.values()) put(it, undefined, undefined, "loading");
}

// Reading

// Which part of a view is shown, where an address leaves that open: ?q=milk&page=2.
const ASKED = ["q", "currency", "concern", "page"]; // in the order of the server
const asked = new Map(); // address without that part → {q, currency, concern, page}
const askedWatchers = new Set();
const watchAsked = (watch) => (askedWatchers.add(watch), () => askedWatchers.delete(watch));
const partOf = (at) => at.split("?")[0];

function queryOf(path) {
  const wanted = asked.get(path) ?? {};
  const said = ASKED.filter((name) => wanted[name]).map((name) => `${name}=${encodeURIComponent(wanted[name])}`);
  return said.length ? `?${said.join("&")}` : "";
}

/** Shows another part of what the page looks at, such as {q: "milk"}, from its first page on. */
export function askFor(view, part) {
  const path = partOf(shown.get(view) ?? "");
  asked.set(path, { ...asked.get(path), page: undefined, ...part });
  askedWatchers.forEach((watch) => watch());
}
/** The page after (1) or before (-1) the one that is shown. */
export const turnPage = (view, step) => askFor(view, { page: Math.max(1, (factsOf(view)?.page ?? 1) + step) });

/**
 * Shows nothing. While it is on the page, `view` is what stands at `address`, filled in from the page's own address. Another
 * part of the same thing takes the place of what is shown once it has arrived.
 */
export function Looking({ view, address }) {
  const params = useParams();
  const path = address.replace(/\{(\w+)\}/g, (_, name) => params[name] ?? "");
  const at = path + useSyncExternalStore(watchAsked, () => queryOf(path), () => "");
  const watchIt = useCallback((watch) => (thing(at).watchers.add(watch), () => thing(at).watchers.delete(watch)), [at]);
  const isThere = useSyncExternalStore(watchIt, () => thing(at).state !== "loading", () => false);
  const before = shown.get(view);
  const next = isThere || !before || partOf(before) !== path ? at : before;
  if (before !== next) shown.set(view, next); // before children read it
  useEffect(() => shownWatchers.forEach((watch) => watch()), [next]);
  useEffect(() => {
    starts(at);
    return () => ends(at);
  }, [at]);
  useEffect(() => () => void asked.delete(path), [path]);
  return null;
}

const current = (view) => things.get(shown.get(view));
const subscriptions = {};
const subscribe = (view) =>
  (subscriptions[view] ??= (watch) => {
    let it;
    const follow = () => {
      const next = shown.has(view) ? thing(shown.get(view)) : undefined;
      if (next === it) return;
      it?.watchers.delete(watch);
      it = next;
      it?.watchers.add(watch);
      watch();
    };
    follow();
    shownWatchers.add(follow);
    return () => {
      it?.watchers.delete(watch);
      shownWatchers.delete(follow);
    };
  });

/** One field of a view's facts. */
export const useFact = (view, field) =>
  useSyncExternalStore(subscribe(view), () => current(view)?.facts?.[field], () => undefined);

export const useFactsState = (view) =>
  useSyncExternalStore(subscribe(view), () => current(view)?.state ?? "loading", () => "loading");

/** When the server last said what is shown, in milliseconds, while nothing keeps that up to date. */
export const useAsOf = (view) =>
  useSyncExternalStore(subscribe(view), () => (current(view)?.state === "kept" ? current(view).asOf : undefined), () => undefined);

/** The facts of a view as they are now, for what acts on them. */
export const factsOf = (view) => current(view)?.facts;

/** `make(source)`, made once for each source and name. */
const derived = new WeakMap();
export function once(source, name, make) {
  if (!source) return undefined;
  if (!derived.has(source)) derived.set(source, new Map());
  const made = derived.get(source);
  if (!made.has(name)) made.set(name, make(source));
  return made.get(name);
}

const NONE = [];
/** The rows of a map in the order in which the server wrote them. */
export const listed = (rows) => once(rows, "listed", Object.values) ?? NONE;
export const countOf = (rows) => once(rows, "count", (all) => Object.keys(all).length) ?? 0;
