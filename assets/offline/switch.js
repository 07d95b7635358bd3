// "Work offline": nothing is sent or asked until it is switched off again. A weak signal can be worse than none. The wish
// survives the page, and the worker (worker.js) finds the same wish in a cache of its own.
import { useSyncExternalStore } from "react";

const KEY = "bulq.offline";
const watchers = new Set();
let wished;

export function worksOffline() {
  if (wished === undefined) {
    try {
      wished = localStorage.getItem(KEY) !== null;
    } catch {
      wished = false;
    }
  }
  return wished;
}

export function workOffline(wish) {
  wished = wish;
  try {
    if (wish) localStorage.setItem(KEY, "1");
    else localStorage.removeItem(KEY);
  } catch {
    // Without storage the wish lasts as long as the page.
  }
  if (typeof caches !== "undefined") {
    const noted = caches.open(KEY).then((cache) => (wish ? cache.put("/wish", new Response("1")) : cache.delete("/wish")));
    noted.catch(() => {});
  }
  watchers.forEach((watch) => watch(wish));
}

export const onSwitch = (watch) => (watchers.add(watch), () => watchers.delete(watch));
export const useWorksOffline = () => useSyncExternalStore(onSwitch, worksOffline, () => false);
