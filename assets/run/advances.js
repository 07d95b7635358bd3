// Advances of a run: what somebody is asked for, says they paid, and what came.
import { expect, once } from "../live/store.js";

const NOTHING = { asked: 0, said: 0, came: 0, disputed: 0, got: 0, line: "", waits: "", waiting: 0, payee: "" };

/** By person; `said` has come or is on its way, `line` is the payment to be paid, `waits` one the receiver hasn't answered. */
const byPerson = (advances) => {
  const found = {};
  const of = (id) => (found[id] ??= { ...NOTHING });
  for (const { id, user_id, receiver_id, amount, state } of Object.values(advances)) {
    const mine = of(user_id);
    if (state === "proposed") Object.assign(mine, { asked: mine.asked + amount, line: id, payee: receiver_id });
    if (state === "disputed") mine.disputed += amount;
    if (state === "paid") Object.assign(mine, { waits: id, waiting: amount, payee: receiver_id });
    if (state === "paid" || state === "confirmed") mine.said += amount;
    if (state === "confirmed") {
      mine.came += amount;
      of(receiver_id).got += amount;
    }
  }
  return found;
};

export const advanceOf = (advances, id) => once(advances, "byPerson", byPerson)?.[id] ?? NOTHING;
/** What is asked of everybody together and not paid yet, and what is paid or said to be. */
export const askedOfAll = (advances) => Object.values(once(advances, "byPerson", byPerson) ?? {}).reduce((sum, each) => sum + each.asked, 0);
export const saidByAll = (advances) => Object.values(once(advances, "byPerson", byPerson) ?? {}).reduce((sum, each) => sum + each.said, 0);

const becomes = (state, from) => (facts, { payment_id, amount }) => {
  const line = facts.advances?.[payment_id];
  if (!line || !from.includes(line.state) || (amount !== undefined && amount !== line.amount)) return facts;
  return { ...facts, advances: { ...facts.advances, [payment_id]: { ...line, state } } };
};
expect("say_paid", "run", becomes("paid", ["proposed"]));
expect("confirm_payment", "run", becomes("confirmed", ["paid", "disputed"]));
