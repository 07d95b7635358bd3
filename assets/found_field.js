// A field of a form for something that is found while typing, or made new. What was chosen stays chosen, whatever is found
// later. The form gets its id, or its label where `byLabel` says so.
import { createElement, useContext, useEffect, useRef, useState } from "react";
import { Combobox } from "./combobox.js";
import { Refusals } from "./form.js";
import { words } from "./say.js";

const NOTHING = { id: "", label: "" };
const plain = (text) => text.trim().toLowerCase();

/**
 * `options` are {id, label, exact}: `exact` says that it is called as was typed, but for case and accents. `make(text)` makes a
 * new one and gives its id; without it, what is new goes by its label. `besides` names a field whose value is told to `onText`
 * along with the text. With `sends` the form is sent as soon as something is chosen.
 */
export function FoundField({ name, label, hint, options = [], createText, none, byLabel, sends, besides, make, onText }) {
  const [chosen, choose] = useState(NOTHING);
  const [refused, refuse] = useState("");
  const typed = useRef("");
  const hidden = useRef(null);
  const wrong = useContext(Refusals)[name];
  const error = refused || (byLabel || !chosen.id ? wrong : "");

  const ask = (text) => onText?.(text, besides ? (hidden.current?.form?.elements.namedItem(besides)?.value ?? "") : "");
  useEffect(() => {
    ask(""); // what is known already is offered at once
    const other = besides && hidden.current?.form?.elements.namedItem(besides);
    const again = () => ask(typed.current);
    other?.addEventListener("change", again);
    return () => other?.removeEventListener("change", again);
  }, []);
  useEffect(() => {
    if (byLabel || chosen.id || !plain(typed.current)) return;
    const exact = options.find((option) => option.exact || plain(option.label) === plain(typed.current));
    if (exact) choose({ id: exact.id, label: exact.label });
  }, [options]);

  const take = (next) => {
    refuse("");
    choose(next);
    if (!sends) return;
    hidden.current.value = byLabel ? next.label : next.id;
    hidden.current.form.requestSubmit();
  };
  const type = (text) => {
    typed.current = text;
    refuse("");
    if (byLabel) choose({ id: "", label: text });
    else if (plain(text) !== plain(chosen.label)) choose(NOTHING);
    ask(text);
  };
  const add = async (text) => {
    typed.current = text;
    if (!make) return take({ id: "", label: text });
    try {
      take({ id: (await make(text)).id, label: text });
    } catch (refusal) {
      refuse(await words(refusal));
    }
  };
  const described = [hint ? `${name}-hint` : "", error ? `${name}-error` : ""].filter(Boolean).join(" ") || undefined;
  return createElement(
    "div",
    { className: "field" },
    createElement("label", { htmlFor: `${name}-typed`, className: "field-label" }, label),
    createElement(Combobox, {
      fieldId: `${name}-typed`, listLabel: label, options, createText, none, keep: true, invalid: !!error, describedBy: described,
      onText: type, onPick: (id, chosenLabel) => take({ id, label: chosenLabel }), onCreate: createText ? add : undefined,
    }),
    createElement("input", { ref: hidden, type: "hidden", name, value: byLabel ? chosen.label : chosen.id, "data-label": chosen.label }),
    hint ? createElement("p", { id: `${name}-hint`, className: "field-hint" }, hint) : null,
    createElement("p", { id: `${name}-error`, role: "alert", className: "field-error" }, error || null),
  );
}
