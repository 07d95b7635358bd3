// What came of a run, in words that can be told to others.
import i18next from "i18next";
import { format } from "../format.js";
import { boughtCount, gotCount } from "./rows.js";

/** "12 of us, 18 products, at least 214 kg, €312.40 in all, €31.20 saved": of what was bought, and what is known. */
export function summaryOf(products, weight, unweighed, total, currency, saved, known, of) {
  const own = format(i18next.language);
  const { t } = i18next;
  const parts = [t("run.summary.people", { count: gotCount(products) }), t("run.summary.products", { count: boughtCount(products) })];
  const kilos = own.quantity(weight, "kg");
  if (weight) parts.push(unweighed ? t("run.summary.weight_least", { weight: kilos }) : kilos);
  parts.push(t("run.summary.total", { total: own.money(total, currency) }));
  if (saved > 0) {
    const values = { saved: own.money(saved, currency), known, count: of };
    parts.push(known < of ? t("run.summary.saved_for", values) : t("run.summary.saved", values));
  }
  return new Intl.ListFormat(i18next.language, { type: "unit", style: "long" }).format(parts);
}

/** The text that is shared: which run, its figures, how it was shared out. */
export const shared = (about, figures, fairness) => [about, figures, fairness].join("\n");
