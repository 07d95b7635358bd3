// At the shelf: quantity, price and total follow from each other while typing, in whole numbers and without the server,
// which checks everything again. And whether what was tapped has been saved.
import { createElement, useEffect, useRef, useState } from "react";
import i18next from "i18next";

const SENT = "till-sent";
const PATIENCE_MS = 15_000; // after so long without an answer one may tap again; the server takes a line only once
const QUANTITY = 3; // decimals

// What was typed as a whole number of its smallest parts, or null while it is none.
function parse(text, decimals) {
  let plain = text.replace(/[\s'’]/g, "").replace(/^\+/, "");
  const marks = [...plain.matchAll(/[.,]/g)].map((mark) => mark[0]);
  if (marks.length > 1) {
    const last = marks.at(-1);
    const grouped = marks[0] === last;
    plain = plain.replace(/[.,]/g, (mark, at) => (grouped || at !== plain.lastIndexOf(last) ? "" : mark));
  }
  const parts = /^(\d{0,12})(?:[.,](\d{0,9}))?$/.exec(plain);
  if (!parts || (!parts[1] && !parts[2])) return null;
  const fraction = (parts[2] ?? "").replace(/0+$/, "");
  if (fraction.length > decimals) return null;
  return BigInt((parts[1] || "0") + fraction.padEnd(decimals, "0"));
}

function show(amount, decimals, trim) {
  const comma = new Intl.NumberFormat(i18next.language).format(1.5).includes(",");
  const digits = amount.toString().padStart(decimals + 1, "0");
  const whole = digits.slice(0, digits.length - decimals);
  const fraction = digits.slice(digits.length - decimals);
  const kept = trim ? fraction.replace(/0+$/, "") : fraction;
  return kept ? `${whole}${comma ? "," : "."}${kept}` : whole;
}

// A price is for `per` thousandths.
const totalOf = (quantity, price, per) => (2n * quantity * price + per) / (2n * per);
const priceOf = (total, quantity, per) => (2n * per * total + quantity) / (2n * quantity);

function begin({ quantity, price, total, decimals, per = 1000 }) {
  const known = (amount) => amount !== undefined && amount >= 0;
  const computed = known(total) ? BigInt(total) : known(quantity) && known(price) ? totalOf(BigInt(quantity), BigInt(price), BigInt(per)) : null;
  return {
    quantity: known(quantity) ? show(BigInt(quantity), QUANTITY, true) : "",
    price: known(price) ? show(BigInt(price), decimals) : "",
    total: computed === null ? "" : show(computed, decimals),
  };
}

// The field that was typed in stays as it is. Total follows from quantity and price until it is typed itself; from then
// on it is the truth, and the price follows from it whenever quantity or total changes.
function follow(fields, changed, decimals, per, totalIsTyped) {
  const quantity = parse(fields.quantity, QUANTITY);
  const price = parse(fields.price, decimals);
  const total = parse(fields.total, decimals);
  if (!quantity) return fields;
  if (totalIsTyped) {
    if (changed === "price" || total === null) return fields;
    return { ...fields, price: show(priceOf(total, quantity, per), decimals) };
  }
  return price === null ? fields : { ...fields, total: show(totalOf(quantity, price, per), decimals) };
}

function Field({ id, label, error, children }) {
  return createElement(
    "div",
    { className: "field" },
    createElement("label", { htmlFor: id, className: "field-label" }, label),
    children({ id, "aria-invalid": error ? true : undefined, "aria-describedby": error ? `${id}-error` : undefined }),
    createElement("p", { id: `${id}-error`, role: "alert", className: "field-error" }, error || null),
  );
}

export function Till(props) {
  const { sheet, question = 0, form = {}, payers = [], me, errors = {}, answered, words = {}, mayMiss, mayNote, className } = props;
  const { onRecord, onMissing, onPrice } = props;
  const decimals = form.decimals ?? 2;
  const per = BigInt(form.per ?? 1000);
  const [fields, setFields] = useState(() => begin(form));
  const totalIsTyped = useRef((form.total ?? -1) >= 0);
  const [payer, setPayer] = useState(form.payer || me);
  const [busy, setBusy] = useState("");
  const box = useRef(null);

  useEffect(() => setBusy(""), [answered]);
  useEffect(() => {
    if (!busy) return;
    const timer = setTimeout(() => setBusy(""), PATIENCE_MS);
    return () => clearTimeout(timer);
  }, [busy]);
  useEffect(() => box.current?.querySelector('[aria-invalid="true"]')?.focus(), [errors]);

  const send = (what, tell) => {
    if (busy) return;
    setBusy(what);
    document.dispatchEvent(new Event(SENT));
    tell();
  };
  const known = payers.some(([id]) => id === payer);
  const options = known || !form.payer ? payers : [[form.payer, form.payer_name], ...payers];
  const input = (name, label) =>
    createElement(Field, { id: `till-${name}`, label, error: errors[name], key: name }, (described) =>
      createElement("input", {
        ...described,
        name,
        type: "text",
        inputMode: "decimal",
        autoComplete: "off",
        enterKeyHint: "done",
        className: "input num",
        value: fields[name],
        onFocus: (event) => event.target.select(),
        onChange: (event) => {
          const next = { ...fields, [name]: event.target.value };
          if (name === "total") totalIsTyped.current = next.total.trim() !== "";
          setFields(follow(next, name, decimals, per, totalIsTyped.current));
        },
      }),
    );
  const press = (label, what, look, tell, extra) =>
    createElement("button", { type: "button", className: `btn ${look}`, "aria-busy": busy === what, onClick: () => send(what, tell), ...extra }, label);
  const whole = { style: { gridColumn: "1 / -1" } };
  const record = (answered) => send("record", () => onRecord?.(sheet, answered, fields.quantity, fields.price, fields.total, payer));

  return createElement(
    "form",
    {
      ref: box,
      className,
      noValidate: true,
      onSubmit: (event) => {
        event.preventDefault();
        if (!question) record(0);
      },
    },
    input("quantity", words.quantity),
    input("price", words.price),
    input("total", words.total),
    createElement(Field, { id: "till-payer", label: words.payer }, (described) =>
      createElement(
        "select",
        { ...described, name: "payer", className: "input", value: payer, onChange: (event) => setPayer(event.target.value) },
        options.map(([id, name]) => createElement("option", { key: id, value: id }, name)),
      ),
    ),
    // The second of two quick taps (detail 2) answers no question that came up between them.
    question
      ? createElement("button", { type: "button", className: "btn btn-primary", "aria-busy": busy === "record", onClick: (event) => event.detail < 2 && record(question), ...whole }, words.anyway)
      : null,
    createElement(
      "button",
      { type: "submit", className: `btn ${question ? "btn-ghost" : "btn-primary"}`, "aria-busy": busy === "record", "aria-disabled": question ? true : undefined, style: { ...whole.style, opacity: question ? 0.5 : undefined } },
      words.record,
    ),
    mayMiss ? press(words.missing, "missing", "btn-ghost", () => onMissing?.(sheet), mayNote ? {} : whole) : null,
    mayNote ? press(words.note, "note", "btn-plain", () => onPrice?.(sheet, fields.price), mayMiss ? {} : whole) : null,
  );
}

// Says "saving" from the tap, not from when the server hears of it, until the server has answered.
export function Saved({ answered, saved, saving, className }) {
  const [waiting, setWaiting] = useState(false);
  useEffect(() => setWaiting(false), [answered]);
  useEffect(() => {
    const sent = () => setWaiting(true);
    const tapped = (event) => {
      const button = event.target.closest?.("[data-product] button");
      // Rows move up once something is done: the second tap of two quick ones would hit what came in its place.
      if (button && event.detail > 1) return event.stopPropagation();
      if (event.target.closest?.("[data-saves]")) sent();
    };
    document.addEventListener(SENT, sent);
    document.addEventListener("click", tapped, true);
    return () => {
      document.removeEventListener(SENT, sent);
      document.removeEventListener("click", tapped, true);
    };
  }, []);
  return createElement("span", { role: "status", className: `${className} chip ${waiting ? "" : "chip-good"}` }, waiting ? saving : saved);
}
