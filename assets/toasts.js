// One message that goes away by itself, but not while someone reads it.
import { createElement, useEffect, useRef, useState } from "react";

export function Toast({ text, kind, seconds, undo, undoLabel, dismissLabel, onDismiss, onUndo }) {
  const [held, setHeld] = useState(false);
  const left = useRef(seconds * 1000);
  useEffect(() => {
    if (held) return;
    const since = Date.now();
    const timer = setTimeout(() => onDismiss?.(), left.current);
    return () => {
      clearTimeout(timer);
      left.current = Math.max(2000, left.current - (Date.now() - since));
    };
  }, [held]);
  return createElement(
    "div",
    {
      className: `toast toast-${kind}`,
      onMouseEnter: () => setHeld(true),
      onMouseLeave: () => setHeld(false),
      onFocus: () => setHeld(true),
      onBlur: () => setHeld(false),
    },
    createElement("p", { role: kind === "error" ? "alert" : "status" }, text),
    undo
      ? createElement("button", { type: "button", className: "btn btn-plain btn-small", onClick: () => { onUndo?.(undo); onDismiss?.(); } }, undoLabel)
      : null,
    createElement(
      "button",
      { type: "button", className: "icon-btn", "aria-label": dismissLabel, onClick: () => onDismiss?.() },
      createElement("span", { "aria-hidden": true, className: "cross" }),
    ),
  );
}
