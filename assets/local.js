// What only this page knows: which dialog is open, which filter is chosen. It needs no server and answers at once.
import { useEffect, useSyncExternalStore } from "react";
import { useLocation } from "react-router";

const values = new Map();
const watchers = new Map();
const watchersOf = (name) => {
  if (!watchers.has(name)) watchers.set(name, new Set());
  return watchers.get(name);
};

export function setLocal(name, value) {
  values.set(name, value);
  watchersOf(name).forEach((watch) => watch());
}
export const getLocal = (name) => values.get(name);

const subscriptions = new Map();
const subscribe = (name) => {
  if (!subscriptions.has(name)) subscriptions.set(name, (watch) => (watchersOf(name).add(watch), () => watchersOf(name).delete(watch)));
  return subscriptions.get(name);
};
export const useLocal = (name, otherwise) => useSyncExternalStore(subscribe(name), () => values.get(name) ?? otherwise, () => otherwise);

/** Shows nothing. Once the page shows another address, what begins with `prefix` is forgotten: no dialog comes back. */
export function PageLocals({ prefix }) {
  const { pathname } = useLocation();
  useEffect(
    () => () => {
      for (const name of [...values.keys()]) if (name.startsWith(prefix)) setLocal(name, undefined);
    },
    [pathname],
  );
  return null;
}
