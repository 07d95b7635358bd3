// What came of a run, in words that can be told to others.
import i18next from "i18next";
import { format } from "../format.js";
import { boughtCount, gotCount } from "./rows.js";

/** "12 of us, 18 products, at least 214 kg, €312.40 in all": whole numbers of what was bought. */
export function summaryOf(products, weight, unweighed, total, currency) {
  const own = format(i18next.language);
  const { t } = i18next;
  const parts = [t("run.summary.people", { count: gotCount(products) }), t("run.summary.products", { count: boughtCount(products) })];
  const kilos = own.quantity(weight, "kg");
  if (weight) parts.push(unweighed ? t("run.summary.weight_least", { weight: kilos }) : kilos);
  parts.push(t("run.summary.total", { total: own.money(total, currency) }));
  return new Intl.ListFormat(i18next.language, { type: "unit", style: "long" }).format(parts);
}

/** The text that is shared: which run, its figures, how it was shared out. */
export const shared = (about, figures, fairness) => [about, figures, fairness].join("\n");
