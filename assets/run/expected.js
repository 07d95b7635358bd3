// What the run page looks like once something is done, until the server says so. A rule returns the very same facts where
// these show already what was done.
import { numberOf } from "./rows.js";

const run = {};
const pickUp = {};
export { run, pickUp };

/** Who does it: set by acts.js from the facts of the page. */
let who = () => undefined;
export const doneBy = (find) => (who = find);

const withBid = (facts, { run_id, product_id, user_id }, make) => {
  const product = facts.id === run_id && facts.products?.[product_id];
  if (!product) return facts;
  const number = numberOf(facts.people, user_id ?? who());
  const before = product.bids?.[number];
  const after = make(before);
  if (after === before) return facts;
  const { [number]: _gone, ...others } = product.bids ?? {};
  const wanted = product.wanted + (after?.[0] ?? 0) - (before?.[0] ?? 0);
  const bids = after ? { ...product.bids, [number]: after } : others;
  return { ...facts, products: { ...facts.products, [product_id]: { ...product, wanted, bids } } };
};
const same = (before, quantity) => !!before && (before[0] ?? 0) === (quantity ?? 0);
const waiting = (before, quantity, note) => [quantity || null, null, note ?? before?.[2] ?? "", before?.[3] ?? null, null, true];

/** Up to how much somebody takes; arguments without that leave it as it was. */
const withUpTo = (facts, { run_id, product_id, up_to, up_to_cap }) => {
  const product = facts.id === run_id && facts.products?.[product_id];
  if (!product || up_to === undefined || up_to === null) return facts;
  const number = numberOf(facts.people, who());
  const [before, cap] = product.flexible?.[number] ?? [];
  if ((before ?? 0) === up_to && (cap ?? undefined) === (up_to_cap ?? undefined)) return facts;
  const { [number]: _gone, ...others } = product.flexible ?? {};
  const flexible = up_to ? { ...product.flexible, [number]: [up_to, up_to_cap ?? null] } : others;
  return { ...facts, products: { ...facts.products, [product_id]: { ...product, flexible } } };
};
run.place_bid = (facts, args) => withUpTo(withBid(facts, args, (before) => (same(before, args.quantity) ? before : waiting(before, args.quantity))), args);
run.place_first_bid = (facts, args) => withUpTo(withBid(facts, args, (before) => before ?? waiting(before, args.quantity, args.note)), args);
run.adjust_bid = (facts, args) => withBid(facts, args, (before) => (!before || same(before, args.quantity) ? before : waiting(before, args.quantity)));
run.edit_bid_of = (facts, args) => withBid(facts, args, (before) => (!before || same(before, args.quantity) ? before : waiting(before, args.quantity)));
run.mark_interested = (facts, args) => withBid(facts, args, (before) => (before && before[0] === null ? before : waiting(before, null)));
run.retract_bid = (facts, args) => withBid(facts, args, () => undefined);
run.write_note = (facts, args) =>
  withBid(facts, args, (before) => (!before || before[2] === args.note.trim() ? before : [before[0], before[1], args.note.trim(), ...before.slice(3)]));

const withPerson = (facts, run_id, id, news) => {
  const person = facts.id === run_id && facts.people?.[id];
  if (!person || Object.entries(news).every(([key, value]) => person[key] === value)) return facts;
  return { ...facts, people: { ...facts.people, [id]: { ...person, ...news } } };
};
run.set_ready = (facts, { run_id, ready }) => withPerson(facts, run_id, who(), { ready });
run.set_helper = (facts, { run_id, user_id, helps }) => withPerson(facts, run_id, user_id, { helps });

const withLines = (facts, run_id, user_id, change) => {
  const person = facts.id === run_id && facts.people?.[user_id];
  if (!person) return facts;
  let differs = false;
  const lines = Object.fromEntries(
    Object.entries(person.lines).map(([id, line]) => {
      const next = change(line);
      differs ||= next !== line;
      return [id, next];
    }),
  );
  return differs ? { ...facts, people: { ...facts.people, [user_id]: { ...person, lines } } } : facts;
};
// Until the server has answered nobody knows by which id a line waits again.
const ticked = (line, picked_up) => ({ ...line, picked_up, waiting: null });
pickUp.set_picked_up = (facts, { run_id, item_id, user_id, picked_up }) =>
  withLines(facts, run_id, user_id, (line) => (line.id === item_id && line.picked_up !== picked_up ? ticked(line, picked_up) : line));
pickUp.pick_up_all = (facts, { run_id, user_id }) => withLines(facts, run_id, user_id, (line) => (line.got && !line.picked_up ? ticked(line, true) : line));
