// A button with a menu of actions, moved through with the arrow keys.
import { createElement, useEffect, useId, useLayoutEffect, useRef, useState } from "react";

const MARGIN = 8; // pixels that stay free beside the menu

export function Menu({ label, icon, iconOnly, look = "ghost", children }) {
  const [open, setOpen] = useState(false);
  const root = useRef(null);
  const button = useRef(null);
  const list = useRef(null);
  const landing = useRef("first");
  const id = useId();
  const items = () => [...root.current.querySelectorAll('[role="menuitem"]:not([aria-disabled="true"])')];

  const show = (where) => {
    landing.current = where;
    setOpen(true);
  };
  const hide = (refocus = true) => {
    setOpen(false);
    if (refocus) button.current.focus();
  };
  // The menu ends where its button ends. On a phone a button may stand too far left for that.
  useLayoutEffect(() => {
    if (!open) return;
    const place = () => {
      const hidden = MARGIN + list.current.offsetWidth - button.current.getBoundingClientRect().right;
      list.current.style.right = `${Math.min(0, -hidden)}px`;
    };
    place();
    // The button itself may change a moment after the window did.
    const observer = new ResizeObserver(place);
    observer.observe(button.current);
    observer.observe(document.documentElement);
    return () => observer.disconnect();
  }, [open]);
  useEffect(() => {
    if (!open) return;
    items().at(landing.current === "last" ? -1 : 0)?.focus();
    const outside = (event) => !root.current.contains(event.target) && hide(false);
    document.addEventListener("pointerdown", outside);
    return () => document.removeEventListener("pointerdown", outside);
  }, [open]);

  const keys = (event) => {
    const all = items();
    const at = all.indexOf(document.activeElement);
    const letter = event.key.length === 1 ? event.key.toLowerCase() : null;
    if (event.key === "ArrowDown") all[(at + 1) % all.length]?.focus();
    else if (event.key === "ArrowUp") all.at(at - 1)?.focus();
    else if (event.key === "Home") all[0]?.focus();
    else if (event.key === "End") all.at(-1)?.focus();
    else if (event.key === "Escape") hide();
    else if (event.key === "Tab") return hide(false);
    else if (letter && letter !== " ") {
      [...all.slice(at + 1), ...all].find((item) => item.textContent.trim().toLowerCase().startsWith(letter))?.focus();
    } else return;
    event.preventDefault();
    event.stopPropagation();
  };

  return createElement(
    "div",
    { className: "menu", ref: root },
    createElement(
      "button",
      {
        ref: button,
        type: "button",
        className: iconOnly ? "icon-btn" : `btn btn-${look}`,
        "aria-label": iconOnly ? label : undefined,
        "aria-haspopup": "menu",
        "aria-expanded": open,
        "aria-controls": open ? id : undefined,
        onClick: () => (open ? hide() : show("first")),
        onKeyDown: (event) => {
          if (event.key !== "ArrowDown" && event.key !== "ArrowUp") return;
          event.preventDefault();
          show(event.key === "ArrowUp" ? "last" : "first");
        },
      },
      icon,
      iconOnly ? null : label,
    ),
    open
      ? createElement(
          "div",
          {
            id,
            ref: list,
            role: "menu",
            "aria-label": label,
            className: "menu-list",
            onKeyDown: keys,
            // Focus goes back first, so that a dialog opened by the item finds the button to return to.
            onClickCapture: (event) => {
              if (event.target.closest('[role="menuitem"]:not([aria-disabled="true"])')) button.current.focus();
            },
            onClick: (event) => {
              if (event.target.closest('[role="menuitem"]:not([aria-disabled="true"])')) setOpen(false);
            },
          },
          children,
        )
      : null,
  );
}
