// Whether everything that was done here is saved, and a guard for quick fingers.
import { createElement, useEffect, useSyncExternalStore } from "react";
import { isConnected, onConnection } from "../live/live.js";
import { useUnsent } from "../live/operate.js";
import { useT } from "../i18n.js";

const useConnected = () => useSyncExternalStore(onConnection, isConnected, () => true);

export function Saved({ saved, saving, className }) {
  const t = useT();
  const unsent = useUnsent();
  const connected = useConnected();
  useEffect(() => {
    // Rows move up once something is done: the second tap of two quick ones would hit what came in its place.
    const tapped = (event) => event.detail > 1 && event.target.closest?.("[data-product] button") && event.stopPropagation();
    document.addEventListener("click", tapped, true);
    return () => document.removeEventListener("click", tapped, true);
  }, []);
  const [words, tone] = !unsent ? [saved, "chip-good"] : connected ? [saving, ""] : [t("shopping.waits", { count: unsent }), "chip-warn"];
  return createElement("span", { role: "status", className: `${className} chip ${tone}`, "data-outbox": unsent }, words);
}
