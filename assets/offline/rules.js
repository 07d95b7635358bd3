// Which changes are kept on the device until they are saved, and what becomes of them when the server refuses them long
// after they were made. No payout, mail address or token is ever part of these.
const KEPT = new Set([
  "add_to_list",
  "buy",
  "edit_purchase",
  "list_new_product",
  "pick_up_all",
  "set_missing",
  "set_picked_up",
  "undo_purchase",
]);

export const isKept = (name) => KEPT.has(name);

/**
 * What to do instead of an operation that was refused: other arguments, null if nothing is left to do, or undefined if a
 * person has to look at the refusal.
 */
export function whenLate({ name, arguments: args }, { error }) {
  // Two people bought the same: both have the goods in the trolley.
  if (name === "buy" && error === "bought_meanwhile") return { ...args, seen: null };
  // One bought what the other didn't find.
  if (name === "set_missing" && error === "already_bought") return null;
  // What was taken off the receipt is not there, however that came about.
  if (name === "undo_purchase" && error === "not_found") return null;
  return undefined;
}

const subjectOf = ({ run_id, product_id, item_id, purchase_id, user_id }) => JSON.stringify([run_id, product_id, item_id, purchase_id, user_id]);

/** Whether nothing is left to be shown of the `earlier` of two operations that are both saved. */
export const replaces = (later, earlier) =>
  subjectOf(later.arguments) === subjectOf(earlier.arguments) ||
  (later.name === "undo_purchase" && later.arguments.purchase_id === earlier.arguments.purchase_id);
