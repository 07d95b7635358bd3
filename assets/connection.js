// Whether the page still hears the server, and a call to catch up after a long sleep.
import { createElement, useContext, useEffect, useRef, useState } from "react";
import { EventLoopContext, eventLoop } from "$/utils/context-registry";

// Reflex tells its tracing hook of each connect and disconnect; nothing else in it does before a retry has failed.
const state = { up: false, drops: 0, watchers: new Set() };
const change = (up) => {
  state.up = up;
  if (!up) state.drops += 1;
  state.watchers.forEach((watch) => watch());
};
let nudge;
if (typeof window !== "undefined") {
  const hook = (window.__reflex_otel ??= {});
  const { onSocketConnect, onSocketDisconnect } = hook;
  hook.onSocketConnect = () => {
    onSocketConnect?.();
    clearInterval(nudge);
    change(true);
  };
  hook.onSocketDisconnect = (reason) => {
    onSocketDisconnect?.(reason);
    change(false);
    // A server that says goodbye in order is not retried by Reflex; sending nothing makes it connect again.
    clearInterval(nudge);
    nudge = setInterval(() => document.visibilityState === "visible" && eventLoop.addEvents([]), 2000);
  };
}

function useConnection() {
  const [, errors] = useContext(EventLoopContext) ?? [null, []];
  const [, redraw] = useState(0);
  useEffect(() => {
    const watch = () => redraw((count) => count + 1);
    state.watchers.add(watch);
    return () => state.watchers.delete(watch);
  }, []);
  const lost = errors.length > 0 || (state.drops > 0 && !state.up);
  return { lost };
}

export function ConnectionBanner({ offline, online }) {
  const { lost } = useConnection();
  const [shown, setShown] = useState("");
  const was = useRef(false);
  useEffect(() => {
    // A blink of the network is nobody's business; a second is.
    if (lost) {
      const timer = setTimeout(() => {
        was.current = true;
        setShown("offline");
      }, 1000);
      return () => clearTimeout(timer);
    }
    if (!was.current) return;
    was.current = false;
    setShown("online");
    const timer = setTimeout(() => setShown(""), 3000);
    return () => clearTimeout(timer);
  }, [lost]);
  const words = { offline, online, "": "" }[shown];
  return createElement("div", { role: "status", className: "connection", "data-state": shown || undefined }, words);
}

const SLEEP_MS = 60_000;

/** Reflex loads a page anew after each reconnect; a tab that slept with its socket open has to ask by itself. */
export function Woken({ onWake }) {
  const call = useRef(onWake);
  call.current = onWake;
  useEffect(() => {
    let hidden = 0;
    const wake = () => {
      if (document.visibilityState === "hidden") hidden = Date.now();
      else if (hidden && Date.now() - hidden > SLEEP_MS && state.up) call.current?.();
    };
    document.addEventListener("visibilitychange", wake);
    return () => document.removeEventListener("visibilitychange", wake);
  }, []);
  return null;
}
