// The receipts of a run as cards, from their facts: what stands on each, in words, and what may be done with it.
import i18next from "i18next";
import { format } from "../format.js";
import { keepEqual } from "../live/store.js";

const OPEN = ["shopping", "adjusting", "distributing"];

/** Whether this person may write further receipts: leader and helpers, until the run is completed. */
export const mayAdd = (phase, leader, helpers, me) => OPEN.includes(phase) && (leader === me || !!helpers?.includes(me));

/** Whether this person may change a receipt: while shopping all who help, afterwards the leader, and whoever paid it. */
export function mayChange(receipt, phase, leader, helpers, me) {
  if (!OPEN.includes(phase) || receipt.reason) return false;
  if (phase === "shopping" && mayAdd(phase, leader, helpers, me)) return true;
  return leader === me || me in receipt.payers;
}

/** Whether this person may correct a completed run: the leader, and whoever paid in it. */
export const mayCorrect = (receipts, phase, leader, me) => phase === "completed" && !!me && (leader === me || Object.values(receipts ?? {}).some((each) => me in each.payers));

const nameOf = (people, id) => people?.[id] ?? i18next.t("receipts.somebody");
const listOf = (names) => new Intl.ListFormat(i18next.language, { type: "conjunction" }).format(names);

/** "shared by value, only Milk" or "Ana and Bojan, 2 : 1" */
export function ruleOf({ rule, item, shares }, people) {
  const { t } = i18next;
  const said = rule === "people" ? chosen(shares, people) : t(`receipts.rule.${rule}`);
  return item ? t("receipts.only", { rule: said, product: item }) : said;
}

function chosen(shares, people) {
  const ids = Object.keys(shares ?? {}).sort((one, other) => nameOf(people, one).localeCompare(nameOf(people, other), i18next.language));
  const names = listOf(ids.map((id) => nameOf(people, id)));
  const parts = ids.map((id) => shares[id]);
  if (parts.every((part) => part === parts[0])) return names;
  return i18next.t("receipts.in_shares", { people: names, shares: parts.join(" : ") });
}

function row(receipt, { people, phase, leader, helpers, me, currency }) {
  const own = format(i18next.language);
  const payers = Object.entries(receipt.payers).map(([id, amount]) => ({ id, name: nameOf(people, id), amount: amount ?? null }));
  const costs = Object.values(receipt.costs).map((cost) => ({
    ...cost,
    called: i18next.t(`cost.${cost.kind}`),
    rule: ruleOf(cost, people),
    way: cost.distance ? i18next.t("receipts.kilometres", { amount: own.number(cost.distance) }) : "",
    amount_said: own.money(cost.amount, currency),
  }));
  const total = receipt.total ?? null;
  const may = mayChange(receipt, phase, leader, helpers, me);
  const purchases = Object.values(receipt.purchases).map((each) => ({ ...each, called: own.product(each.name, each.content) }));
  return {
    id: receipt.id,
    day: receipt.day,
    reason: receipt.reason,
    revision: receipt.revision,
    author: nameOf(people, receipt.added_by),
    at: receipt.added_at,
    paid_by: listOf(payers.map((payer) => payer.name)),
    payers: payers.length > 1 ? payers : [],
    purchases,
    costs,
    total,
    lines: receipt.lines,
    difference: total === null ? 0 : total - receipt.lines,
    may,
    removable: may && !purchases.length,
  };
}

/** The day it is where the group is. */
export const today = (zone) => (zone ? format(i18next.language).localTime(new Date().toISOString(), zone).slice(0, 10) : "");

let last = { rows: [] };
/** Corrections are receipts with a reason. */
export function cards(receipts, people, phase, leader, helpers, me, currency, corrections) {
  const from = [receipts, people, phase, leader, helpers, me, currency, i18next.language];
  if (!last.from?.every((each, place) => each === from[place])) {
    const about = { people, phase, leader, helpers, me, currency };
    last = { from, rows: keepEqual(last.rows, Object.values(receipts ?? {}).map((receipt) => row(receipt, about))) };
    last.mended = last.rows.filter((each) => each.reason);
    last.written = last.rows.filter((each) => !each.reason);
  }
  return corrections ? last.mended : last.written;
}

/** [id, what it is called] of the other receipts to which this person may move a purchase. */
export const others = (receipts, people, phase, leader, helpers, me, currency, id) =>
  cards(receipts, people, phase, leader, helpers, me, currency, false).filter((each) => each.may && each.id !== id);
export const many = (receipts, people, phase, leader, helpers, me, currency) => others(receipts, people, phase, leader, helpers, me, currency, "").length > 1;
