// The money of a group as one member sees it: who may do what with a payment, and why a line of a plan is so.
import i18next from "i18next";
import { format } from "../format.js";
import { expect, once } from "../live/store.js";
import { setLocal } from "../local.js";
import { tell } from "../say.js";
import "$/texts/money.js";

const NONE = [];
const all = (rows) => once(rows, "listed", Object.values) ?? NONE;
const nameOf = (people, id) => people?.[id]?.name ?? "";
const member = (people, id) => !!people?.[id]?.is_member;

/** Everybody acts for themselves, and an admin of the group for whoever has left it. */
const actsFor = (people, me, id) => id === me || (!!people?.[me]?.is_admin && !member(people, id));

export const balanceOf = (people, id) => people?.[id]?.balance ?? 0;
/** What of it is for runs that go on: above 0 they paid so much in advance, below it they hold it for others. */
export const advancedOf = (people, id) => people?.[id]?.advanced ?? 0;
export const anybodyOwes = (people) => all(people).some((person) => person.balance !== 0);

/** Oneself first, then who has something to settle, then all others; who left and is even is not shown. */
export function balances(people, me) {
  const rank = ({ id, balance }) => (id === me ? 0 : balance ? 1 : 2);
  return all(people)
    .filter((person) => person.is_member || person.balance)
    .map((person) => ({ ...person, amount: Math.abs(person.balance), mine: person.id === me, left: !person.is_member }))
    .sort((one, other) => rank(one) - rank(other));
}

/** With whom somebody may exchange money: [id, name], after a first entry that is none. */
export const others = (people, me) => [["", "—"], ...all(people).filter(({ id, is_member, balance }) => id !== me && (is_member || balance)).map(({ id, name }) => [id, name])];

const ORDER = { paid: 0, disputed: 1, proposed: 2, confirmed: 3 };

/** The payments of the saved plan, or the others: first what waits for the viewer, then what is theirs, then the rest. */
export function payments(lines, people, me, planned) {
  const rows = all(lines).filter((line) => line.planned === planned).map((line) => row(line, people, me));
  const rank = (line) => (line.asks ? 0 : line.mine ? 1 : 2);
  return rows.sort((one, other) => rank(one) - rank(other) || ORDER[one.state] - ORDER[other.state] || (one.id < other.id ? -1 : 1));
}

function row(line, people, me) {
  const sends = actsFor(people, me, line.sender_id);
  const receives = actsFor(people, me, line.receiver_id);
  const pays = sends && line.state === "proposed";
  const answers = receives && (line.state === "paid" || line.state === "disputed");
  return {
    ...line,
    sender: nameOf(people, line.sender_id),
    receiver: nameOf(people, line.receiver_id),
    pays,
    answers,
    disputes: receives && line.state === "paid",
    takes_back: sends && (line.state === "paid" || line.state === "disputed"),
    reminds: receives && line.state === "proposed" && member(people, line.sender_id),
    asks: pays || (receives && line.state === "paid") || (sends && line.state === "disputed"),
    mine: line.sender_id === me || line.receiver_id === me,
    i_send: line.sender_id === me,
    i_receive: line.receiver_id === me,
  };
}

export const howManyPaid = (rows) => rows.filter((line) => line.state === "confirmed").length;

/** The lines of a plan that could be saved, like payments. */
export const proposed = (plans, kind, me) =>
  (plans?.[kind]?.lines ?? NONE).map((line) => ({ ...line, sender_id: line.debtor_id, receiver_id: line.creditor_id, mine: me === line.debtor_id || me === line.creditor_id }));
export const effectOf = (plans, kind) => plans?.[kind]?.effect ?? "";

/** Why somebody pays who is paid, in sentences; nothing where they simply owe it. `names` are people, or their names. */
export function why(line, names, currency, me, language) {
  const { t } = i18next;
  const money = (amount) => format(language).money(amount, currency);
  const name = (id) => names?.[id]?.name ?? names?.[id] ?? t("money.former_member");
  const reasons = line?.reasons ?? NONE;
  if (reasons.every(({ links }) => links.length === 1)) return NONE;
  return reasons.map(({ amount, links }) => {
    if (!links.length) return t("money.why_many", { amount: money(amount) });
    const first = links[0];
    const about = { amount: money(amount), first: name(first.creditor_id), debtor: name(first.debtor_id), creditor: name(line.receiver_id) };
    const you = first.debtor_id === me ? "_you" : "";
    if (links.length === 1) return t(`money.why_direct${you}`, about);
    const clauses = links.slice(1).map((link) => {
      const values = { debtor: name(link.debtor_id), creditor: name(link.creditor_id) };
      return t(link.planned ? "money.clause_pays" : "money.clause_owes", values);
    });
    return t(`money.why_instead${you}`, { ...about, because: new Intl.ListFormat(language).format(clauses) });
  });
}

/** Everybody's part in what changed balances, the largest first. */
export const partsOf = (entry, people) =>
  Object.entries(entry?.amounts ?? {})
    .map(([id, amount]) => ({ id, name: nameOf(people, id), amount }))
    .sort((one, other) => other.amount - one.amount || (one.name < other.name ? -1 : 1));
export const myPart = (entry, me) => entry?.amounts?.[me] ?? 0;

// Dialogs

export function ask(what, id) {
  setLocal("money.about", id);
  setLocal("money.asking", what);
}
export const close = () => setLocal("money.asking", "");
const done = (key) => () => {
  close();
  tell(i18next.t(key));
};
export const planned = done("money.plan_saved");
export const recorded = done("money.recorded");
export const reminded = done("money.reminded");
export const partPaid = done("money.part_paid");
export const proposedHousehold = done("money.household_sent");
export const disputed = done("money.disputed_told");

// What is shown until the server has answered

const becomes = (state, allowed) => (facts, { group_id, payment_id }) => {
  const line = facts.payments?.[payment_id];
  if (facts.id !== group_id || !line || line.state === state || !allowed.includes(line.state)) return facts;
  return { ...facts, payments: { ...facts.payments, [payment_id]: { ...line, state } } };
};
const paid = becomes("paid", ["proposed"]);
expect("say_paid", "money", (facts, args) => (facts.payments?.[args.payment_id]?.amount === args.amount ? paid(facts, args) : facts));
expect("confirm_payment", "money", becomes("confirmed", ["paid", "disputed"]));
expect("agree_household", "money", (facts, { group_id, household_id }) => {
  const row = facts.households?.[household_id];
  return facts.id === group_id && row && !row.agreed ? { ...facts, households: { ...facts.households, [household_id]: { ...row, agreed: true } } } : facts;
});
expect("end_household", "money", (facts, { group_id, household_id }) => {
  if (facts.id !== group_id || !facts.households?.[household_id]) return facts;
  const { [household_id]: _, ...households } = facts.households;
  return { ...facts, households };
});
