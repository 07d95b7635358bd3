// The browser's own <dialog>: it traps focus, makes the rest inert and gives focus back by itself.
import { createElement, useEffect, useId, useRef } from "react";

const DOUBLE_MS = 500; // the longest there is between the two clicks of a double click

/** Going back in the history closes what is open instead, where the browser lets a page have a say in that. */
function useBack(open, close) {
  useEffect(() => {
    if (!open || !window.navigation) return;
    const back = (event) => {
      if (event.navigationType !== "traverse" || !event.cancelable || event.destination.index >= navigation.currentEntry.index) return;
      event.preventDefault();
      close();
    };
    navigation.addEventListener("navigate", back);
    return () => navigation.removeEventListener("navigate", back);
  }, [open]);
}

export function Dialog({ open, title, closeLabel, wide, onClose, children }) {
  const box = useRef(null);
  const opener = useRef(null);
  const pressedOutside = useRef(false);
  const opened = useRef(0);
  const id = useId();
  const closing = useRef(onClose);
  closing.current = onClose;
  useBack(open, () => closing.current?.());

  useEffect(() => {
    const dialog = box.current;
    if (open && !dialog.open) {
      opener.current = document.activeElement;
      dialog.showModal();
      opened.current = Date.now();
      const first = dialog.querySelector("[autofocus]") ?? dialog.querySelector(".dialog-body :is(input,select,textarea):not([disabled])");
      (first ?? dialog.querySelector("h2")).focus();
    } else if (!open && dialog.open) {
      dialog.close();
      if (opener.current?.isConnected) opener.current.focus();
    }
  }, [open]);
  useEffect(() => () => box.current?.open && box.current.close(), []);

  return createElement(
    "dialog",
    {
      ref: box,
      className: `dialog${wide ? " dialog-wide" : ""}`,
      "aria-labelledby": id,
      onCancel: (event) => {
        if (event.target !== box.current) return;
        event.preventDefault();
        onClose?.();
      },
      // A phone's own way back may close it without asking.
      onClose: (event) => event.target === box.current && open && onClose?.(),
      // A press that begins inside and ends outside selects text; only a whole click outside closes.
      onMouseDown: (event) => (pressedOutside.current = event.target === box.current),
      // The second of two quick taps is meant for what was there before: it answers no question it opened.
      onClickCapture: (event) => event.detail > 1 && Date.now() - opened.current < DOUBLE_MS && event.stopPropagation(),
      onClick: (event) => event.target === box.current && pressedOutside.current && onClose?.(),
    },
    open
      ? createElement(
          "div",
          { className: "dialog-panel" },
          createElement(
            "header",
            null,
            createElement("h2", { id, tabIndex: -1 }, title),
            createElement(
              "button",
              { type: "button", className: "icon-btn", "aria-label": closeLabel, onClick: () => onClose?.() },
              createElement("span", { "aria-hidden": true, className: "cross" }),
            ),
          ),
          createElement("div", { className: "dialog-body" }, children),
        )
      : createElement("h2", { id, hidden: true }, title),
  );
}
