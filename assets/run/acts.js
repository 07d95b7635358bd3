// What one does on the run page: each act names its run, and shows on the page before the server has answered.
import i18next from "i18next";
import { getLocal, setLocal } from "../local.js";
import { format } from "../format.js";
import { operate } from "../live/operate.js";
import { expect, factsOf } from "../live/store.js";
import { parseQuantity } from "../numbers.js";
import { say, tell } from "../say.js";
import * as expected from "./expected.js";
import { quantityOf } from "./rows.js";

const nameOf = ({ name, content }) => format(i18next.language).product(name, content);

/** A typed quantity in thousandths; unlike a bid as such it may be 0, which gives up everything. */
function typed(text, { step, unit }) {
  const bare = text.trim();
  return bare && !bare.replace(/[0.,]/g, "") ? { value: 0 } : parseQuantity(text, step, unit);
}

/** Wants this much of a product; nothing at all takes the bid back. `seen` is the bid it was changed from. */
export function bid(run, id, text, seen) {
  const { phase, products } = factsOf("run");
  const product = products[id];
  const { value, error, values } = typed(text, product);
  if (error) return void say({ error, values });
  if (phase === "adjusting") operate("adjust_bid", { run_id: run, product_id: id, quantity: value, seen });
  else if (value === 0) retract(run, id);
  else operate("place_bid", { run_id: run, product_id: id, quantity: value });
}

/** The first tap on Bid: one unit, rounded up to whole steps. */
export const firstBid = (run, id, step) => void operate("place_bid", { run_id: run, product_id: id, quantity: Math.ceil(1000 / step) * step });

/** Wants so much more of a product, with which all together costs less. */
export function bidMore(run, id, more) {
  const { products, people } = factsOf("run");
  operate("place_bid", { run_id: run, product_id: id, quantity: quantityOf(products[id], people, factsOf("me")?.id) + more });
}

/** Takes a bid back, and offers to put it there again: in this run, wherever one is by then. */
export function retract(run, id) {
  const product = nameOf(factsOf("run").products[id]);
  operate("retract_bid", { run_id: run, product_id: id }).then(
    ([quantity, note, up_to, up_to_cap]) =>
      tell(i18next.t("run.retracted", { product }), { undo: () => operate("place_first_bid", { run_id: run, product_id: id, quantity, note, up_to, up_to_cap }) }),
    () => {},
  );
}

/** The leader changes somebody's bid. */
export function change(run, user, id, text, seen) {
  const { value, error, values } = typed(text, factsOf("run").products[id]);
  if (error) return void say({ error, values });
  operate("edit_bid_of", { run_id: run, user_id: user, product_id: id, quantity: value, seen }).then(
    () => user !== factsOf("me")?.id && tell(i18next.t("lead.bid_changed")),
    () => {},
  );
}

export function chooseToTake(id, text) {
  const left = factsOf("pick_up")?.left_over?.[id];
  const { value, error, values } = parseQuantity(text, left?.step ?? 1, left?.unit);
  if (error) say({ error, values });
  else setLocal("run.taking", { ...getLocal("run.taking"), [id]: value });
}

/** Takes of what is left over as much as was chosen, or all. */
export function take(run, id) {
  const left = factsOf("pick_up")?.left_over?.[id];
  if (!left) return;
  const quantity = Math.min(getLocal("run.taking")?.[id] ?? left.quantity, left.quantity);
  operate("take_leftovers", { run_id: run, item_id: id, quantity, seen: left.quantity }).then(
    () => {
      setLocal("run.taking", { ...getLocal("run.taking"), [id]: undefined });
      tell(i18next.t("run.left_over_taken", { quantity: format(i18next.language).quantity(quantity, left.unit), product: nameOf(left) }));
    },
    () => {},
  );
}

expected.doneBy(() => factsOf("me")?.id);
for (const [name, rule] of Object.entries(expected.run)) expect(name, "run", rule);
for (const [name, rule] of Object.entries(expected.pickUp)) expect(name, "pick_up", rule);
