// Type to search: the server offers what fits, and perhaps to create what doesn't exist yet.
import { createElement, useEffect, useId, useRef, useState } from "react";

const CREATE = {};

export function Combobox(props) {
  const { fieldId, label, options = [], value = "", busy, placeholder, createText: create, none, keep, disabled, required, name } = props;
  const { describedBy, invalid, delay = 200, onText, onPick, onCreate } = props;
  const [text, setText] = useState(value);
  const [open, setOpen] = useState(false);
  const [active, setActive] = useState(-1);
  const [stale, setStale] = useState(false); // the options may belong to an earlier text
  const timer = useRef();
  const told = useRef(value);
  const list = useRef(null);
  const own = useId();
  const id = fieldId || own;
  const query = text.trim();
  const same = (option) => option.label.toLowerCase() === query.toLowerCase();
  const rows = [...(options ?? []), ...(create && query && !options.some(same) ? [CREATE] : [])];
  const shown = open && (rows.length > 0 || (query !== "" && !busy && !stale));

  useEffect(() => {
    if (value === told.current) return;
    told.current = value;
    setText(value);
  }, [value]);
  useEffect(() => () => clearTimeout(timer.current), []);
  useEffect(() => setStale(false), [options]);
  useEffect(() => {
    if (!stale) return;
    const patience = setTimeout(() => setStale(false), 1500);
    return () => clearTimeout(patience);
  }, [stale, text]);
  useEffect(() => {
    setActive((at) => Math.min(at, rows.length - 1));
  }, [rows.length]);
  useEffect(() => {
    list.current?.querySelector('[aria-selected="true"]')?.scrollIntoView({ block: "nearest" });
  }, [active]);

  const tell = (next) => {
    clearTimeout(timer.current);
    if (told.current === next) return;
    told.current = next;
    onText?.(next);
  };
  const type = (next) => {
    setText(next);
    setOpen(true);
    setActive(-1);
    setStale(true);
    clearTimeout(timer.current);
    timer.current = setTimeout(() => tell(next), delay);
  };
  const pick = (row) => {
    clearTimeout(timer.current);
    setOpen(false);
    setActive(-1);
    if (row === CREATE) {
      onCreate?.(query);
    } else {
      onPick?.(row.id);
    }
    const left = keep ? (row === CREATE ? query : row.label) : "";
    setText(left);
    if (keep) told.current = left;
    else tell("");
  };
  const keys = (event) => {
    if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      event.preventDefault();
      setOpen(true);
      const by = event.key === "ArrowDown" ? 1 : -1;
      if (rows.length) setActive((at) => (at < 0 && by < 0 ? rows.length - 1 : (at + by + rows.length) % rows.length));
    } else if (event.key === "Enter" && shown) {
      event.preventDefault();
      // With nothing chosen Enter takes what was typed: the option of that name, else the offer to create it.
      const row = rows[active] ?? rows.find((row) => row !== CREATE && same(row)) ?? (rows.length === 1 && !stale ? rows[0] : undefined);
      if (row) pick(row);
      else tell(text);
    } else if (event.key === "Escape" && (shown || (text && !keep))) {
      event.preventDefault();
      event.stopPropagation();
      if (shown) setOpen(false);
      else type("");
    }
  };
  const option = (row, index) =>
    createElement(
      "li",
      {
        key: row === CREATE ? "create" : row.id,
        id: `${id}-${index}`,
        role: "option",
        "aria-selected": index === active,
        className: row === CREATE ? "option option-create" : "option",
        onPointerDown: (event) => event.preventDefault(), // keeps the focus in the field
        onPointerMove: () => index !== active && setActive(index),
        onClick: () => pick(row),
      },
      row === CREATE ? create.replace("{text}", query) : [
        createElement("span", { key: "label" }, row.label),
        row.detail ? createElement("span", { key: "detail", className: "option-detail" }, " ", row.detail) : null,
      ],
    );

  return createElement(
    "div",
    { className: "combobox" },
    createElement("input", {
      id,
      name: name || undefined,
      role: "combobox",
      type: "text",
      className: "input",
      autoComplete: "off",
      spellCheck: false,
      placeholder,
      disabled,
      required: required || undefined,
      value: text,
      "aria-label": label || undefined,
      "aria-expanded": shown,
      "aria-autocomplete": "list",
      "aria-controls": `${id}-list`,
      "aria-activedescendant": shown && active >= 0 ? `${id}-${active}` : undefined,
      "aria-describedby": describedBy || undefined,
      "aria-invalid": invalid || undefined,
      "aria-busy": busy || undefined,
      onChange: (event) => type(event.target.value),
      onClick: () => setOpen(true),
      onKeyDown: keys,
      onBlur: () => {
        setOpen(false);
        tell(text);
      },
    }),
    createElement(
      "ul",
      { id: `${id}-list`, ref: list, role: "listbox", "aria-label": props.listLabel, className: "option-list", hidden: !shown || rows.length === 0 },
      shown ? rows.map(option) : null,
    ),
    shown && rows.length === 0 ? createElement("p", { className: "option-list option-none", role: "status" }, none) : null,
  );
}
