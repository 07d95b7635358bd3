// What fields with a list of offers below have in common: the active row, and how keys, pointer and readers know it.
import { useEffect, useId, useRef, useState } from "react";

/** `count` is the number of rows; each part of the list takes its attributes from here. */
export function useListbox(count, fieldId) {
  const [open, setOpen] = useState(false);
  const [active, setActive] = useState(-1);
  const timer = useRef();
  const list = useRef(null);
  const own = useId();
  const id = fieldId || own;

  useEffect(() => () => clearTimeout(timer.current), []);
  useEffect(() => setActive((at) => Math.min(at, count - 1)), [count]);
  useEffect(() => {
    list.current?.querySelector('[aria-selected="true"]')?.scrollIntoView({ block: "nearest" });
  }, [active]);

  return {
    id,
    open,
    setOpen,
    active,
    setActive,
    /** Calls `tell` once nothing more is typed for so many milliseconds; without it, what was to be told is dropped. */
    later(tell, delay) {
      clearTimeout(timer.current);
      if (tell) timer.current = setTimeout(tell, delay);
    },
    /** Whether the key was one that moves among the rows. */
    moved(event) {
      if (event.key !== "ArrowDown" && event.key !== "ArrowUp") return false;
      event.preventDefault();
      setOpen(true);
      const by = event.key === "ArrowDown" ? 1 : -1;
      if (count) setActive((at) => (at < 0 && by < 0 ? count - 1 : (at + by + count) % count));
      return true;
    },
    field: (shown) => ({
      id,
      role: "combobox",
      type: "text",
      className: "input",
      autoComplete: "off",
      spellCheck: false,
      "aria-autocomplete": "list",
      "aria-expanded": shown && count > 0,
      "aria-controls": `${id}-list`,
      "aria-activedescendant": shown && active >= 0 ? `${id}-${active}` : undefined,
      onClick: () => setOpen(true),
    }),
    list: (shown, label) => ({
      id: `${id}-list`,
      ref: list,
      role: "listbox",
      "aria-label": label,
      className: "option-list",
      hidden: !shown || count === 0,
    }),
    row: (at, isLast) => ({
      id: `${id}-${at}`,
      role: "option",
      "aria-selected": at === active,
      className: isLast ? "option option-create" : "option",
      onPointerDown: (event) => event.preventDefault(), // keeps the focus in the field
      onPointerMove: () => at !== active && setActive(at),
    }),
  };
}
