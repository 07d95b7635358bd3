// Copies a text and says so on the button for a moment.
import { createElement, useEffect, useRef, useState } from "react";

export async function copy(text) {
  if (navigator.clipboard && window.isSecureContext) return navigator.clipboard.writeText(text);
  // Plain http in a home network has no clipboard API.
  const box = Object.assign(document.createElement("textarea"), { value: text });
  (document.querySelector("dialog[open]") ?? document.body).append(box);
  box.select();
  document.execCommand("copy");
  box.remove();
}

export function CopyButton({ text, label, copied, className, icon }) {
  const [done, setDone] = useState(false);
  const timer = useRef();
  useEffect(() => () => clearTimeout(timer.current), []);
  return createElement(
    "span",
    { className: "copy" },
    createElement(
      "button",
      {
        type: "button",
        className,
        onClick: async () => {
          await copy(text);
          setDone(true);
          clearTimeout(timer.current);
          timer.current = setTimeout(() => setDone(false), 2500);
        },
      },
      icon,
      label,
    ),
    createElement("span", { role: "status", className: "copy-done" }, done ? copied : ""),
  );
}
