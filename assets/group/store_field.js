// The store of a new run: found while typing, or new. What was chosen stays chosen, whatever is found later.
import { createElement, useContext, useEffect, useRef, useState } from "react";
import { Combobox } from "../combobox.js";
import { Refusals } from "../form.js";
import { operate } from "../live/operate.js";
import { words } from "../say.js";

const plain = (text) => text.trim().toLowerCase();

/** `options` are {id, label, exact}: `exact` is the store that is called as was typed. */
export function StoreField({ name, label, hint, options = [], createText, none, onText }) {
  const [chosen, choose] = useState({ id: "", label: "" });
  const [refused, refuse] = useState("");
  const typed = useRef("");
  const missing = useContext(Refusals)[name];
  const error = refused || (chosen.id ? "" : missing);

  useEffect(() => {
    const exact = options.find((option) => option.exact || plain(option.label) === plain(typed.current));
    if (exact && plain(typed.current) && !chosen.id) choose({ id: exact.id, label: typed.current });
  }, [options]);
  useEffect(() => void onText?.(""), []); // stores that are known already are offered at once
  const type = (text) => {
    typed.current = text;
    refuse("");
    if (text !== chosen.label) choose({ id: "", label: "" });
    onText?.(text);
  };
  const pick = (id) => {
    refuse("");
    choose({ id, label: options.find((option) => option.id === id)?.label ?? "" });
  };
  const add = async (text) => {
    typed.current = text;
    try {
      const store = await operate("add_store", { name: text }, { quiet: true });
      choose({ id: store.id, label: text });
      refuse("");
    } catch (refusal) {
      refuse(await words(refusal));
    }
  };
  const described = `store-hint${error ? " store-error" : ""}`;
  return createElement(
    "div",
    { className: "field" },
    createElement("div", null, createElement("label", { htmlFor: "store", className: "field-label" }, label)),
    createElement(Combobox, { fieldId: "store", listLabel: label, options, createText, none, keep: true, invalid: !!error, describedBy: described, onText: type, onPick: pick, onCreate: add }),
    createElement("input", { type: "hidden", name, value: chosen.id }),
    createElement("p", { id: "store-hint", className: "field-hint" }, hint),
    createElement("p", { id: "store-error", role: "alert", className: "field-error" }, error || null),
  );
}
