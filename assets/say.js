// Messages that this page makes itself, beside those that the server sends: what was refused, and what was done.
import { useSyncExternalStore } from "react";
import i18next from "i18next";
import { spelled } from "./format.js";

const MOST = 4;

let messages = [];
let number = 0;
const watchers = new Set();
const set = (next) => {
  messages = next;
  watchers.forEach((watch) => watch());
};
export const useMessages = () => useSyncExternalStore((watch) => (watchers.add(watch), () => watchers.delete(watch)), () => messages, () => messages);
export const dismiss = (id) => set(messages.filter((each) => each.id !== id));

/** Shows a message. The same words twice are one message. `undo` is called by its button. */
export function tell(text, { kind = "status", undo } = {}) {
  number += 1;
  const others = messages.filter((each) => each.text !== text).slice(1 - MOST);
  set([...others, { id: `own-${number}`, text, kind, undo, seconds: kind === "error" ? 20 : 8 }]);
}

// Without a network a refusal of the page's own must have its words all the same.
const texts = () => import("$/texts/errors.js").catch(() => undefined);
if (typeof window !== "undefined") {
  if (document.readyState === "complete") texts();
  else window.addEventListener("load", texts);
}

/** The words of a refusal, {error, values}. Its numbers are thousandths of a unit or minor units of a currency. */
export async function words({ error, values = {} }) {
  await texts();
  return i18next.t(`errors.${error}`, spelled(values, i18next.language));
}

export async function say(refusal) {
  if (refusal.error === "not_signed_in") return location.assign(`/login?next=${encodeURIComponent(location.pathname + location.search)}`);
  tell(await words(refusal), { kind: "error" });
}
