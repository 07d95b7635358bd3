// Gives a text or an address to others: by the device's own sheet where it has one, else by copying.
import { createElement, useEffect, useRef, useState } from "react";
import { copy } from "./copy.js";

const DONE_MS = 2500;

/** Whether it was shared or copied; false when the person closed the sheet. */
async function share(data) {
  if (navigator.share && (navigator.canShare?.(data) ?? true)) {
    try {
      await navigator.share(data);
      return "shared";
    } catch (error) {
      if (error.name === "AbortError") return "";
      // Some browsers have the function and nothing to share with.
    }
  }
  await copy([data.text, data.url].filter(Boolean).join("\n"));
  return "copied";
}

/** `url` is an address of this site or a path; without it only the text is shared. */
export function ShareButton({ title, text, url, label, copied, className, icon }) {
  const [said, say] = useState("");
  const timer = useRef();
  useEffect(() => () => clearTimeout(timer.current), []);
  const onClick = async () => {
    const data = { title, text: text || undefined, url: url ? new URL(url, location.origin).href : undefined };
    if ((await share(data)) !== "copied") return;
    say(copied);
    clearTimeout(timer.current);
    timer.current = setTimeout(() => say(""), DONE_MS);
  };
  return createElement(
    "span",
    { className: "copy" },
    createElement("button", { type: "button", className, onClick }, icon, label),
    createElement("span", { role: "status", className: "copy-done" }, said),
  );
}
