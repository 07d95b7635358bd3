// What the run page shows, derived from the facts of the run and from who is looking. A row is derived anew only when the
// facts of its own product change.
import i18next from "i18next";
import { exponent, format, localeOf } from "../format.js";
import { plain as writtenPlain } from "../numbers.js";
import { keepEqual, once } from "../live/store.js";

const NONE = [];
const PILLS = 6; // bidders a row names; the others are counted
const FEW_NOTES = 3;
const FINAL = ["completed", "cancelled"];
export const all = (rows) => once(rows, "listed", Object.values) ?? NONE;

/** The names of everybody in the run by their number; the same object while no name changes. */
let lastNames = {};
const namesOf = (people) => (lastNames = keepEqual(lastNames, Object.fromEntries(all(people).map((one) => [one.number, one.name]))));
/** What bids and sums know somebody by; "new" while they are not in the run yet. */
export const numberOf = (people, id) => String(people?.[id]?.number ?? "new");

// A scale may differ by less than a step (domain/allocation.py).
const matches = (wanted, bought, step) => Math.abs(bought - wanted) < step;
const isInterest = (bid) => bid[0] === null && bid[3] === null;

/** Lowest and highest quantity that a bid may be changed to while adjusting (domain/adjusting.py). */
function adjustRange(bid, wanted, bought, step) {
  if (!bought) return [bid, bid];
  const shortage = Math.floor(Math.max(0, wanted - bought) / step) * step;
  const surplus = Math.floor(Math.max(0, bought - wanted) / step) * step;
  return [bid - Math.min(bid, shortage), bid + surplus];
}

/** The same for somebody's bid on a product, from its facts. Whoever was only interested can't take any. */
const rangeOf = ({ wanted, bought, step }, bid) => (bid && bid[3] !== null ? adjustRange(bid[0] ?? 0, wanted, bought, step) : [0, 0]);
function adjustable(product, bid) {
  const [low, high] = rangeOf(product, bid);
  return product.bought > 0 && !matches(product.wanted, product.bought, product.step) && high > low;
}

function statusOf({ item_id, bought, wanted, listed, missing, step }, phase) {
  if (!item_id) return { status: "", tone: "plain" };
  if (bought) return { status: "bought", tone: matches(phase === "adjusting" ? wanted : listed, bought, step) ? "good" : "warn" };
  return missing || phase !== "shopping" ? { status: "not_there", tone: "bad" } : { status: "to_buy", tone: "plain" };
}

function pillsOf({ got, bids }, names, mine) {
  const amounts = got
    ? Object.entries(got).map(([number, quantity]) => ({ number, quantity, interested: false }))
    : Object.entries(bids ?? {}).map(([number, bid]) => ({ number, quantity: bid[0] ?? 0, interested: isInterest(bid) }));
  const most = amounts.sort((one, other) => other.quantity - one.quantity).slice(0, PILLS);
  const pills = most.map((each) => ({ ...each, name: names[each.number] ?? (each.number === "new" ? mine.name : "?"), mine: each.number === mine.number }));
  return { pills, more: amounts.length - pills.length };
}

/** How full the cases are of what is sold in cases only: of `case_begun` cases the bids fill `case_full`. */
function casesOf({ case: cases, wanted }) {
  if (!cases) return { case_size: 0, case_begun: 0, case_full: 0, case_missing: 0 };
  const { size, missing } = cases;
  return { case_size: size, case_begun: Math.ceil(wanted / size), case_full: Math.floor(wanted / size), case_missing: missing };
}

function rowOf(product, names, mine, phase) {
  const { id, name, content, brand, unit, step, price, wanted, expected, bids, item_id, bought, paid, missing, listed, got } = product;
  const bid = bids?.[mine.number];
  const quantity = got ? (got[mine.number] ?? 0) : (bid?.[0] ?? 0);
  const [low, high] = phase === "adjusting" ? rangeOf(product, bid) : [0, 0];
  const others = Object.entries(bids ?? {}).filter(([number, each]) => each[2] && number !== mine.number);
  return {
    id, name, content, brand, unit, step, price, bought, quantity, low, high,
    // Bids change while adjusting; afterwards what was wanted is what they were when shopping ended.
    wanted: item_id && phase !== "adjusting" ? listed : wanted,
    cost: bought ? paid : (expected ?? undefined),
    estimate: phase === "shopping" && !bought && expected > 0,
    adjustable: phase === "adjusting" && adjustable(product, bid),
    interested: !!bid && isInterest(bid),
    bids: !!bid,
    note: bid?.[2] ?? "",
    notes: others.slice(0, FEW_NOTES).map(([number, each]) => ({ name: names[number] ?? "?", note: each[2] })),
    edited_from: bid?.[4] ?? undefined,
    ...casesOf(product),
    up_to: product.flexible?.[mine.number]?.[0] ?? 0,
    cheaper_more: product.cheaper?.[0] ?? 0,
    cheaper_less: product.cheaper?.[1] ?? 0,
    waits: !!bid?.[5],
    settled: phase === "adjusting" ? !bought || matches(wanted, bought, step) : phase === "shopping" && (bought > 0 || missing),
    ...statusOf(product, phase),
    ...pillsOf(product, names, mine),
  };
}

const rowsKnown = new WeakMap();
function known(product, names, mine, phase) {
  const before = rowsKnown.get(product);
  if (before && before.names === names && before.phase === phase && before.number === mine.number) return before.row;
  const row = rowOf(product, names, mine, phase);
  rowsKnown.set(product, { names, phase, number: mine.number, row });
  return row;
}

let lastRows = { rows: NONE };
/** All products of the run as one person sees them. */
export function rowsOf(products, people, phase, id, name) {
  const same = lastRows.products === products && lastRows.people === people && lastRows.phase === phase && lastRows.id === id;
  if (same) return lastRows.rows;
  const mine = { number: numberOf(people, id), name };
  const names = namesOf(people);
  lastRows = { products, people, phase, id, rows: all(products).map((product) => known(product, names, mine, phase)) };
  return lastRows.rows;
}

export const plain = (text) => (text ?? "").normalize("NFD").replace(/\p{M}/gu, "").toLowerCase();
const SHOWN = { mine: (row) => row.bids || row.quantity > 0, without: (row) => !row.bids && !row.quantity };

function chosen(rows, tags, find, shown, tag) {
  const words = plain(find).split(/\s+/).filter(Boolean);
  const tagged = tag && tags?.[tag] ? new Set(tags[tag].products) : undefined;
  return rows.filter((row) => {
    if (SHOWN[shown] && !SHOWN[shown](row)) return false;
    if (tagged && !tagged.has(row.id)) return false;
    const about = plain(`${row.name} ${row.brand}`);
    return words.every((word) => about.includes(word));
  });
}

// What needed something when this phase came into sight, or has come to need it since. It keeps its place once it is
// settled: no row leaves from under a thumb.
let firsts = { ids: new Set() };
function splitSettled(rows, all, run, phase) {
  if (firsts.run !== run || firsts.phase !== phase) firsts = { run, phase, ids: new Set() };
  for (const row of all) if (!row.settled) firsts.ids.add(row.id);
  return [rows.filter((row) => firsts.ids.has(row.id)), rows.filter((row) => !firsts.ids.has(row.id))];
}

let lastSections = NONE;
/**
 * The rows that are looked for, in sections by category; else in one without a title, followed by those with which
 * nothing is to be done. `others` and `settled` are the titles of what has no category and of what is settled.
 */
export function sectionsOf(rows, tags, find, shown, tag, grouped, run, phase, others, settled) {
  const left = chosen(rows, tags, find, shown, tag);
  const sections = [];
  let rest = left;
  if (grouped) {
    for (const { id, kind, name, products } of all(tags)) {
      if (kind !== "category") continue;
      const inside = new Set(products);
      const mine = rest.filter((row) => inside.has(row.id));
      if (mine.length) sections.push({ id, title: name, rows: mine });
      rest = rest.filter((row) => !inside.has(row.id));
    }
  }
  if (sections.length) rest.length && sections.push({ id: "others", title: others, rows: rest });
  else {
    const [first, done] = splitSettled(rest, rows, run, phase);
    if (first.length) sections.push({ id: "others", title: "", rows: first });
    if (done.length) sections.push({ id: "settled", title: settled, rows: done });
  }
  // Rows themselves are kept already: only the lists around them are compared.
  const same = (one, other) => one?.id === other.id && one.title === other.title && one.rows.length === other.rows.length && one.rows.every((row, place) => row === other.rows[place]);
  const next = sections.map((each, place) => (same(lastSections[place], each) ? lastSections[place] : each));
  lastSections = next.length === lastSections.length && next.every((each, place) => each === lastSections[place]) ? lastSections : next;
  return lastSections;
}

const MOST_TAGS = 12;
/** Tags to choose products by, each with how many it has. */
export const choices = (tags) => once(tags, "choices", (each) => all(each).slice(0, MOST_TAGS).map(({ id, name, products }) => ({ id, name, count: products.length }))) ?? NONE;
export const categories = (tags) => all(tags).filter((tag) => tag.kind === "category").length;

/** What I want, with what each is expected to cost. */
let lastPart = { lines: NONE };
export function myLines(products, people, id) {
  if (lastPart.products === products && lastPart.people === people && lastPart.id === id) return lastPart.lines;
  const number = numberOf(people, id);
  const lines = all(products).flatMap(({ id: product, name, content, unit, bids, missing }) => {
    const [quantity, cost] = bids?.[number] ?? [];
    return quantity && !missing ? [{ id: product, name, content, unit, quantity, cost: cost ?? undefined }] : [];
  });
  lastPart = { products, people, id, lines: keepEqual(lastPart.lines, lines) };
  return lastPart.lines;
}

let lastPeople = { rows: NONE };
/** Everybody in the run with what it costs them and what they paid at the till. */
export function peopleRows(people, members, parts, spent, leader) {
  const from = [people, members, parts, spent, leader];
  if (lastPeople.from?.every((each, place) => each === from[place])) return lastPeople.rows;
  const rows = all(people).map((person) => ({
    ...person,
    leads: person.id === leader,
    left: !!members && !(person.id in members),
    part: parts?.[person.number] ?? 0,
    spent: spent?.[person.number] ?? 0,
  }));
  lastPeople = { from, rows: keepEqual(lastPeople.rows, rows) };
  return lastPeople.rows;
}

/** "Ana, Mila and 4 more": the names of few people, the others counted. */
const NAMED = 2;
export function namesIn(people) {
  const names = people.slice(0, NAMED).map((person) => person.name);
  const more = people.length - names.length;
  const all = more ? [...names, i18next.t("run.more_people", { count: more })] : names;
  return new Intl.ListFormat(localeOf(i18next.language), { type: "conjunction" }).format(all);
}

export const sumOf = (sums, people, id) => sums?.[numberOf(people, id)] ?? 0;
export const takesPart = (people, id) => !!people?.[id];
export const isReady = (people, id) => !!people?.[id]?.ready;
export const helps = (people, id, leader) => id === leader || !!people?.[id]?.helps;
export const readyCount = (people) => all(people).filter((person) => person.ready).length;
export const notReady = (people) => once(people, "not ready", (each) => Object.values(each).filter((person) => !person.ready)) ?? NONE;
export const nameIn = (people, members, id) => people?.[id]?.name ?? members?.[id] ?? "";
export const unmatched = (products) => all(products).filter(({ bought, wanted, step }) => bought && !matches(wanted, bought, step)).length;
/** How many products one may still take less or more of, since there were too few or too many. */
export function adjustableCount(products, people, id) {
  const number = numberOf(people, id);
  return all(products).filter((product) => adjustable(product, product.bids?.[number])).length;
}
export const listedCount = (products) => all(products).filter((product) => product.item_id).length;
export const boughtCount = (products) => all(products).filter((product) => product.bought).length;
export const goneCount = (products) => all(products).filter((product) => product.missing).length;
export const paidFor = (products) => all(products).reduce((sum, product) => sum + product.paid, 0);
/** What is on the list and neither bought nor marked. */
export const stillToBuy = (products) => once(products, "to buy", (each) => Object.values(each).filter(({ item_id, bought, missing }) => item_id && !bought && !missing)) ?? NONE;
/** While anything is still to buy, what that is expected to cost is part of the sums. */
export const sumsAre = (phase, products) => {
  if (FINAL.includes(phase) || phase === "distributing") return "final";
  return phase === "adjusting" || (phase === "shopping" && !stillToBuy(products).length) ? "so_far" : "estimated";
};

/** Who may be asked to lead: those who take part and are still in the group. */
export const heirs = (people, members, leader) => all(people).filter(({ id }) => id !== leader && members && id in members);
/** Everybody else in the group, and whether they help. */
export const helpersOf = (people, members, leader) =>
  Object.entries(members ?? {}).filter(([id]) => id !== leader).map(([id, name]) => ({ id, name, helps: !!people?.[id]?.helps }));

/** Everybody's bids on one product. */
export function bidsOn(product, people) {
  const byNumber = Object.fromEntries(all(people).map((person) => [person.number, person]));
  return Object.entries(product?.bids ?? {}).filter(([number]) => byNumber[number]).map(([number, bid]) => ({
    id: byNumber[number].id,
    name: byNumber[number].name,
    product: product.id,
    product_name: product.name,
    content: product.content,
    unit: product.unit,
    step: product.step,
    quantity: bid[0] ?? 0,
    interested: isInterest(bid),
    note: bid[2],
    edited_from: bid[4] ?? undefined,
    up_to: product.flexible?.[number]?.[0] ?? 0,
    waits: !!bid[5],
  }));
}
export const quantityOf = (product, people, id) => product?.bids?.[numberOf(people, id)]?.[0] ?? 0;
/** Up to how much of a product somebody takes, and what that may cost more: as fields of a form begin with it. */
export const upToOf = (product, people, id) => plainOf(product?.flexible?.[numberOf(people, id)]?.[0], 3);
export const capOf = (product, people, id, currency) => plainOf(product?.flexible?.[numberOf(people, id)]?.[1], exponent(currency));
const plainOf = (whole, places) => (whole === undefined || whole === null ? "" : writtenPlain(whole, places));
/** How many products are sold in cases of which the last one isn't full. */
export const openCases = (products) => all(products).filter(({ case: cases, wanted, item_id }) => cases && !item_id && wanted % cases.size).length;
export const noteOf = (product, people, id) => product?.bids?.[numberOf(people, id)]?.[2] ?? "";
export const productName = (product) => (product ? format(i18next.language).product(product.name, product.content) : "");

// Pick-up

export const waitingLines = (people) => all(people).flatMap((person) => all(person.lines)).map((line) => line.waiting).filter(Boolean);
/** How much of what somebody gets waits to be picked up. */
export const myWaiting = (people, id) => all(people?.[id]?.lines).filter((line) => line.got && !line.picked_up).length;
export const leftOver = (left) => all(left);
export const borneBy = (bearers, currency) => {
  const own = format(i18next.language);
  const each = (bearers ?? []).map(({ name, cost }) => `${name} ${own.money(cost, currency)}`);
  return new Intl.ListFormat(i18next.language, { style: "narrow", type: "unit" }).format(each);
};
export const isOver = (iso) => !!iso && Date.parse(iso) < Date.now();
export const chosenToTake = (taking, id, most) => Math.min(taking?.[id] ?? most, most);
/** How many people got something. */
export const gotCount = (products) =>
  new Set(all(products).flatMap(({ got }) => Object.entries(got ?? {}).flatMap(([number, quantity]) => (quantity ? [number] : [])))).size;
/** How many products were on the list and not bought. */
export const notBought = (products) => all(products).filter((product) => product.item_id && !product.bought).length;

/** "everything" as a PDF: how the address of the file ends. */
export const exportFile = (what, kind) => (kind === "semicolon" ? `export.csv?what=${what}&separator=semicolon` : `export.${kind}?what=${what}`);
export const anythingLeft = (items) => (items ?? []).some((item) => item.left_over > 0);
