// The rows of the shopping list, from its facts, and what the list looks like once something is done.
import i18next from "i18next";
import { format } from "../format.js";
import { expect, keepEqual, once } from "../live/store.js";
import { priceOf } from "../numbers.js";

const NONE = [];
const all = (rows) => once(rows, "listed", Object.values) ?? NONE;

export const toBuy = (items) => once(items, "to buy", () => all(items).filter((item) => !item.bought && !item.missing)) ?? NONE;
export const absent = (items) => once(items, "absent", () => all(items).filter((item) => item.missing && !item.bought)) ?? NONE;
/** "2 × 6 + 1": how many packs of which size, and what is loose beside them. */
export function packsOf(packs, loose) {
  const { number } = format(i18next.language);
  const rows = packs.map(([count, size]) => i18next.t("shopping.packs", { packs: count, size: number(size) }));
  if (loose) rows.push(number(loose));
  return rows.reduce((before, next) => i18next.t("shopping.packs_and", { packs: before, rest: next }));
}
export const boughtCount = (items) => once(items, "bought", () => all(items).filter((item) => item.bought).length) ?? 0;

/** The lines of the receipt with what they show of their items. The newest line of an item says how far that has come. */
let last = { rows: NONE };
export function receipt(lines, items, names) {
  if (last.lines === lines && last.items === items && last.names === names) return last.rows;
  const counts = {};
  const newest = {};
  for (const line of all(lines)) {
    counts[line.item_id] = (counts[line.item_id] ?? 0) + 1;
    newest[line.item_id] = line.id;
  }
  const rows = all(lines)
    .filter((line) => items?.[line.item_id])
    .map((line) => {
      const { name, content, brand, unit, wanted, bought, settled } = items[line.item_id];
      const about = { name, content, brand, unit, wanted, bought, settled };
      return { ...line, ...about, payer: names?.[line.payer_id] ?? "", several: counts[line.item_id] > 1, newest: newest[line.item_id] === line.id };
    });
  last = { lines, items, names, rows: keepEqual(last.rows, rows) };
  return last.rows;
}

const change = (facts, id, news) => {
  const item = facts.items?.[id];
  if (!item || Object.entries(news).every(([key, value]) => item[key] === value)) return facts;
  return { ...facts, items: { ...facts.items, [id]: { ...item, ...news } } };
};

expect("buy", "shopping", (facts, { run_id, item_id, quantity, total, payer_id, seen }) => {
  const item = facts.id === run_id && facts.items?.[item_id];
  // Whether this purchase is in the edition is told by the amount that was bought before it.
  if (!item || item.bought !== seen) return facts;
  const per = ["g", "ml"].includes(item.unit) ? 1_000_000 : 1000;
  const line = { id: `waits-${item_id}`, item_id, quantity, total, price: priceOf(total, quantity, per), per, exact: true, payer_id, waits: true };
  return change({ ...facts, paid: facts.paid + total, lines: { ...facts.lines, [line.id]: line } }, item_id, { bought: seen + quantity, missing: false });
});
expect("set_missing", "shopping", (facts, { run_id, item_id, missing }) => (facts.id === run_id ? change(facts, item_id, { missing }) : facts));
expect("undo_purchase", "shopping", (facts, { run_id, purchase_id }) => {
  const line = facts.id === run_id && facts.lines?.[purchase_id];
  if (!line) return facts;
  const { [purchase_id]: _undone, ...lines } = facts.lines;
  const left = { ...facts, lines, paid: facts.paid - line.total };
  const item = facts.items?.[line.item_id];
  return item ? change(left, line.item_id, { bought: item.bought - line.quantity }) : left;
});
