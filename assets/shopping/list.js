// The rows of the shopping list, from its facts.
import i18next from "i18next";
import { format } from "../format.js";
import { keepEqual, once } from "../live/store.js";
import "./expected.js";

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
