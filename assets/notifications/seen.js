// Whoever looks at a run has read what they were told of it.
import { useEffect } from "react";
import { useLocation } from "react-router";
import { mention } from "../live/operate.js";
import { useFact } from "../live/store.js";

const RUN = /^\/runs\/([0-9a-f-]{36})/;

export function Seen() {
  const unread = useFact("me", "unread");
  const run = RUN.exec(useLocation().pathname)?.[1];
  useEffect(() => {
    if (!run || !unread) return;
    const see = () => document.visibilityState === "visible" && mention("read_about", { run_id: run });
    see();
    document.addEventListener("visibilitychange", see);
    return () => document.removeEventListener("visibilitychange", see);
  }, [run, unread]);
  return null;
}
