// Where I want to be paid: what a change looks like before the server has answered, and the words about it afterwards.
import i18next from "i18next";
import { operate } from "../live/operate.js";
import { expect } from "../live/store.js";
import { setLocal } from "../local.js";
import { tell } from "../say.js";

/** Which dialog is open: "add", the id of what is edited, or none. */
const DIALOG = "payouts.dialog";

const without = (facts, id) => {
  if (!facts.payouts || !(id in facts.payouts)) return facts;
  const { [id]: gone, ...payouts } = facts.payouts;
  return { ...facts, payouts, may_add: true };
};
const first = (facts, id) => {
  const ids = Object.keys(facts.payouts ?? {});
  if (!ids.includes(id) || ids[0] === id) return facts;
  const order = [id, ...ids.filter((each) => each !== id)];
  return { ...facts, payouts: Object.fromEntries(order.map((each) => [each, facts.payouts[each]])) };
};
expect("remove_payout", "payouts", (facts, { payout_id }) => without(facts, payout_id));
expect("prefer_payout", "payouts", (facts, { payout_id }) => first(facts, payout_id));

export const isFirst = (payouts, id) => Object.keys(payouts ?? {})[0] === id;
export const payoutOf = (payouts, id) => payouts?.[id] ?? {};

export function saved() {
  setLocal(DIALOG, "");
  tell(i18next.t("payouts.saved"));
}

/** It goes at once; for a moment it can be brought back, to the place where it was if that was the first. */
export async function remove({ id, kind, account, name, bic, is_readable: isReadable }, wasFirst) {
  try {
    await operate("remove_payout", { payout_id: id });
  } catch {
    return; // said already
  }
  const undo = async () => {
    const { id: again } = await operate("add_payout", { kind, to: account, name, bic });
    if (wasFirst) await operate("prefer_payout", { payout_id: again });
  };
  tell(i18next.t("payouts.removed"), isReadable ? { undo: () => undo().catch(() => {}) } : {});
}
