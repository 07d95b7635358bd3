// The sheet at the shelf: quantity, price and total follow from each other while one types. It begins with what is still
// wanted at the price known last, or with the line that is mended, and needs no server until something is bought.
import { createElement, useEffect, useMemo, useRef, useState } from "react";
import i18next from "i18next";
import { useT } from "../i18n.js";
import { Dialog } from "../dialog.js";
import { TimeAgo } from "../time.js";
import { exponent, decimal, format, useFormat } from "../format.js";
import { costOf, parseMoney, parseQuantity, plain, priceOf, scaleStep } from "../numbers.js";
import { getLocal, setLocal, useLocal } from "../local.js";
import { factsOf, useFact } from "../live/store.js";
import { isConnected } from "../live/live.js";
import { newId, operate } from "../live/operate.js";
import { moment } from "../offline/moment.js";
import { say, tell, words } from "../say.js";

const NAME = "shopping.sheet"; // {item} while buying, {line} while mending
const OVERTAKEN = ["bought_meanwhile", "purchase_changed"];
const FIELDS = ["quantity", "price", "total", "pack"];
let opened = 0;

export const openToBuy = (item) => setLocal(NAME, { item, number: (opened += 1) });
export const openToMend = (line) => setLocal(NAME, { line, over: factsOf("shopping")?.phase !== "shopping", number: (opened += 1) });
const close = () => setLocal(NAME, undefined);

/** What tells somebody later which item a change was about. */
function told(id) {
  const { items, currency } = factsOf("shopping");
  const { name, content, unit } = items[id];
  return { name, content, unit, currency };
}

/** Takes a line off the receipt, and offers to put the purchase back. */
export async function undo(id) {
  const { id: run, lines, items } = factsOf("shopping");
  const line = lines[id];
  const item = items[line.item_id];
  const { quantity, total, payer_id } = line;
  const putBack = () => buy(run, item.id, { quantity, total, payer_id, seen: item.bought - quantity });
  try {
    const undone = operate("undo_purchase", { run_id: run, purchase_id: id, seen: [quantity, total, payer_id] }, { about: item.id, told: told(item.id) });
    if (isConnected()) await undone;
  } catch {
    return; // it is said why
  }
  tell(i18next.t("shopping.undone", { product: format(i18next.language).product(item.name, item.content) }), { undo: putBack });
}

/** Buys at once on the page. */
function buy(run, item, line) {
  const purchase = { run_id: run, item_id: item, purchase_id: newId(), done_at: moment(), ...line };
  operate("buy", purchase, { quiet: true, told: told(item) }).catch((refusal) => askAgain(run, { item }, line, refusal));
}

/** Changes a line of the receipt at once on the page. */
function mend(run, line, details) {
  const purchase = { run_id: run, purchase_id: line.id, ...details };
  operate("edit_purchase", purchase, { quiet: true, about: line.item_id, told: told(line.item_id) }).catch((refusal) => askAgain(run, { line: line.id }, details, refusal));
}

/** When somebody was quicker, the sheet opens again with what was typed, and asks. */
function askAgain(run, chosen, typed, refusal) {
  if (refusal.late) return;
  const here = factsOf("shopping")?.id === run && !getLocal(NAME);
  const canBeMended = OVERTAKEN.includes(refusal.error) || FIELDS.includes(refusal.field);
  if (!here || !canBeMended) return void say(refusal);
  const { quantity, price, per, total, payer_id: payer } = typed;
  setLocal(NAME, { ...chosen, number: (opened += 1), form: { quantity, price, total, payer, ...(per && { per }) }, refusal });
}

const show = (amount, places) => {
  const comma = new Intl.NumberFormat(document.documentElement.lang || "en").format(1.5).includes(",");
  const text = typeof amount === "string" ? amount : decimal(amount, places);
  return comma ? text.replace(".", ",") : text;
};

function begin({ quantity, price, total, per }, places) {
  const known = (value) => value !== undefined && value !== null;
  const sum = known(total) ? total : known(quantity) && known(price) ? costOf(quantity, price, per) : undefined;
  return {
    quantity: known(quantity) ? show(plain(quantity, 3), 3) : "",
    price: known(price) ? show(price, places) : "",
    total: known(sum) ? show(sum, places) : "",
  };
}

// The field that was typed in stays as it is. The total follows from quantity and price until it is typed itself; from then
// on it is the truth: neither quantity nor price changes it any more.
function follow(fields, changed, { places, per, unit, step }, totalIsTyped) {
  const quantity = parseQuantity(fields.quantity, step, unit).value;
  const price = parseMoney(fields.price, places).value;
  const total = parseMoney(fields.total, places).value;
  if (!quantity) return fields;
  if (totalIsTyped) return changed === "price" || total === undefined ? fields : { ...fields, price: show(priceOf(total, quantity, per), places) };
  return price === undefined ? fields : { ...fields, total: show(costOf(quantity, price, per), places) };
}

/** Opens over the list for whoever may buy, or may correct lines after shopping. It closes when that is over. */
export function ShelfSheet({ mayBuy, mayCorrect }) {
  const chosen = useLocal(NAME);
  const items = useFact("shopping", "items");
  const lines = useFact("shopping", "lines");
  const line = chosen?.line ? lines?.[chosen.line] : undefined;
  const item = items?.[chosen?.item ?? line?.item_id];
  useEffect(() => close, []);
  const t = useT();
  const own = useFormat();
  const isOpen = !!((chosen?.over ? mayCorrect : mayBuy) && item && (!chosen.line || line));
  let title = "";
  if (isOpen) {
    const left = item.wanted - item.bought;
    const values = { product: own.product(item.name, item.content), wanted: own.quantity(item.wanted, item.unit), left: own.number(left) };
    title = t(line || !item.bought || left <= 0 ? "shopping.sheet" : "shopping.sheet_more", values);
  }
  return createElement(
    Dialog,
    { open: isOpen, title, closeLabel: t("kit.close"), sheet: true, onClose: close },
    isOpen ? createElement(Till, { key: chosen.number, chosen, item, line }) : null,
  );
}

function Till({ chosen, item, line }) {
  const t = useT();
  const own = useFormat();
  const run = useFact("shopping", "id");
  const phase = useFact("shopping", "phase");
  const currency = useFact("shopping", "currency");
  const members = useFact("shopping", "members") ?? [];
  const names = useFact("shopping", "names") ?? {};
  const me = useFact("me", "id");
  const mending = phase !== "shopping";
  const places = exponent(currency);
  const start = useMemo(() => startOf(chosen, item, line, me), []);
  const rules = { places, per: start.per, unit: item.unit, step: scaleStep(item.unit, item.step) };
  const [fields, setFields] = useState(() => begin(start, places));
  const [payer, setPayer] = useState(start.payer);
  const [errors, setErrors] = useState({});
  const [alert, setAlert] = useState("");
  const [seen, setSeen] = useState(line ? [line.quantity, line.total, line.payer_id] : item.bought);
  const [asks, setAsks] = useState(false); // somebody was quicker, and this is what one sees now
  const [busy, setBusy] = useState(false);
  const totalIsTyped = useRef(start.total !== undefined);
  const box = useRef(null);

  useEffect(() => box.current?.querySelector('[aria-invalid="true"]')?.focus(), [errors]);
  const refuse = async (refusal) => {
    setBusy(false);
    if (FIELDS.includes(refusal.field)) return setErrors({ [refusal.field]: await words({ ...refusal, values: { currency, ...refusal.values } }) });
    setAlert(await words(refusal));
    if (!OVERTAKEN.includes(refusal.error)) return;
    const { current, current_quantity, payer_id } = refusal.values;
    setSeen(line ? [current_quantity, current, payer_id] : current);
    setAsks(true);
  };
  useEffect(() => {
    if (chosen.refusal) refuse(chosen.refusal);
  }, []);

  const typed = async () => {
    const found = { quantity: parseQuantity(fields.quantity, rules.step, item.unit), total: parseMoney(fields.total, places) };
    if (fields.price.trim()) found.price = parseMoney(fields.price, places);
    const wrong = {};
    for (const [name, { error, values }] of Object.entries(found)) if (error) wrong[name] = await words({ error, values });
    setErrors(wrong);
    setAlert("");
    return Object.keys(wrong).length ? undefined : Object.fromEntries(Object.entries(found).map(([name, { value }]) => [name, value]));
  };
  const record = async () => {
    if (busy) return;
    const values = await typed();
    if (!values) return;
    const details = { ...values, per: start.per, payer_id: payer, seen };
    if (!mending) {
      close();
      return line ? mend(run, line, details) : buy(run, item.id, details);
    }
    setBusy(true);
    operate("correct_purchase", { run_id: run, purchase_id: line.id, ...details }, { quiet: true }).then(() => {
      close();
      tell(t("shopping.corrected"));
    }, (refusal) => refuse(refusal));
  };
  const notThere = () => {
    close();
    operate("set_missing", { run_id: run, item_id: item.id, missing: true }, { told: told(item.id) });
  };
  const notePrice = async () => {
    const { value, error, values } = parseMoney(fields.price, places);
    const pack = fields.pack?.trim() ? parseQuantity(fields.pack, item.step, item.unit) : {};
    const wrong = {};
    if (error) wrong.price = await words({ error, values });
    if (pack.error) wrong.pack = await words(pack);
    if (error || pack.error) return setErrors(wrong);
    operate("note_price", { run_id: run, product_id: item.product_id, price: value, per: start.per, pack: pack.value }, { quiet: true }).then(() => {
      close();
      const size = pack.value > item.step ? pack.value : 0;
      const price = own.price({ amount: value, per: start.per, minimum: size, pack: size }, item.unit, currency, true);
      tell(t("shopping.price_noted", { product: own.product(item.name, item.content), price }));
    }, (refusal) => refuse(refusal));
  };

  const input = (name, label) =>
    createElement(
      "div",
      { className: "field", key: name },
      createElement("label", { htmlFor: `till-${name}`, className: "field-label" }, label),
      createElement("input", {
        id: `till-${name}`,
        name,
        type: "text",
        inputMode: "decimal",
        autoComplete: "off",
        enterKeyHint: "done",
        className: "input num",
        "aria-invalid": errors[name] ? true : undefined,
        "aria-describedby": errors[name] ? `till-${name}-error` : undefined,
        readOnly: mending && name === "quantity" ? true : undefined,
        value: fields[name] ?? "",
        onFocus: (event) => event.target.select(),
        onChange: (event) => {
          const next = { ...fields, [name]: event.target.value };
          if (name === "total") totalIsTyped.current = next.total.trim() !== "";
          setFields(follow(next, name, rules, totalIsTyped.current));
        },
      }),
      createElement("p", { id: `till-${name}-error`, role: "alert", className: "field-error" }, errors[name] || null),
    );
  const whole = { gridColumn: "1 / -1" };
  const press = (label, look, act, style) => createElement("button", { type: "button", className: `btn ${look}`, onClick: act, style }, label);
  const payers = members.includes(payer) ? members : [payer, ...members];
  const meanwhile = !mending && !asks && (line ? false : item.bought !== seen);
  const mayMiss = !line && !item.bought;
  return createElement(
    "form",
    {
      ref: box,
      className: "grid grid-cols-2 gap-x-3 gap-y-3 items-start",
      noValidate: true,
      onSubmit: (event) => {
        event.preventDefault();
        if (!asks) record();
      },
    },
    createElement("div", { role: "alert", className: "empty:hidden", style: whole }, alert ? createElement("p", { className: "notice notice-bad" }, alert) : null),
    createElement(
      "div",
      { role: "status", className: "empty:hidden", style: whole },
      meanwhile ? createElement("p", { className: "notice notice-warn" }, item.bought ? t("shopping.bought_meanwhile", { amount: own.quantity(item.bought, item.unit) }) : t("shopping.undone_meanwhile")) : null,
    ),
    mending ? createElement("p", { className: "notice", style: whole }, t("shopping.mend_hint")) : null,
    input("quantity", t("shopping.quantity")),
    input("price", t("shopping.price", { unit: own.priceQuantity(start.per, item.unit) })),
    input("total", t("shopping.total")),
    createElement(
      "div",
      { className: "field" },
      createElement("label", { htmlFor: "till-payer", className: "field-label" }, t("shopping.paid_by")),
      createElement(
        "select",
        { id: "till-payer", name: "payer", className: "input", value: payer, onChange: (event) => setPayer(event.target.value) },
        payers.map((id) => createElement("option", { key: id, value: id }, names[id] ?? "")),
      ),
    ),
    // The second of two quick taps (detail 2) answers no question that came up between them.
    asks
      ? createElement("button", { type: "button", className: "btn btn-primary", style: whole, "aria-busy": busy, onClick: (event) => event.detail < 2 && record() }, t(line ? "shopping.save_anyway" : "shopping.buy_anyway"))
      : null,
    createElement(
      "button",
      { type: "submit", className: `btn ${asks ? "btn-ghost" : "btn-primary"}`, "aria-busy": busy, "aria-disabled": asks ? true : undefined, style: { ...whole, opacity: asks ? 0.5 : undefined } },
      mending ? t("shopping.correct") : t("shopping.record"),
    ),
    mayMiss ? press(t("shopping.not_there"), "btn-ghost", notThere) : null,
    line ? null : press(t("shopping.note_price"), "btn-plain", notePrice, mayMiss ? undefined : whole),
    line ? null : createElement("div", { style: whole }, input("pack", t("shopping.pack"))),
    item.prices.length ? createElement(Seen, { item, currency, t, own }) : null,
  );
}

function Seen({ item, currency, t, own }) {
  return createElement(
    "div",
    { className: "text-[14px] num", style: { gridColumn: "1 / -1" } },
    createElement("p", { className: "text-muted" }, t("shopping.prices")),
    createElement(
      "ul",
      null,
      item.prices.map((seen, place) => createElement("li", { key: place }, own.price(seen, item.unit, currency), " · ", createElement(TimeAgo, { at: seen.at }))),
    ),
  );
}

/** What the fields begin with: thousandths and minor units. Whoever taps pays, until they choose another. */
function startOf(chosen, item, line, me) {
  if (line) return { quantity: line.quantity, price: line.typed_price, per: line.typed_per, total: line.total, payer: line.payer_id, ...chosen.form };
  const left = item.wanted - item.bought;
  return { quantity: left > 0 ? left : undefined, price: item.price, per: item.per, payer: me, ...chosen.form };
}
