// Fields that are sent together as one operation. The browser keeps what is typed: nothing is sent before the button, and
// no answer writes into a field. What is refused is said at its field, with the focus there.
import { createContext, createElement, useContext, useEffect, useRef, useState } from "react";
import { operate } from "./live/operate.js";
import { exponent, instant } from "./format.js";
import { PasswordInput } from "./field.js";
import { parseMoney, parseQuantity } from "./numbers.js";
import { words } from "./say.js";

export const Refusals = createContext({});

// What a field holds as the argument of an operation: {value} or {error, values}.
const READ = {
  text: (text) => ({ value: text }),
  day: (text) => ({ value: text || null }),
  moment: (text, { zone }) => ({ value: text ? instant(text, zone) : null }),
  quantity: (text, { step, unit }) => parseQuantity(text, step, unit),
  money: (text, { currency, currencyIn }, form) => parseMoney(text, exponent(currencyIn ? form.get(currencyIn) : currency)),
  needed: (text, { missing }) => (text ? { value: text } : { error: missing }),
  flag: (text) => ({ value: text !== null }),
  choice: (text) => ({ value: text || null }),
  count: (text) => (/^\s*\d{1,6}\s*$/.test(text) ? { value: Number(text) } : { error: "whole_number" }),
};
/** One more kind of field: `read(text, how, form)` gives {value}, or {error, values, field} with the field at fault. */
export const readAs = (kind, read) => (READ[kind] = read);

/**
 * `fields` says what kind each field is: {quantity: {kind: "quantity", step, unit}, note: {kind: "text"}, …}; an optional
 * one that is empty is left out, null if it is `nullable`, or what `empty` says. `given` are the other arguments. `onDone(result, sent)` follows
 * once the server has answered.
 */
export function OperationForm({ name, fields, given, className, onDone, children }) {
  const [refusals, setRefusals] = useState({});
  const [busy, setBusy] = useState(false);
  const sending = useRef(false);
  const form = useRef(null);
  useEffect(() => form.current?.querySelector('[aria-invalid="true"]')?.focus(), [refusals]);

  const refuse = async (list) => {
    const said = await Promise.all(list.map(async ([field, refusal]) => [field, await words(refusal)]));
    const found = {};
    for (const [field, text] of said) {
      const at = field && form.current?.elements.namedItem(field) ? field : "";
      found[at] = found[at] ? `${found[at]} ${text}` : text;
    }
    setRefusals(found);
  };
  const send = async (event) => {
    event.preventDefault();
    event.stopPropagation();
    if (sending.current) return;
    const typed = new FormData(form.current);
    const args = { ...given };
    const wrong = [];
    for (const [field, how] of Object.entries(fields)) {
      const text = typed.get(field);
      if (how.optional && !text?.trim()) {
        if (how.nullable) args[how.as ?? field] = null;
        else if ("empty" in how) args[how.as ?? field] = how.empty;
        continue;
      }
      const { value, error, values, field: at = field } = READ[how.kind](text ?? (how.kind === "flag" ? null : ""), how, typed);
      if (error) wrong.push([at, { error, values }]);
      else args[how.as ?? field] = value;
    }
    if (wrong.length) return refuse(wrong);
    setRefusals({});
    sending.current = true;
    setBusy(true);
    try {
      onDone?.(await operate(name, args, { quiet: true }), args);
    } catch (refusal) {
      await refuse([[refusal.field, refusal]]);
    } finally {
      sending.current = false;
      setBusy(false);
    }
  };
  return createElement(
    Refusals.Provider,
    { value: refusals },
    createElement(
      "form",
      { ref: form, className, noValidate: true, "aria-busy": busy || undefined, onSubmit: send },
      createElement("div", { role: "alert", className: "empty:hidden" }, refusals[""] ? createElement("p", { className: "notice notice-bad" }, refusals[""]) : null),
      children,
    ),
  );
}

const CONTROLS = { password: PasswordInput };

/** A labelled control. `control` is "input", "textarea", "password", or "select", whose options are its children. */
export function FormField({ control = "input", name, fieldId = name, label, hint, optional, start, className, children, ...rest }) {
  const refusal = useContext(Refusals)[name];
  const box = useRef(null);
  const began = useRef(start ?? "");
  useEffect(() => {
    // What somebody else has changed is shown, but never in place of what is being typed.
    const field = box.current;
    if (field.value === began.current) field.value = start ?? "";
    began.current = start ?? "";
  }, [start]);
  const described = [hint ? `${fieldId}-hint` : "", refusal ? `${fieldId}-error` : ""].filter(Boolean).join(" ") || undefined;
  return createElement(
    "div",
    { className: `field ${className ?? ""}` },
    createElement(
      "div",
      null,
      createElement("label", { htmlFor: fieldId, className: "field-label" }, label),
      optional ? createElement("span", { className: "field-label field-optional" }, " ", optional) : null,
    ),
    createElement(
      CONTROLS[control] ?? control,
      { ...rest, ref: box, id: fieldId, name, className: "input", defaultValue: start ?? "", "aria-invalid": refusal ? true : undefined, "aria-describedby": described },
      control === "select" ? children : undefined,
    ),
    hint ? createElement("p", { id: `${fieldId}-hint`, className: "field-hint" }, hint) : null,
    createElement("p", { id: `${fieldId}-error`, role: "alert", className: "field-error" }, refusal ?? null),
  );
}

/** One of a few, all in sight. `options` are [value, label, detail]. */
export function FormRadios({ name, label, options, start }) {
  const [chosen, choose] = useState(null);
  return createElement(
    "fieldset",
    { className: "choices" },
    createElement("legend", null, label),
    createElement(
      "div",
      { role: "radiogroup", "aria-label": label, className: "choices" },
      options.map(([value, words, detail]) => {
        const id = `${name}-${value}`;
        return createElement(
          "div",
          { key: value, className: "row-control" },
          createElement("input", { type: "radio", id, name, value, className: "check", checked: (chosen ?? start) === value, onChange: () => choose(value), "aria-describedby": detail ? `${id}-detail` : undefined }),
          createElement("span", null, createElement("label", { htmlFor: id, className: "block cursor-pointer" }, words), detail ? createElement("span", { id: `${id}-detail`, className: "block field-hint" }, detail) : null),
        );
      }),
    ),
  );
}
