// Who has to do what next in a run: one sentence for whoever looks, derived from the facts.
import i18next from "i18next";
import { adjustableCount, all, boughtCount, helps, isReady, myWaiting, namesIn, notReady, numberOf, openCases, stillToBuy, unmatched } from "./rows.js";

/** By phase the key of the sentence, or [key, values]. */
const SENTENCES = {
  planning: ({ leads, bids, products }) => {
    if (leads) return products ? "plan_lead" : "plan_lead_empty";
    return bids ? "plan_waits" : "plan_bid";
  },
  active: ({ leads, bids, wanted, ready, others }) => {
    if (leads) {
      if (!wanted) return "no_quantity";
      if (others.length) return ["confirm_waits", { names: namesIn(others) }];
      return ready ? "confirm" : "confirm_rest";
    }
    if (!bids) return "bid";
    if (!ready) return "ready";
    return others.length ? ["waits", { names: namesIn(others) }] : "all_ready";
  },
  confirmed: ({ leads, helping, cases }) => (leads && cases ? ["cases", { count: cases }] : leads ? "start" : helping ? "start_help" : "start_waits"),
  shopping: ({ leads, helping, toBuy, bought }) => {
    if (toBuy) return [leads || helping ? "buy" : "shops", { count: toBuy }];
    if (!leads) return "finish_waits";
    return bought ? "finish" : "finish_nothing";
  },
  adjusting: ({ leads, mine, open }) => {
    if (mine) return [leads ? "adjust_lead" : "adjust", { count: mine }];
    if (leads) return open ? ["share", { count: open }] : "finish_adjusting";
    return open ? "share_waits" : "adjusted_waits";
  },
  distributing: ({ leads, helping, waiting, handOut }) => {
    if (!handOut) return leads ? "complete" : "complete_waits";
    if (leads || helping) return ["hand_out", { count: handOut }];
    return waiting ? ["pick_up", { count: waiting }] : "pick_up_others";
  },
};

/** The sentence; nothing for a run that has ended. `lines` are the people of the pick-up. */
export function nextStep(phase, products, people, members, lines, leaderId, me, toPickUp, pickedUp) {
  const sentence = SENTENCES[phase];
  if (!sentence || !me || !people) return "";
  const rows = all(products);
  const number = numberOf(people, me);
  const found = sentence({
    leads: leaderId === me,
    helping: helps(people, me, leaderId),
    products: rows.length,
    bids: rows.some((product) => product.bids?.[number]),
    wanted: rows.some((product) => product.wanted > 0),
    ready: isReady(people, me),
    others: notReady(people).filter((person) => person.id !== me),
    toBuy: stillToBuy(products).length,
    bought: boughtCount(products),
    open: unmatched(products),
    mine: adjustableCount(products, people, me),
    waiting: myWaiting(lines, me),
    handOut: toPickUp - pickedUp,
    cases: openCases(products),
  });
  const [key, values] = Array.isArray(found) ? found : [found];
  return i18next.t(`run.next.${key}`, { name: people[leaderId]?.name ?? members?.[leaderId] ?? "", ...values });
}
