// Type to search: the server offers what fits, and perhaps to create what doesn't exist yet.
import { createElement, useEffect, useState } from "react";
import { useListbox } from "./listbox.js";
import { useOwnValue } from "./own_value.js";

const CREATE = {};

export function Combobox(props) {
  const { fieldId, label, options = [], value = "", busy, placeholder, createText: create, none, keep, disabled, required, name } = props;
  const { describedBy, invalid, delay = 200, onText, onPick, onCreate } = props;
  const [text, setText, tellNow] = useOwnValue(value);
  const [stale, setStale] = useState(false); // the options may belong to an earlier text
  const query = text.trim();
  const same = (option) => option.label.toLowerCase() === query.toLowerCase();
  const rows = [...(options ?? []), ...(create && query && !options.some(same) ? [CREATE] : [])];
  const box = useListbox(rows.length, fieldId);
  const { active, setOpen, setActive } = box;
  const shown = box.open && (rows.length > 0 || (query !== "" && !busy && !stale));

  useEffect(() => setStale(false), [options]);
  useEffect(() => {
    if (!stale) return;
    const patience = setTimeout(() => setStale(false), 1500);
    return () => clearTimeout(patience);
  }, [stale, text]);

  const tell = () => {
    box.later(null);
    tellNow(onText);
  };
  const type = (next) => {
    setText(next);
    setOpen(true);
    setActive(-1);
    setStale(true);
    box.later(tell, delay);
  };
  const pick = (row) => {
    box.later(null);
    setOpen(false);
    setActive(-1);
    if (row === CREATE) {
      onCreate?.(query);
    } else {
      onPick?.(row.id, row.label);
    }
    const left = keep ? (row === CREATE ? query : row.label) : "";
    setText(left);
    if (keep) tellNow();
    else tell();
  };
  const keys = (event) => {
    if (box.moved(event)) return;
    if (event.key === "Enter" && shown) {
      event.preventDefault();
      // With nothing chosen Enter takes what was typed: the option of that name, else the offer to create it.
      const row = rows[active] ?? rows.find((row) => row !== CREATE && same(row)) ?? (rows.length === 1 && !stale ? rows[0] : undefined);
      if (row) pick(row);
      else tell();
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
        ...box.row(index, row === CREATE),
        key: row === CREATE ? "create" : row.id,
        onClick: () => pick(row),
      },
      row === CREATE ? create.replace("{text}", () => query) : [
        createElement("span", { key: "label" }, row.label),
        row.detail ? createElement("span", { key: "detail", className: "option-detail" }, " ", row.detail) : null,
      ],
    );

  return createElement(
    "div",
    { className: "combobox" },
    createElement("input", {
      ...box.field(shown),
      name: name || undefined,
      placeholder,
      disabled,
      required: required || undefined,
      value: text,
      "aria-label": label || undefined,
      "aria-describedby": describedBy || undefined,
      "aria-invalid": invalid || undefined,
      "aria-busy": busy || undefined,
      onChange: (event) => type(event.target.value),
      onKeyDown: keys,
      onBlur: () => {
        setOpen(false);
        tell();
      },
    }),
    createElement("ul", box.list(shown, props.listLabel), shown ? rows.map(option) : null),
    shown && rows.length === 0 ? createElement("p", { className: "option-list option-none", role: "status" }, none) : null,
  );
}
