// What has to be on the device so that a run can be shopped for and picked up without a network: its facts, whose they
// are, and the code of the pages, which the worker keeps.
import { useEffect, useState, useSyncExternalStore } from "react";
import { isConnected, keepFacts, onConnection } from "../live/live.js";

const PARTS = ["", "/shopping", "/pick-up"];
const addressesOf = (run) => ["me", "home", ...PARTS.map((part) => `runs/${run}${part}`)];

// By run: "ready", "keeping", or what stands in the way ("no_worker", "no_room").
const standing = new Map();
const watchers = new Set();
const say = (run, word) => {
  standing.set(run, word);
  watchers.forEach((watch) => watch());
};

/** Plain http, a private window or an old browser have no worker: pages then need the network. */
const worker = () => (typeof navigator === "undefined" ? undefined : navigator.serviceWorker);

async function activated() {
  await worker().register("/sw.js", { updateViaCache: "none" });
  await worker().ready;
}

export async function keepRun(run) {
  if (standing.get(run) === "keeping") return;
  if (!worker()) return say(run, "no_worker");
  if (standing.get(run) !== "ready") say(run, "keeping");
  try {
    await activated();
    // Asks nobody in most browsers; where it asks, the answer may take as long as it likes.
    navigator.storage?.persist?.().catch(() => {});
  } catch {
    return say(run, "no_worker");
  }
  const kept = await Promise.all(addressesOf(run).map(keepFacts));
  say(run, kept.every(Boolean) ? "ready" : "no_room");
}

const watchThem = (watch) => (watchers.add(watch), () => watchers.delete(watch));
export const useStanding = (run) => useSyncExternalStore(watchThem, () => standing.get(run), () => undefined);

const KEEPS = ["confirmed", "shopping", "adjusting", "distributing"];
const LATER_MS = 1500; // first what the person came for

/** Shows nothing. A run whose goods are bought or handed out is kept by itself, and again once the connection is back. */
export function Kept({ run, phase }) {
  const [connections, count] = useState(0);
  useEffect(() => onConnection((up) => up && count((before) => before + 1)), []);
  useEffect(() => {
    if (!run || !KEEPS.includes(phase)) return;
    const timer = setTimeout(() => isConnected() && keepRun(run), LATER_MS);
    return () => clearTimeout(timer);
  }, [run, phase, connections]);
  return null;
}
