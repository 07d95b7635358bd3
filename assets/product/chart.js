// Prices over time as rows for the chart: one per day, with "s0" … for each store that is drawn.
import { exponent } from "../format.js";
import { once } from "../live/store.js";

const LINES = 6;
const FEW_POINTS = 40; // so many are drawn as dots as well
const NONE = [];

/** Points are [line, day, amount, per]; prices in units of the currency for `per` thousandths, days as the browser counts. */
export const chartRows = (points, per, currency) =>
  once(points, `rows ${per} ${currency}`, () => {
    const rows = new Map();
    for (const [line, day, amount, of] of points) {
      if (!rows.has(day)) rows.set(day, { at: Date.parse(`${day}T00:00Z`) });
      rows.get(day)[`s${line}`] = (amount * per) / of / 10 ** exponent(currency);
    }
    return [...rows.values()];
  }) ?? NONE;
export const hasDots = (points) => (points?.length ?? 0) <= FEW_POINTS;

const EMPTY = Array(LINES).fill("");
export const lineNames = (stores) => once(stores, "names", () => Array.from(EMPTY, (_, n) => stores[n]?.name ?? "")) ?? EMPTY;
/** The stores with the number of their line, -1 without one. */
export const withLines = (stores) => once(stores, "lines", () => stores.map((store, n) => ({ ...store, line: n < LINES ? n : -1 }))) ?? NONE;
