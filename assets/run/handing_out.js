// Handing out: people with what they get, folded where there are many, and the same product by product.
import { createElement, useEffect } from "react";
import i18next from "i18next";
import { format } from "../format.js";
import { getLocal, setLocal, useLocal } from "../local.js";
import { factsOf, keepEqual, once } from "../live/store.js";
import { plain } from "./rows.js";

// So little is shown all at once, without anything to open.
const FEW_PEOPLE = 6;
const FEW_LINES = 24;
const WIDE = "(min-width: 900px)"; // from here on products and people are a table
const NONE = [];
const BEGINNING = { find: "", folds: {}, waiting: null };

/** In the order of the language, and "No. 8" before "No. 10". */
const inOrder = (nameOf) => {
  const names = new Intl.Collator(i18next.language, { numeric: true });
  return (one, other) => names.compare(nameOf(one), nameOf(other)) || (one.id < other.id ? -1 : 1);
};
const peopleInOrder = (people) => once(people, `in order ${i18next.language}`, (each) => Object.values(each).sort(inOrder((person) => person.name))) ?? NONE;

const all = (rows) => once(rows, "listed", Object.values) ?? NONE;
const gets = (line) => line.got > 0;
const waits = (line) => line.got > 0 && !line.picked_up;

const set = (news) => setLocal("run.serving", { ...BEGINNING, ...getLocal("run.serving"), ...news });

/** Shows nothing. Knows whether there is room for a table, and shows everything on paper. */
export function Serving() {
  useEffect(() => {
    const room = window.matchMedia(WIDE);
    const measure = () => setLocal("run.wide", room.matches);
    const before = () => setLocal("run.printing", true);
    const after = () => setLocal("run.printing", false);
    measure();
    room.addEventListener("change", measure);
    window.addEventListener("beforeprint", before);
    window.addEventListener("afterprint", after);
    return () => {
      room.removeEventListener("change", measure);
      window.removeEventListener("beforeprint", before);
      window.removeEventListener("afterprint", after);
      setLocal("run.serving", undefined);
    };
  }, []);
  return null;
}

/** Who or what is looked for. What was opened by hand is closed again: what is found is open anyway. */
export function FindPerson({ label }) {
  const { find } = useLocal("run.serving", BEGINNING);
  const look = (event) => set({ find: event.target.value, folds: {} });
  return createElement("input", { type: "search", value: find, onChange: look, "aria-label": label, placeholder: label, autoComplete: "off", className: "input" });
}

export const fold = (id, open) => set({ folds: { ...getLocal("run.serving")?.folds, [id]: !open } });
export const showEverybody = () => set({ find: "", waiting: null });

/** Only who waits at this moment; who is served meanwhile stays, so that no row moves under the thumb. */
export function onlyWaiting() {
  if (getLocal("run.serving")?.waiting) return set({ waiting: null });
  const people = all(factsOf("pick_up")?.people);
  const lines = people.filter((person) => all(person.lines).some(waits)).flatMap((person) => [person.id, ...all(person.lines).filter(waits).map((line) => line.id)]);
  set({ waiting: Object.fromEntries(lines.map((id) => [id, true])) });
}

/** Opens what somebody gets, and leads there. */
export function goTo(id) {
  set({ find: "", waiting: null, folds: { ...getLocal("run.serving")?.folds, [id]: true } });
  setLocal("run.by", "person");
  requestAnimationFrame(() => requestAnimationFrame(() => document.getElementById(`fold-${id}`)?.focus()));
}

/** Whether all lines of a run are shown at once. */
export const isSmall = (people) => !!once(people, "small", (each) => all(each).length <= FEW_PEOPLE || all(each).reduce((sum, person) => sum + all(person.lines).length, 0) <= FEW_LINES);
/** How many people have something to pick up. */
export const peopleWaiting = (people) => once(people, "people waiting", (each) => all(each).filter((person) => all(person.lines).some(waits)).length) ?? 0;

const aboutProduct = ({ name, brand, content }) => plain(`${format(i18next.language).product(name, content)} ${brand}`);
const aboutPerson = ({ name, username }) => plain(`${name} ${username}`);
const wordsIn = (find) => plain(find).split(/\s+/).filter(Boolean);

const known = new WeakMap();
function statementOf(person, me, words, open) {
  const key = `${me} ${open} ${words.join(" ")}`;
  const before = known.get(person);
  if (before?.key === key) return before.row;
  const who = aboutPerson(person);
  const left = words.filter((word) => !who.includes(word));
  const about = left.length ? all(person.lines).filter((line) => left.every((word) => aboutProduct(line).includes(word))) : all(person.lines);
  const got = all(person.lines).filter(gets);
  const row = { ...person, lines: about, count: got.length, picked: got.filter((line) => line.picked_up).length, open, mine: person.id === me };
  known.set(person, { key, row });
  return row;
}

let lastStatements = {};
/** What people get, one's own first. */
export function statements(people, me, { find, folds, waiting }, printing) {
  const from = [people, me, find, folds, waiting, printing];
  if (lastStatements.from?.every((each, place) => each === from[place])) return lastStatements.rows;
  const words = wordsIn(find);
  const opens = isSmall(people) || !!words.length;
  const chosen = peopleInOrder(people).filter((person) => !waiting || waiting[person.id] || all(person.lines).some(waits));
  const rows = chosen
    .map((person) => statementOf(person, me, words, !!printing || (folds[person.id] ?? (opens || person.id === me))))
    .filter((row) => !words.length || row.lines.length);
  lastStatements = { from, rows: [...rows.filter((row) => row.mine), ...rows.filter((row) => !row.mine)] };
  return lastStatements.rows;
}

let lastProducts = { rows: NONE };
/** Each product with who gets of it; in a table everybody has a place, who gets nothing with `got` 0. */
export function products(people, me, { find, folds, waiting }, printing, wide) {
  const from = [people, me, find, folds, waiting, printing, wide];
  if (lastProducts.from?.every((each, place) => each === from[place])) return lastProducts.rows;
  const words = wordsIn(find);
  const opens = !!printing || isSmall(people) || !!words.length;
  const takers = [...peopleInOrder(people)].sort((one, other) => (other.id === me) - (one.id === me));
  const found = new Map();
  for (const person of takers) {
    const who = words.length ? aboutPerson(person) : "";
    for (const line of all(person.lines).filter(gets)) {
      if (!found.has(line.id)) found.set(line.id, { ...line, got: 0, count: 0, picked: 0, takers: [], wanted: undefined, hits: 0 });
      const row = found.get(line.id);
      const about = words.length ? `${who} ${aboutProduct(line)}` : "";
      const hit = words.every((word) => about.includes(word));
      row.got += line.got;
      row.count += 1;
      row.picked += line.picked_up ? 1 : 0;
      row.hits += hit ? 1 : 0;
      if (hit || wide || printing) row.takers.push({ id: person.id, name: person.name, got: line.got, picked_up: line.picked_up });
    }
  }
  const own = format(i18next.language);
  const kept = [...found.values()].filter((row) => row.hits && (!waiting || waiting[row.id] || row.picked < row.count));
  const rows = kept
    .map((row) => ({ ...row, called: own.product(row.name, row.content), open: folds[row.id] ?? opens }))
    .sort(inOrder((row) => row.called));
  if (wide || printing) {
    const columns = columnsOf(takers, rows);
    for (const row of rows) {
      const got = new Map(row.takers.map((taker) => [taker.id, taker]));
      row.takers = columns.map(({ id, name }) => got.get(id) ?? { id, name, got: 0, picked_up: false });
    }
  }
  const before = new Map(lastProducts.rows.map((row) => [row.id, row]));
  lastProducts = { from, rows: rows.map((row) => keepEqual(before.get(row.id), row)) };
  return lastProducts.rows;
}

function columnsOf(takers, rows) {
  const some = new Set(rows.flatMap((row) => row.takers.map((taker) => taker.id)));
  return takers.filter(({ id }) => some.has(id)).map(({ id, name }) => ({ id, name }));
}
export const columns = (rows) => once(rows, "columns", (each) => each[0]?.takers ?? NONE) ?? NONE;

/** What is looked for, opened and filtered here. */
export const useServing = () => useLocal("run.serving", BEGINNING);

export const hasLines = (people, id) => !!people?.[id];
