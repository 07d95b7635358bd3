// What a group saved, run after run: as lines for a chart that grow by what each run saved, and as rows of a table.
import { exponent } from "../format.js";
import { once } from "../live/store.js";

const NONE = [];

/** Sums so far in units of the currency: "s0" of everybody, "s1" of who looks. A run of which nobody knows adds none. */
export const chartRows = (runs, currency) =>
  once(runs, `chart ${currency}`, (each) => {
    const whole = 10 ** exponent(currency);
    const rows = new Map();
    let all = 0;
    let mine = 0;
    for (const { day, saved, mine: own } of each) {
      all += saved ?? 0;
      mine += own ?? 0;
      rows.set(day, { at: Date.parse(`${day}T00:00Z`), s0: all / whole, s1: mine / whole });
    }
    return [...rows.values()];
  }) ?? NONE;

export const newestFirst = (runs) => once(runs, "newest first", (each) => [...each].reverse()) ?? NONE;
export const isAnyKnown = (runs) => !!runs?.some(({ saved }) => saved !== null && saved !== undefined);
