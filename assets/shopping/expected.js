// What the shopping list looks like once something is done, until the server says so. A rule returns the very same facts
// where these show already what was done.
import { expect } from "../live/store.js";
import { priceOf } from "../numbers.js";

const withItem = (facts, id, news) => {
  const item = facts.items?.[id];
  if (!item || Object.entries(news).every(([key, value]) => item[key] === value)) return facts;
  return { ...facts, items: { ...facts.items, [id]: { ...item, ...news } } };
};

/** How an item stands when so much of it is bought. A scale may differ by less than a step. */
function withBought(facts, id, bought, news) {
  const item = facts.items?.[id];
  return item ? withItem(facts, id, { bought, settled: Math.abs(bought - item.wanted) < item.step, ...news }) : facts;
}

/** A line of the receipt as the server will have it. `waits` says where the change is: "phone" or "sent". */
function lineOf(line, unit, { quantity, total, payer_id, per: typed_per = 1000, price }, waits) {
  const per = ["g", "ml"].includes(unit) ? 1_000_000 : 1000;
  const typed_price = price ?? priceOf(total, quantity, typed_per);
  return { ...line, quantity, total, payer_id, price: priceOf(total, quantity, per), per, exact: true, typed_price, typed_per, waits };
}

function withLine(facts, line, before = { quantity: 0, total: 0 }) {
  const paid = facts.paid + line.total - before.total;
  const bought = facts.items[line.item_id].bought + line.quantity - before.quantity;
  return withBought({ ...facts, paid, lines: { ...facts.lines, [line.id]: line } }, line.item_id, bought, { missing: false });
}

export const shopping = {
  buy(facts, args, { state }) {
    const { item_id, purchase_id: id } = args;
    const item = facts.items?.[item_id];
    return item && !facts.lines?.[id] ? withLine(facts, lineOf({ id, item_id }, item.unit, args, state)) : facts;
  },

  edit_purchase(facts, args, { state }) {
    const line = facts.lines?.[args.purchase_id];
    const item = line && facts.items?.[line.item_id];
    const same = line && ["quantity", "total", "payer_id"].every((name) => line[name] === args[name]);
    return item && !same ? withLine(facts, lineOf(line, item.unit, args, state), line) : facts;
  },

  undo_purchase(facts, { purchase_id }) {
    const line = facts.lines?.[purchase_id];
    if (!line) return facts;
    const { [purchase_id]: _undone, ...lines } = facts.lines;
    const left = { ...facts, lines, paid: facts.paid - line.total };
    return withBought(left, line.item_id, facts.items?.[line.item_id]?.bought - line.quantity);
  },

  set_missing: (facts, { item_id, missing }) => withItem(facts, item_id, { missing }),
};

for (const [name, rule] of Object.entries(shopping)) {
  expect(name, "shopping", (facts, args, operation) => (facts.id === args.run_id ? rule(facts, args, operation) : facts));
}
