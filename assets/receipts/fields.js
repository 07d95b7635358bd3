// Fields of receipts whose number or kind depends on what is chosen: payers, what a cost is and who bears it. What is typed
// stays here until the form is sent; hidden fields hold what is read then.
import { createElement, useContext, useId, useState } from "react";
import { useT } from "../i18n.js";
import { readAs, FormField, Refusals } from "../form.js";
import { decimal, exponent } from "../format.js";
import { parseMoney, parseQuantity } from "../numbers.js";
import "$/texts/receipts.js";
import "$/texts/cost.js";

const KINDS = ["fee", "transport", "deposit", "deposit_return", "discount", "coupon", "tip", "membership"];
const RULES = ["value", "equally", "weight", "quantity", "people"];

const comma = () => new Intl.NumberFormat(document.documentElement.lang || "en").format(1.5).includes(",");
/** Minor units as people type them. */
const typed = (amount, currency) => {
  if (amount === undefined || amount === null) return "";
  const text = decimal(amount, exponent(currency));
  return comma() ? text.replace(".", ",") : text;
};

// Reading

readAs("payers", (text, { currency }) => {
  const rows = JSON.parse(text || "[]");
  const found = [];
  for (const { user, amount } of rows) {
    if (rows.length === 1) return { value: [{ user_id: user, amount: null }] };
    const { value, error, values } = parseMoney(amount, exponent(currency));
    if (error) return { error: error === "money_missing" ? "payer_amount" : error, values };
    found.push({ user_id: user, amount: value });
  }
  return found.length ? { value: found } : { error: "payer_missing" };
});
readAs("kilometres", (text, _, form) => (!form.has("distance") ? { value: null } : text.trim() ? parseQuantity(text, 1, "kg") : { error: "distance" }));
readAs("cost_amount", (text, { currency }, form) => (form.has("amount") ? parseMoney(text, exponent(currency)) : { value: null }));
const shares = (text) => {
  const found = [];
  for (const [user, share] of Object.entries(JSON.parse(text || "{}"))) {
    if (!/^\d{1,6}$/.test(share.trim())) return { error: "cost_share", values: { max: 1000 } };
    found.push({ user_id: user, share: Number(share) });
  }
  return found.length ? { value: found } : { error: "cost_for_nobody" };
};
readAs("shares", (text, _, form) => (form.get("rule") === "people" ? shares(text) : { value: [] }));
readAs("correction", (_, { currency }, form) => {
  const { value, error, values } = parseMoney(form.get("amount") ?? "", exponent(currency));
  if (error || !value) return { error: error ?? "money_positive", values, field: "amount" };
  const way = form.get("way");
  const one = (name, amount) => ({ amount, rule: "people", shares: [{ user_id: form.get(name), share: 1 }] });
  if (way === "between") {
    if (form.get("bears_less") === form.get("bears_more")) return { error: "person_twice", field: "bears_more" };
    return { value: [one("bears_more", value), one("bears_less", -value)] };
  }
  const chosen = form.get("rule") === "people" ? shares(form.get("shares")) : { value: [] };
  if (chosen.error) return { ...chosen, field: "shares" };
  return { value: [{ amount: way === "back" ? -value : value, rule: form.get("rule"), shares: chosen.value, item_id: form.get("item_id") || null }] };
});

// Parts

const options = (rows) => rows.map(([value, label]) => createElement("option", { key: value, value }, label));

function Choice({ name, label, value, onChange, rows, hint }) {
  const id = useId();
  const refusal = useContext(Refusals)[name];
  return createElement(
    "div",
    { className: "field" },
    createElement("label", { htmlFor: id, className: "field-label" }, label),
    createElement(
      "select",
      { id, name, className: "input", value, onChange: (event) => onChange(event.target.value), "aria-invalid": refusal ? true : undefined, "aria-describedby": `${id}-error` },
      options(rows),
    ),
    hint ? createElement("p", { className: "field-hint" }, hint) : null,
    createElement("p", { id: `${id}-error`, role: "alert", className: "field-error" }, refusal ?? null),
  );
}

/** Who paid: one person, or several with what each of them paid. */
export function PayersField({ people, payers, me, currency }) {
  const t = useT();
  const id = useId();
  const refusal = useContext(Refusals).payers;
  const [rows, setRows] = useState(() => {
    const known = Object.entries(payers ?? {}).map(([user, amount]) => ({ user, amount: typed(amount, currency) }));
    return known.length ? known : [{ user: me, amount: "" }];
  });
  const change = (place, news) => setRows(rows.map((row, at) => (at === place ? { ...row, ...news } : row)));
  const free = Object.keys(people).filter((each) => !rows.some((row) => row.user === each));
  const several = rows.length > 1;
  const select = (row, place) =>
    createElement(
      "div",
      { className: "field receipt-payer-who" },
      createElement("label", { htmlFor: `${id}-who-${place}`, className: "field-label" }, t("receipts.paid_by")),
      createElement(
        "select",
        { id: `${id}-who-${place}`, className: "input", value: row.user, onChange: (event) => change(place, { user: event.target.value }), "aria-invalid": refusal && !several ? true : undefined, "aria-describedby": `${id}-error` },
        options(Object.keys(people).filter((each) => each === row.user || free.includes(each)).map((each) => [each, people[each]])),
      ),
    );
  const amount = (row, place) =>
    createElement(
      "div",
      { className: "field receipt-payer-amount" },
      createElement("label", { htmlFor: `${id}-amount-${place}`, className: "field-label" }, t("receipts.amount")),
      createElement("input", {
        id: `${id}-amount-${place}`, type: "text", inputMode: "decimal", autoComplete: "off", className: "input num", value: row.amount,
        onChange: (event) => change(place, { amount: event.target.value }), "aria-invalid": refusal ? true : undefined, "aria-describedby": `${id}-error`,
      }),
    );
  const without = (row, place) =>
    createElement(
      "button",
      { type: "button", className: "icon-btn", "aria-label": t("receipts.remove_payer", { name: people[row.user] }), title: t("receipts.remove_payer", { name: people[row.user] }), onClick: () => setRows(rows.filter((_, at) => at !== place)) },
      createElement("span", { "aria-hidden": true, className: "cross" }),
    );
  return createElement(
    "div",
    { className: "grid gap-2" },
    createElement("input", { type: "hidden", name: "payers", value: JSON.stringify(rows) }),
    rows.map((row, place) =>
      createElement(
        "div",
        { key: place, role: "group", "aria-label": t("receipts.payer", { number: place + 1 }), className: "receipt-payer" },
        select(row, place),
        several ? amount(row, place) : null,
        several ? without(row, place) : null,
      ),
    ),
    createElement("p", { id: `${id}-error`, role: "alert", className: "field-error" }, refusal ?? null),
    free.length
      ? createElement("button", { type: "button", className: "btn btn-plain btn-small justify-self-start", onClick: () => setRows([...rows, { user: free[0], amount: "" }]) }, t("receipts.add_payer"))
      : null,
  );
}

/** Chosen people, each with a share. */
function SharesField({ people }) {
  const t = useT();
  const id = useId();
  const refusal = useContext(Refusals).shares;
  const [chosen, setChosen] = useState({});
  const toggle = (user) => {
    const { [user]: had, ...rest } = chosen;
    setChosen(had === undefined ? { ...chosen, [user]: "1" } : rest);
  };
  const several = Object.keys(chosen).length > 1;
  return createElement(
    "fieldset",
    { className: "choices" },
    createElement("legend", null, t("receipts.who_bears")),
    createElement("input", { type: "hidden", name: "shares", value: JSON.stringify(chosen) }),
    Object.keys(people).map((user) =>
      createElement(
        "div",
        { key: user, className: "receipt-share" },
        createElement(
          "div",
          { className: "row-control" },
          createElement("input", { type: "checkbox", id: `${id}-${user}`, className: "check", checked: user in chosen, onChange: () => toggle(user), "aria-invalid": refusal ? true : undefined, "aria-describedby": `${id}-error` }),
          createElement("span", null, createElement("label", { htmlFor: `${id}-${user}`, className: "block cursor-pointer break-words" }, people[user])),
        ),
        several && user in chosen
          ? createElement("input", {
              type: "text", inputMode: "numeric", autoComplete: "off", className: "input num", value: chosen[user], "aria-label": t("receipts.share_of", { name: people[user] }),
              onChange: (event) => setChosen({ ...chosen, [user]: event.target.value }),
            })
          : null,
      ),
    ),
    createElement("p", { id: `${id}-error`, role: "alert", className: "field-error" }, refusal ?? null),
  );
}

/** By what it is shared, who bears it where people are chosen, and whether only one product counts. */
export function SharedFields({ people, items, only = RULES }) {
  const t = useT();
  const [rule, setRule] = useState(only[0]);
  const [item, setItem] = useState("");
  const goods = Object.entries(items ?? {});
  return createElement(
    "div",
    { className: "grid gap-4" },
    createElement(Choice, { name: "rule", label: t("receipts.shared"), value: rule, onChange: setRule, rows: only.map((each) => [each, t(`receipts.ways.${each}`)]) }),
    rule === "people"
      ? createElement(SharesField, { people })
      : goods.length
        ? createElement(Choice, { name: "item_id", label: t("receipts.counts"), value: item, onChange: setItem, rows: [["", t("receipts.all_goods")], ...goods] })
        : null,
  );
}

/** What a cost is and what it comes to; transport may be typed in kilometres where the group has agreed on a price. */
export function CostFields({ people, items, perKm, perKmSaid }) {
  const t = useT();
  const [kind, setKind] = useState(KINDS[0]);
  const [inKm, setInKm] = useState(true);
  const byWay = kind === "transport" && perKm !== undefined && perKm !== null;
  const amount = createElement(FormField, { key: "amount", name: "amount", fieldId: "cost-amount", label: t("receipts.amount"), type: "text", inputMode: "decimal", autoComplete: "off" });
  const way = createElement(FormField, {
    key: "distance", name: "distance", fieldId: "cost-distance", label: t("receipts.distance"), hint: t("receipts.per_km", { price: perKmSaid }), type: "text", inputMode: "decimal", autoComplete: "off",
  });
  return createElement(
    "div",
    { className: "grid gap-4" },
    createElement(Choice, { name: "kind", label: t("receipts.kind"), value: kind, onChange: setKind, rows: KINDS.map((each) => [each, t(`cost.${each}`)]) }),
    createElement(
      "div",
      { className: "grid gap-1" },
      byWay && inKm ? way : amount,
      byWay ? createElement("button", { type: "button", className: "btn btn-plain btn-small justify-self-start", onClick: () => setInKm(!inKm) }, t(inKm ? "receipts.type_amount" : "receipts.type_distance")) : null,
    ),
    createElement(SharedFields, { people, items }),
    createElement(FormField, { name: "note", fieldId: "cost-note", label: t("receipts.note"), optional: t("kit.optional"), type: "text", maxLength: 200, autoComplete: "off" }),
  );
}

/** What is corrected after a run: money that was paid on top or came back, or a mistake between two people. */
export function CorrectionFields({ people, items, me, leads }) {
  const t = useT();
  const [way, setWay] = useState("back");
  const [payer, setPayer] = useState(me);
  const everybody = Object.keys(people);
  const [less, setLess] = useState(everybody[0]);
  const [more, setMore] = useState(everybody[1] ?? everybody[0]);
  const named = (ids) => ids.map((each) => [each, people[each]]);
  const between = way === "between";
  return createElement(
    "div",
    { className: "grid gap-4" },
    createElement("input", { type: "hidden", name: "changed", value: "" }),
    createElement(Choice, { name: "way", label: t("receipts.what"), value: way, onChange: setWay, rows: ["back", "paid", ...(leads ? ["between"] : [])].map((each) => [each, t(`receipts.way.${each}`)]) }),
    createElement(FormField, { name: "amount", fieldId: "correction-amount", label: t("receipts.amount"), type: "text", inputMode: "decimal", autoComplete: "off" }),
    between || !leads
      ? createElement("input", { type: "hidden", name: "payer_id", value: me })
      : createElement(Choice, { name: "payer_id", label: t(way === "back" ? "receipts.got_back" : "receipts.paid_by"), value: payer, onChange: setPayer, rows: named(everybody) }),
    between
      ? createElement(
          "div",
          { className: "grid gap-4 wide:grid-cols-2 items-start" },
          createElement(Choice, { name: "bears_less", label: t("receipts.bears_less"), value: less, onChange: setLess, rows: named(everybody) }),
          createElement(Choice, { name: "bears_more", label: t("receipts.bears_more"), value: more, onChange: setMore, rows: named(everybody) }),
        )
      : createElement(SharedFields, { people, items }),
    createElement(FormField, { name: "reason", fieldId: "correction-reason", label: t("receipts.reason"), hint: t("receipts.reason_hint"), control: "textarea", maxLength: 500 }),
  );
}
