// − quantity +: shows the new quantity at once, tells the server the absolute quantity, and falls back to the server's word.
import { createElement, useEffect, useRef, useState } from "react";
import i18next from "i18next";

const plain = (thousandths) => String(thousandths / 1000);
const shown = (thousandths) =>
  new Intl.NumberFormat(i18next.language, { maximumFractionDigits: 3, useGrouping: false }).format(thousandths / 1000);

// The first tap is sent at once, those that follow it this fast together. Somebody who goes on and on makes fewer and
// fewer bids of it, since a minute holds a limited number, but others see at least this often how far it is.
const TOGETHER_MS = 400;
const SLOWER_MS = 200;
const LONGEST_MS = 3200;
const REST_MS = 2000; // a pause after which it begins anew
const PATIENCE_MS = 8000; // without an answer for so long the server's value stands

export function Stepper({ quantity, step, minimum, maximum, unit, disabled, less, more, label, revision, waits, onQuantity }) {
  const [local, setLocal] = useState(null); // thousandths shown ahead of the server
  const [typing, setTyping] = useState(null); // raw text while someone types
  const sent = useRef([]);
  const waiting = useRef({});
  const root = useRef(null);
  const latest = useRef(quantity);
  latest.current = quantity;
  const current = local ?? quantity;

  const settle = () => {
    clearTimeout(waiting.current.send);
    clearTimeout(waiting.current.patience);
    const { last, tapped, streak } = waiting.current;
    waiting.current = { last, tapped, streak };
    sent.current = [];
    setLocal(null);
  };
  useEffect(() => {
    if (local === null) return;
    // Answers come in the order of the taps: one to an earlier tap is not news while later ones are under way, not even
    // when it is what was tapped back to since (2, 3, 2 again).
    const answered = sent.current.indexOf(quantity);
    if (answered >= 0) sent.current.splice(0, answered + 1);
    if (waiting.current.send || (answered >= 0 && sent.current.length)) return;
    settle();
  }, [quantity]);
  useEffect(() => {
    // Whatever is touched next comes after these taps.
    const elsewhere = (event) => !root.current?.contains(event.target) && waiting.current.flush?.();
    const away = () => document.hidden && waiting.current.flush?.();
    document.addEventListener("pointerdown", elsewhere, true);
    document.addEventListener("visibilitychange", away);
    return () => {
      document.removeEventListener("pointerdown", elsewhere, true);
      document.removeEventListener("visibilitychange", away);
    };
  }, []);
  useEffect(settle, [revision]);
  useEffect(() => settle, []);

  // What the next quantity is changed from: the one on its way, else the server's.
  const base = () => sent.current.at(-1) ?? latest.current;
  const emit = (value) => {
    if (value === latest.current && !sent.current.length) return settle(); // back to what the server has anyway
    const seen = base();
    sent.current.push(value);
    waiting.current.last = Date.now();
    waiting.current.streak = (waiting.current.streak ?? 0) + 1;
    clearTimeout(waiting.current.patience);
    waiting.current.patience = setTimeout(settle, PATIENCE_MS);
    onQuantity?.(plain(value), seen);
  };
  const move = (by) => {
    const next = Math.min(maximum, Math.max(minimum, current + by));
    if (disabled || next === current) return;
    setTyping(null);
    setLocal(next);
    clearTimeout(waiting.current.send);
    const now = Date.now();
    if (now - (waiting.current.tapped ?? 0) > REST_MS) waiting.current.streak = 0;
    waiting.current.tapped = now;
    const since = now - (waiting.current.last ?? 0);
    const together = TOGETHER_MS + SLOWER_MS * Math.max(0, (waiting.current.streak ?? 0) - 1);
    if (!waiting.current.send && since >= together) return emit(next);
    const pause = Math.max(0, Math.min(together, LONGEST_MS - since));
    waiting.current.flush = () => {
      clearTimeout(waiting.current.send);
      waiting.current.send = waiting.current.flush = undefined;
      emit(next);
    };
    waiting.current.send = setTimeout(waiting.current.flush, pause);
  };
  const commit = () => {
    if (typing === null) return;
    const raw = typing.trim();
    setTyping(null);
    if (raw === "" || raw === shown(current) || raw.replace(",", ".") === plain(current)) return;
    const value = Math.round(Number(raw.replace(",", ".")) * 1000);
    const seen = base();
    clearTimeout(waiting.current.send);
    waiting.current.send = waiting.current.flush = undefined;
    if (Number.isFinite(value) && value >= minimum && value <= maximum && value % step === 0) {
      setLocal(value);
      sent.current.push(value);
      clearTimeout(waiting.current.patience);
      waiting.current.patience = setTimeout(settle, PATIENCE_MS);
    }
    // What can't be right is sent as well: the server says why.
    onQuantity?.(raw, seen);
  };
  const keys = {
    ArrowUp: () => move(step),
    ArrowDown: () => move(-step),
    PageUp: () => move(10 * step),
    PageDown: () => move(-10 * step),
    Enter: commit,
    Escape: () => setTyping(null),
  };
  const button = (name, sign, by, stuck) =>
    createElement(
      "button",
      { type: "button", "aria-label": name, "aria-disabled": stuck || undefined, disabled: disabled || undefined, onClick: () => move(by) },
      createElement("span", { "aria-hidden": true }, sign),
    );

  return createElement(
    "div",
    {
      ref: root,
      className: "stepper",
      "data-ahead": local !== null || waits || undefined,
      onBlur: (event) => !root.current.contains(event.relatedTarget) && waiting.current.flush?.(),
    },
    button(less, "−", -step, current <= minimum),
    createElement(
      "span",
      { className: "stepper-value" },
      createElement("input", {
        role: "spinbutton",
        type: "text",
        inputMode: "decimal",
        autoComplete: "off",
        "aria-label": label,
        "aria-valuenow": current / 1000,
        "aria-valuemin": minimum / 1000,
        "aria-valuemax": maximum / 1000,
        "aria-valuetext": unit ? `${shown(current)} ${unit}` : shown(current),
        disabled: disabled || undefined,
        value: typing ?? shown(current),
        onFocus: (event) => event.target.select(),
        onChange: (event) => setTyping(event.target.value),
        onBlur: commit,
        onKeyDown: (event) => {
          const act = keys[event.key];
          if (!act) return;
          if (event.key !== "Escape" || typing !== null) event.preventDefault();
          act();
        },
      }),
      unit ? createElement("span", { className: "stepper-unit", "aria-hidden": true }, unit) : null,
    ),
    button(more, "+", step, current >= maximum),
  );
}
