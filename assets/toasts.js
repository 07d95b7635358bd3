// One message that goes away by itself, but not while someone reads it. Another page of the tab shows it on: it is said
// once and its time runs on, and gone is gone, also while the server can't be told.
import { createElement, useEffect, useRef, useState } from "react";
import { dismiss, useMessages } from "./say.js";

const left = new Map(); // milliseconds, by the id of the message; 0 for what is gone

/** Gives the focus back to what had it when the message came, or to what followed in its place. */
function useWayBack() {
  const past = useRef([]);
  useEffect(() => {
    const note = () => document.activeElement.closest(".toasts") ?? past.current.push(document.activeElement);
    note();
    document.addEventListener("focusin", note);
    return () => document.removeEventListener("focusin", note);
  }, []);
  return () => {
    const place = past.current.find((element) => element.isConnected && element !== document.body);
    place?.focus({ preventScroll: true });
    if (document.activeElement !== place) document.getElementById("main")?.focus({ preventScroll: true });
  };
}

export function Toast({ toastId, text, kind, seconds, undo, undoLabel, dismissLabel, onDismiss, onUndo }) {
  const [held, setHeld] = useState(false);
  const [gone, setGone] = useState(left.get(toastId) === 0);
  const [said] = useState(left.has(toastId));
  const box = useRef(null);
  const goBack = useWayBack();
  const go = () => {
    if (box.current.contains(document.activeElement)) goBack();
    left.set(toastId, 0);
    setGone(true);
    onDismiss?.();
  };
  useEffect(() => {
    if (held || gone) return;
    const since = Date.now();
    const time = left.get(toastId) ?? seconds * 1000;
    left.set(toastId, time);
    const timer = setTimeout(go, time);
    return () => {
      clearTimeout(timer);
      if (left.get(toastId)) left.set(toastId, Math.max(2000, time - (Date.now() - since)));
    };
  }, [held, gone]);
  if (gone) return null;
  return createElement(
    "div",
    {
      ref: box,
      className: `toast toast-${kind}`,
      onMouseEnter: () => setHeld(true),
      onMouseLeave: () => setHeld(false),
      onFocus: () => setHeld(true),
      onBlur: () => setHeld(false),
    },
    createElement("p", { role: said ? undefined : kind === "error" ? "alert" : "status" }, text),
    undo
      ? createElement("button", { type: "button", className: "btn btn-plain btn-small", onClick: () => { onUndo?.(undo); go(); } }, undoLabel)
      : null,
    createElement(
      "button",
      { type: "button", className: "icon-btn", "aria-label": dismissLabel, onClick: go },
      createElement("span", { "aria-hidden": true, className: "cross" }),
    ),
  );
}

/** The messages that this page makes itself. */
export function OwnToasts({ undoLabel, dismissLabel }) {
  return useMessages().map(({ id, text, kind, undo, seconds }) =>
    createElement(Toast, { key: id, toastId: id, text, kind, seconds, undo, undoLabel, dismissLabel, onDismiss: () => dismiss(id), onUndo: () => undo() }),
  );
}
