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

/** Whether this person may attach photos to a receipt: whoever may change it, and once the run is done its leader and payers. */
export const mayAttach = (receipt, phase, leader, helpers, me) =>
  mayChange(receipt, phase, leader, helpers, me) || ([...OPEN, "completed"].includes(phase) && (leader === me || me in receipt.payers));

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

const MOST_PHOTOS = 5;

/** "1.2 MB" in the viewer's language */
function sizeOf(bytes) {
  const large = bytes >= 100_000;
  const value = large ? bytes / 1_000_000 : Math.max(1, Math.round(bytes / 1000));
  return new Intl.NumberFormat(i18next.language, { style: "unit", unit: large ? "megabyte" : "kilobyte", unitDisplay: "short", maximumFractionDigits: 1 }).format(value);
}

/** Photos and PDFs of a receipt with their words, for those who take part in the run; nobody else may open them. */
function photosOf(receipt, called, { people, run, me, may }) {
  return Object.values(receipt.attachments ?? {}).map((each, place) => {
    const url = `/api/v1/runs/${run}/attachments/${each.id}`;
    const about = { ...called, number: place + 1, size: sizeOf(each.size) };
    return {
      id: each.id,
      receipt: receipt.id,
      is_pdf: each.kind === "pdf",
      url,
      thumbnail: `${url}/thumbnail`,
      width: each.width,
      height: each.height,
      alt: i18next.t("receipts.photo_of", about),
      opens: i18next.t(each.kind === "pdf" ? "receipts.pdf_of" : "receipts.photo_open", about),
      removes: i18next.t("receipts.photo_remove_of", about),
      said: i18next.t("receipts.pdf", about),
      author: nameOf(people, each.added_by),
      removable: may || each.added_by === me,
    };
  });
}

function row(receipt, { people, phase, leader, helpers, me, currency, participants, run }) {
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
  const paidBy = listOf(payers.map((payer) => payer.name));
  const attaches = !!participants?.includes(me) && mayAttach(receipt, phase, leader, helpers, me);
  const called = { people: paidBy, day: own.day(receipt.day) };
  const photos = participants?.includes(me) ? photosOf(receipt, called, { people, run, me, may: attaches }) : [];
  return {
    id: receipt.id,
    day: receipt.day,
    reason: receipt.reason,
    revision: receipt.revision,
    author: nameOf(people, receipt.added_by),
    at: receipt.added_at,
    paid_by: paidBy,
    payers: payers.length > 1 ? payers : [],
    purchases,
    costs,
    total,
    lines: receipt.lines,
    difference: total === null ? 0 : total - receipt.lines,
    may,
    removable: may && !purchases.length,
    photos,
    attaches,
    full: photos.length >= MOST_PHOTOS,
    attach_to: i18next.t("receipts.add_photo_to", called),
  };
}

/** The day it is where the group is. */
export const today = (zone) => (zone ? format(i18next.language).localTime(new Date().toISOString(), zone).slice(0, 10) : "");

let last = { rows: [] };
/** Corrections are receipts with a reason. */
export function cards(receipts, people, phase, leader, helpers, me, currency, participants, run, corrections) {
  const from = [receipts, people, phase, leader, helpers, me, currency, participants, run, i18next.language];
  if (!last.from?.every((each, place) => each === from[place])) {
    const about = { people, phase, leader, helpers, me, currency, participants, run };
    last = { from, rows: keepEqual(last.rows, Object.values(receipts ?? {}).map((receipt) => row(receipt, about))) };
    last.mended = last.rows.filter((each) => each.reason);
    last.written = last.rows.filter((each) => !each.reason);
  }
  return corrections ? last.mended : last.written;
}

/** [id, what it is called] of the other receipts to which this person may move a purchase. */
export const others = (receipts, people, phase, leader, helpers, me, currency, participants, run, id) =>
  cards(receipts, people, phase, leader, helpers, me, currency, participants, run, false).filter((each) => each.may && each.id !== id);
export const many = (...about) => others(...about, "").length > 1;

const NO_PHOTO = { id: "", url: "", alt: "", author: "", removable: false, removes: "", width: 1, height: 1 };
/** The photo that the open dialog shows. */
export const photo = (receipts, people, phase, leader, helpers, me, currency, participants, run, id, attachment) => {
  const about = [receipts, people, phase, leader, helpers, me, currency, participants, run];
  const rows = [...cards(...about, false), ...cards(...about, true)];
  return rows.find((each) => each.id === id)?.photos.find((each) => each.id === attachment) ?? NO_PHOTO;
};
